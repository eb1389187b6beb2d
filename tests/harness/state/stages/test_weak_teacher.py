"""A teacher that is not better than the student alone is found by what lies in the folders."""

from typing import Any

import numpy as np
import pytest

from harness.state.stages.weak_teacher import WeakTeacher, find_weak_teacher
from kd.files import write_record
from kd.records import Metrics, Scores


def complete(folder: Any, run: Any, accuracy: float) -> None:
    """Leave the metrics of a run with this accuracy on 1,000 val images."""
    scores = Scores(num_images=1000, accuracy=accuracy, nll=1.0, confusion=[[500, 0], [0, 500]])
    write_record(folder.add(run) / "metrics.json", Metrics(run_id=run.id, val=scores))


@pytest.mark.parametrize(("teacher", "is_weak"), [(0.1, True), (0.9, True), (0.901, False), (0.97, False)])
def test_it_is_held_against_the_mean_of_the_baselines(lab: Any, teacher: float, is_weak: bool) -> None:
    plan, folder = lab.open()
    complete(folder, plan.teachers[0], teacher)
    assert find_weak_teacher(plan, folder, {}) is None
    for run, accuracy in zip(plan.baselines(), (0.89, 0.91), strict=True):
        complete(folder, run, accuracy)
    expected = WeakTeacher(teacher, 0.9, 2, 1) if is_weak else None
    assert find_weak_teacher(plan, folder, {}) == expected


def test_it_is_said_with_both_numbers() -> None:
    assert WeakTeacher(0.0952, 0.90126, 5, 1).text == (
        "the teacher is not better than the student alone: val accuracy 9.52 % against 90.13 %, the mean of 5 baselines"
    )
    several = WeakTeacher(0.1, 0.9, 5, 1, num_students=3).text
    assert "not better than any of the 3 students alone" in several
    assert several.endswith("90.00 %, the mean of 5 baselines of the weakest")
    assert "the teachers' ensemble is not better" in WeakTeacher(0.1, 0.9, 1, 3).text
    assert WeakTeacher(0.1, 0.9, 1, 3).text.endswith("90.00 %, the one baseline")


def test_of_several_teachers_their_ensemble_counts(lab: Any) -> None:
    """Each of two teachers is right in half of the images, and surer there than where it errs."""
    cnn = {"model": "mnist_cnn", "epochs": 1, "batch_size": 32}
    plan, folder = lab.open(teacher=None, teachers=[cnn, cnn])
    labels = np.arange(100) % 2
    right = np.where(np.arange(2) == labels[:, None], 3.0, 0.0)
    for run, is_right in zip(plan.teachers, (np.arange(100) < 50, np.arange(100) >= 50), strict=True):
        complete(folder, run, 0.5)
        np.savez(
            folder.run(run.id) / "predictions.npz", labels=labels, val=np.where(is_right[:, None], right, 1 - right / 3)
        )
    for run in plan.baselines():
        complete(folder, run, 0.9)
    assert find_weak_teacher(plan, folder, {}) is None
    for run in plan.baselines():
        complete(folder, run, 1.0)
    assert find_weak_teacher(plan, folder, {}) == WeakTeacher(1.0, 1.0, 2, 2)
    metrics = folder.run(plan.teachers[1].id) / "metrics.json"
    kept = metrics.read_bytes()
    metrics.unlink()
    assert find_weak_teacher(plan, folder, {}) is None  # it is not over
    metrics.write_bytes(kept)
    (folder.run(plan.teachers[0].id) / "predictions.npz").write_bytes(b"damaged")
    assert find_weak_teacher(plan, folder, {}) is None


def test_of_several_students_it_is_weak_where_it_is_better_than_none(lab: Any) -> None:
    mlp = {"model": "mnist_mlp", "epochs": 2, "batch_size": 32}
    plan, folder = lab.open(student=None, students=[mlp | {"name": "short"}, mlp | {"name": "long", "epochs": 3}])
    complete(folder, plan.teachers[0], 0.8)
    short, long = plan.members
    for run in short.baselines():
        complete(folder, run, 0.9)
    assert find_weak_teacher(plan, folder, {}) is None  # of the other one nothing is known
    for run in long.baselines():
        complete(folder, run, 0.85)
    assert find_weak_teacher(plan, folder, {}) == WeakTeacher(0.8, 0.85, 2, 1, num_students=2)
    complete(folder, plan.teachers[0], 0.87)
    assert find_weak_teacher(plan, folder, {}) is None
