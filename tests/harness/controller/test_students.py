"""A sweep of several students: one controller, one pass of the teacher, one reading of test."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.controller.loop import Controller
from harness.state.attempts.run_state import RunState, SweepState
from harness.sweep.totals import stage_totals
from kd.config import TestConfig
from kd.files import read_record
from kd.records import Metrics
from tests.support.broken_net import FAILS_IN_TRAINING
from tests.support.sweep_lab import roles

TINY = {"model": "mnist_mlp", "arguments": {"hidden": 8}, "epochs": 2, "batch_size": 32}
MLP = {"model": "mnist_mlp", "epochs": 2, "batch_size": 32}
TWO: dict[str, Any] = {"student": None, "students": [MLP, TINY | {"name": "tiny"}]}
SHARED = ("teacher", "logits", "test")


def results_of(controller: Controller) -> dict[str, bytes]:
    names = ("config.json", "metrics.json", "history.json", "predictions.npz", "model.safetensors")
    folder = controller.folder.path
    return {
        str(path.relative_to(folder)): path.read_bytes() for name in names for path in folder.glob(f"runs/**/{name}")
    }


def test_one_controller_trains_all_and_test_is_read_once(lab: Any) -> None:
    controller = lab.controller(**TWO)
    assert controller.run()
    submitted = controller._executor.submitted
    counts = {"teacher": 1, "logits": 1, "baseline": 4, "search": 8, "final": 4, "test": 1}
    assert roles(submitted) == stage_totals(controller.plan) == counts
    assert submitted[-1].startswith("test-")
    config = controller.steps[-1].run.config
    assert isinstance(config, TestConfig)
    assert roles(list(config.models)) == {"teacher": 1, "baseline": 4, "final": 4}
    speed = read_record(controller.folder.run(submitted[-1]) / "metrics.json", Metrics)
    assert set(speed.test) == set(config.models)
    names = sorted(path.name for path in controller.folder.path.glob("trials*"))
    assert names == ["trials-@mnist_mlp.json", "trials-@tiny.json"]
    standing = controller.snapshot().standing(is_controlled=False)
    assert (standing.state, standing.done, standing.total) == (SweepState.COMPLETE, 19, 19)


def test_a_student_added_trains_its_own_runs_alone(lab: Any) -> None:
    alone = lab.controller()
    assert alone.run()
    before = results_of(alone)
    both = lab.controller(**TWO)
    assert both.run()
    assert roles(both._executor.submitted) == {"baseline": 2, "search": 4, "final": 2, "test": 1}
    after = results_of(both)
    assert {name: after[name] for name in before} == before
    assert not list(both.folder.path.glob("trials.json"))
    shrunk = lab.controller()
    assert shrunk.run()
    assert shrunk._executor.submitted == []


def test_an_interrupted_family_goes_on_where_it_was(lab: Any) -> None:
    controller = lab.controller(**TWO)
    for _ in range(4):
        controller.turn()
    begun = list(controller._executor.submitted)
    assert 0 < len(begun) < 18
    again = lab.controller(**TWO)
    assert again.run()
    assert not set(begun) & set(again._executor.submitted)
    assert len(begun) + len(again._executor.submitted) == 19


def test_the_answers_of_the_others_stand_where_one_student_fails(lab: Any) -> None:
    broken = {"model": FAILS_IN_TRAINING, "epochs": 2, "batch_size": 32, "name": "broken"}
    controller = lab.controller(student=None, students=[broken, TINY])
    assert not controller.run()
    states = Counter(controller.state_of(run_id) for run_id in controller._executor.submitted)
    assert states[RunState.FAILED] == 2 + 4  # its baselines and its trials
    config = controller.steps[-1].run.config
    assert isinstance(config, TestConfig)
    assert roles(list(config.models)) == {"teacher": 1, "baseline": 2, "final": 2}
    assert controller.state_of(controller.steps[-1].run.id) == RunState.COMPLETE


def test_test_is_not_read_for_a_baseline_of_one_and_a_student_of_another(lab: Any) -> None:
    """Both sides of one student are wanted: here every one of them has lost one."""
    controller = lab.controller(student=None, students=[MLP | {"name": "a"}, TINY | {"name": "b"}], search=None)
    first, second = controller.plan.members
    for run in [*first.baselines(), *second.finals()]:
        folder = controller.folder.add(run)
        (folder / "failure.json").write_text('{"schema_version": 1, "kind": "error", "reason": "planted"}')
    assert not controller.run()
    assert roles(controller._executor.submitted) == {"teacher": 1, "logits": 1, "baseline": 2, "final": 2}


@pytest.mark.parametrize("action", ["warn", "stop"])
def test_a_teacher_that_is_better_than_one_student_goes_on(lab: Any, action: str) -> None:
    hopeless = TINY | {"optimizer": {"name": "sgd", "lr": 1e-9}}
    controller = lab.controller(student=None, students=[MLP, hopeless], search=None, on_weak_teacher=action)
    assert controller.run()


def test_journals_and_trials_of_earlier_forms_are_forgotten(lab: Any) -> None:
    controller = lab.controller(**TWO)
    assert controller.run()
    path: Path = controller.folder.path
    assert {each.name for each in path.glob("optuna*")} == {"optuna-@mnist_mlp.journal", "optuna-@tiny.journal"}
    lab.controller()
    assert not list(path.glob("optuna*@*")) + list(path.glob("trials*@*"))
