"""Several teachers as one: scores of the mean of their logits, sizes added up, and nothing while one is missing."""

from pathlib import Path

import numpy as np
import pytest

from harness.report.results.ensemble import ensemble_of, with_ensemble
from harness.report.results.record_reader import RecordReader
from harness.report.results.sweep_results import RunResult, TestReading
from harness.state.run_state import RunState
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from kd.records import Metrics, ModelSize
from kd.scores import score
from tests.support.small_sweep import SMALL

LABELS = np.array([0, 1, 1])
ONE = np.array([[3.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
OTHER = np.array([[0.0, 1.0], [0.0, 4.0], [0.0, 1.0]])


@pytest.fixture
def plan() -> Plan:
    """Two teachers that differ in their seed."""
    cnn = SMALL["teacher"]
    return Plan(Sweep.model_validate(SMALL | {"teacher": None, "teachers": [cnn, cnn]}), "digest")


def teachers(plan: Plan, *num_bytes: int | None) -> tuple[RunResult, ...]:
    return tuple(
        RunResult(
            run, RunState.COMPLETE, Metrics(run_id=run.id, size=ModelSize(num_parameters=10, macs=7, num_bytes=n))
        )
        for run, n in zip(plan.teachers, num_bytes, strict=True)
    )


def test_the_mean_of_the_logits_stands_under_the_logits_runs_name(plan: Plan) -> None:
    one, other = (run.id for run in plan.teachers)
    alone = TestReading("test", {}, LABELS, {one: ONE, other: OTHER})
    both = with_ensemble(alone, plan)
    assert both is not None
    assert both.logits[plan.logits.id].tolist() == ((ONE + OTHER) / 2).tolist()
    assert both.scores[plan.logits.id] == score((ONE + OTHER) / 2, LABELS)
    assert with_ensemble(TestReading("test", {}, LABELS, {one: ONE}), plan) == TestReading(
        "test", {}, LABELS, {one: ONE}
    )
    assert with_ensemble(None, plan) is None


def test_it_costs_what_its_teachers_cost_together(plan: Plan, tmp_path: Path) -> None:
    for run, logits in zip(plan.teachers, (ONE, OTHER), strict=True):
        (tmp_path / "runs" / run.id).mkdir(parents=True)
        np.savez(tmp_path / "runs" / run.id / "predictions.npz", labels=LABELS, val=logits)
    found = ensemble_of(plan, teachers(plan, 100, 50), (), RecordReader(tmp_path))
    assert found is not None and found.metrics is not None
    assert found.metrics.size == ModelSize(num_parameters=20, macs=14, num_bytes=150)
    assert found.metrics.val == score((ONE + OTHER) / 2, LABELS)


def test_what_is_not_known_of_one_is_not_known_of_all(plan: Plan, tmp_path: Path) -> None:
    reader = RecordReader(tmp_path)
    found = ensemble_of(plan, teachers(plan, 100, None), (), reader)
    assert found is not None and found.metrics is not None and found.metrics.size is not None
    assert (found.metrics.size.num_bytes, found.metrics.val) == (None, None)
    assert len(reader.unreadable) == 2  # the teachers' predictions
    untrained = (teachers(plan, 1, 1)[0], RunResult(plan.teachers[1], RunState.RUNNING))
    missing = ensemble_of(plan, untrained, (), reader)
    assert missing is not None
    assert (missing.state, missing.metrics) == (RunState.NOT_STARTED, None)


def test_one_teacher_is_no_ensemble(tmp_path: Path) -> None:
    plan = Plan(Sweep.model_validate(SMALL), "digest")
    assert ensemble_of(plan, (RunResult(plan.teachers[0], RunState.COMPLETE),), (), RecordReader(tmp_path)) is None
