"""What teachers leave to their students: logits of every view, in parts, of several teachers, or none."""

from typing import Any

import numpy as np
import pytest
import torch

from harness.report.results.reading.reader import read_results
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from harness.sweep.runs import VIEWS_OF_A_PART
from kd.config import AugmentConfig
from kd.data.images import open_training
from kd.files import read_record
from kd.models.files import load_model
from kd.records import History, LogitsIndex
from kd.runs.folder.context import RunPaths
from kd.training.teacher.logits import compute_view_logits, view_path
from tests.support.sweep_lab import roles

EN = language("en")
SHIFTED = {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100, "augment": {"shift": 1}}
CPU = torch.device("cpu")
CNN = {"model": "mnist_cnn", "epochs": 1, "batch_size": 32}
MLP = CNN | {"model": "mnist_mlp"}


def test_views_of_augmented_data_have_their_own_teacher_logits(lab: Any) -> None:
    data = {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100, "augment": {"shift": 1, "num_views": 2}}
    controller = lab.controller(data=data)
    assert controller.run()
    index = controller.folder.path / "teacher_logits" / controller.plan.logits.id / "index.json"
    assert len(read_record(index, LogitsIndex).sha256) == 2


@pytest.mark.thorough
def test_students_learn_from_the_mean_of_their_teachers_logits(lab: Any) -> None:
    controller = lab.controller(teacher=None, teachers=[CNN, MLP, CNN])
    assert controller.run()
    plan, folder = controller.plan, controller.folder
    assert roles(controller._executor.submitted)["teacher"] == 3
    test = next(step.run for step in controller.steps if step.stage == "test")
    assert test.config.models[:3] == tuple(run.id for run in plan.teachers)
    places = RunPaths(folder.path, folder.data)
    train = open_training(plan.data, folder.data, CPU).train
    alone = [
        compute_view_logits(load_model(places.run(run.id) / "model", CPU), train, AugmentConfig(), 0).numpy()
        for run in plan.teachers
    ]
    written = np.load(view_path(places.logits(plan.logits.id), 0))
    np.testing.assert_allclose(written, np.mean(alone, axis=0), rtol=2**-10, atol=1e-6)
    assert not np.allclose(alone[0], alone[2])


@pytest.mark.thorough
def test_a_sweep_over_many_views_keeps_its_logits_in_parts(lab: Any) -> None:
    student = {"model": "mnist_mlp", "epochs": VIEWS_OF_A_PART + 1, "batch_size": 32}
    controller = lab.controller(data=SHIFTED, student=student, search=None, seeds=1)
    assert controller.run()
    results = read_results(controller.folder.path)
    assert [run.state for run in results.logits_runs] == ["complete"] * 3
    assert find_missing(results, EN) == []
    assert results.other_runs == ()
    assert results.standing.done == results.standing.total


def _accuracies(controller: Any) -> list[list[float]]:
    histories = [read_record(controller.folder.run(run.id) / "history.json", History) for run in _finals(controller)]
    return [[epoch.val_accuracy for epoch in history.epochs] for history in histories]


def _finals(controller: Any) -> Any:
    return controller.plan.finals({})


def test_a_sweep_taught_online_keeps_no_logits_and_comes_to_the_same(lab: Any, tmp_path: Any) -> None:
    changes = {"search": None, "seeds": 2, "data": SHIFTED}
    online = lab.controller(**changes, teacher_logits={"online": True})
    assert online.run()
    assert not list(online.folder.path.glob("teacher_logits/*"))
    assert all(step.stage != "logits" for step in online.steps)
    results = read_results(online.folder.path)
    assert results.logits_runs == ()
    assert find_missing(results, EN) == []
    assert (results.standing.done, results.standing.total) == (6, 6)
    (tmp_path / "kept").mkdir()
    kept = type(lab)(tmp_path / "kept").controller(**changes, teacher_logits={"online": False, "dtype": "float32"})
    assert kept.run()
    assert _accuracies(online) == _accuracies(kept)
