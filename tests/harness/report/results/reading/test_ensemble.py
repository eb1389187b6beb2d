"""Several teachers as one: scores of the mean of their logits, sizes added up, and nothing while one is missing."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.arms.gains import find_answer, find_rows
from harness.report.build import report_files
from harness.report.results.reading.ensemble import ensemble_of, with_ensemble
from harness.report.results.reading.reader import read_results
from harness.report.results.reading.record_reader import RecordReader
from harness.report.results.sweep_results import RunResult, TestReading
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from harness.state.attempts.run_state import RunState
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from kd.files import read_record, write_record
from kd.records import Metrics, ModelSize
from kd.scores import score
from tests.support.pages import told
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


pytestmark = pytest.mark.thorough
EN = language("en")
TEACHERS = ("teacher1", "teacher2", "teacher3")


def accuracy_of_mean(paths: list[tuple[Path, str]]) -> float:
    """Accuracy of the mean of logits, each an array of a file."""
    arrays = [np.load(path)[name] for path, name in paths]
    return float((sum(arrays).argmax(axis=1) == np.load(paths[0][0])["labels"]).mean())


def test_the_teacher_is_the_mean_of_the_teachers_logits(ensemble: Path) -> None:
    results = read_results(ensemble)
    rows = {row.arm.key: row for row in find_rows(results)}
    assert list(rows) == ["teacher", *TEACHERS, "baseline", "distilled", "compare1"]
    ids = [run.id for run in results.teachers]
    assert results.test is not None
    test = ensemble / "runs" / results.test.run_id / "predictions.npz"
    mean = rows["teacher"].accuracy
    assert mean is not None
    assert mean.mean == accuracy_of_mean([(test, run_id) for run_id in ids])
    vals = [(ensemble / "runs" / run_id / "predictions.npz", "val") for run_id in ids]
    assert rows["teacher"].val_accuracy == accuracy_of_mean(vals)
    assert [rows[key].accuracies for key in TEACHERS] == [(results.test.scores[run_id].accuracy,) for run_id in ids]
    assert len({mean.mean, *(rows[key].accuracies[0] for key in TEACHERS)}) > 1


def test_without_a_teachers_test_logits_the_share_kept_is_unknown(ensemble: Path, tmp_path: Path) -> None:
    """As after a teacher was added, until test is read again."""
    shutil.copytree(ensemble, tmp_path / "ensemble", ignore=shutil.ignore_patterns("report"))
    results = read_results(tmp_path / "ensemble")
    missing = results.teachers[2].id
    assert results.test is not None
    folder = tmp_path / "ensemble" / "runs" / results.test.run_id
    metrics = read_record(folder / "metrics.json", Metrics)
    scores = {run_id: scores for run_id, scores in metrics.test.items() if run_id != missing}
    write_record(folder / "metrics.json", metrics.model_copy(update={"test": scores}))
    (tmp_path / "ensemble" / "runs" / results.teachers[0].id / "predictions.npz").unlink()
    results = read_results(tmp_path / "ensemble")
    rows = {row.arm.key: row for row in find_rows(results)}
    assert (rows["teacher"].accuracy, rows["teacher"].val_accuracy, rows["distilled"].kept) == (None, None, None)
    assert rows["distilled"].gain is not None
    assert f"the test images were read without {missing}" in [hole.why for hole in find_missing(results, EN)]
    (unreadable,) = results.unreadable
    assert unreadable.path.endswith("predictions.npz")
    assert EN(unreadable.why) == "missing, so there are no val figures of the ensemble"
    assert "The distilled student has 71.3 % of the parameters" in answer_lines(find_answer(results), EN)[-1]
    assert "Ensemble" in told(report_files(tmp_path / "ensemble", ensemble.parent / ".data"))
