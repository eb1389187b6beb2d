"""Values that go together, and those that do not, each refused in one line before anything is made."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.shipped import shipped
from harness.sweep.loading import load_sweep
from tests.support.sweep_files import MINIMAL, refusal

STEPS = "student.epochs=60 student.schedule.name=step"
WriteSweep = Callable[[str], Path]


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            f"{STEPS} 'student.schedule.milestones=[30, 60]'",
            "student.schedule.milestones: 60 is not before the end of 60",
        ),
        (f"{STEPS} 'student.schedule.milestones=[150, 180]'", "student.schedule.milestones: 150 is not before the end"),
        ("student.epochs=3 student.schedule.warmup_epochs=3", "student.schedule.warmup_epochs: 3 of 3 epochs"),
        ("student.schedule.gamma=0.5", "student.schedule.gamma: does nothing with constant; it is an option of step"),
        (
            "teacher.schedule.name=cosine teacher.schedule.peak_at=0.2",
            "teacher.schedule.peak_at: does nothing with cosine",
        ),
        (
            "student.optimizer.momentum=0.5",
            "student.optimizer.momentum: does nothing with adam; it is an option of sgd",
        ),
        (
            "distill.warmup_epochs=3",
            "distill.warmup_epochs: 3 of 3 epochs: the training would end in the warm-up of its",
        ),
        (
            "distill.warmup_epochs=1",
            "distill.warmup_epochs: 1 does nothing: the first of n epochs has 1/n of the weigh",
        ),
        (
            "student.epochs=1 distill.temperature_schedule=linear distill.temperature_end=1",
            "distill.temperature_end: with 1 epoch there is no way from one temperature to another",
        ),
        (
            "student.optimizer.name=sgd student.optimizer.eps=1e-6",
            "optimizer.eps: does nothing with sgd; it is an option of",
        ),
    ],
)
def test_what_does_nothing_or_is_never_reached_is_refused(write_sweep: WriteSweep, overrides: str, says: str) -> None:
    line = refusal(write_sweep(MINIMAL), overrides)
    assert line.startswith("SET: ") and says in line and "\n" not in line


FEATURES = "'distill.features=[{loss: rkd}]'"


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            "teacher_logits.online=false",
            "teacher_logits.online: false, but distill.features.0 needs the teacher in every",
        ),
        ("student.compile=true", "student.compile: true, but distill.features.0 cannot be taken from a compiled"),
        (
            "teacher=null 'teachers=[{model: mnist_cnn, epochs: 1}, {model: mnist_mlp, epochs: 1}]'",
            "teachers: distill.",
        ),
    ],
)
def test_features_need_one_teacher_at_their_side(write_sweep: WriteSweep, overrides: str, says: str) -> None:
    path = write_sweep(MINIMAL)
    load_sweep(path, overrides)
    load_sweep(path, f"{FEATURES} teacher_logits.online=true teacher.compile=true")
    assert refusal(path, f"{FEATURES} {overrides}").startswith(f"SET: {says}")


def test_the_file_is_to_blame_for_its_own_milestones(write_sweep: WriteSweep) -> None:
    """Only the epochs were changed on the way; the milestones, which have to go with them, stand in the file."""
    path = write_sweep(MINIMAL.replace("epochs: 3}", "epochs: 200, schedule: {name: step, milestones: [100, 150]}}"))
    load_sweep(path)
    assert refusal(path, "student.epochs=120").startswith(f"{path}: student.schedule.milestones: 150 is not before")


def test_a_name_alone_gives_no_option_that_does_nothing(write_sweep: WriteSweep) -> None:
    load_sweep(write_sweep(MINIMAL), "student.optimizer=adam student.schedule=cosine student.epochs=2")


@pytest.mark.parametrize(
    ("place", "content", "says"),
    [
        ("student.optimizer.lr", "{low: -1, high: 0.1}", ".low: Input should be greater than 0, got -1.0"),
        ("student.label_smoothing", "{low: 0, high: 1}", ".high: Input should be less than 1, got 1.0"),
        ("student.batch_size", "{low: 32, high: 64}", ".low: whole numbers are wanted; add int: true"),
        ("student.optimizer.momentum", "{low: 0.1, high: 0.9}", ".low: does nothing with adam; it is an option of sgd"),
        (
            "student.optimizer.name",
            "{values: [adam, sdg]}",
            ".values: Input should be 'sgd', 'adam' or 'adamw'",
        ),
        ("student.schedule.warmup_epochs", "{low: 0, high: 4}", ".high: 4 of 3 epochs: the training would end in its"),
        ("gamma", "{low: 0, high: 1}", ".low: gamma is an option of dist and nkd, not of kd"),
        ("alpha", "{values: [0.5, true]}", ".values: would be read as 1.0; give it so, got True"),
        ("temperature", '{values: ["2"]}', ".values: would be read as 2.0; give it so, got '2'"),
        ("alpha", "{values: [0.5, 0.1, 0.5]}", ".values: is listed twice, got 0.5"),
    ],
)
def test_a_search_asks_for_nothing_that_loss_and_student_cannot_have(
    write_sweep: WriteSweep, place: str, content: str, says: str
) -> None:
    path = write_sweep(MINIMAL + f"search: {{space: {{{place}: {content}}}}}\n")
    assert refusal(path).startswith(f"{path}: search.space.{place}{says}")


def test_values_that_are_right_each_alone_are_tried_together(write_sweep: WriteSweep) -> None:
    space = "{student.accumulation_steps: {values: [1]}, student.batch_size: {values: [2]}}"
    assert "it says how a training is carried out" in refusal(write_sweep(MINIMAL + f"search: {{space: {space}}}\n"))
    space = "{student.optimizer.nesterov: {values: [false, true]}, student.optimizer.momentum: {values: [0.9, 0]}}"
    text = MINIMAL.replace("mnist_mlp, epochs: 3", "mnist_mlp, epochs: 3, optimizer: sgd")
    line = refusal(write_sweep(text + f"search: {{space: {space}}}\n"))
    assert "search.space: nesterov needs sgd with momentum, with alpha 0.0, " in line
    assert "student.optimizer.nesterov True, student.optimizer.momentum 0" in line


def test_set_is_to_blame_for_the_end_that_it_gave(write_sweep: WriteSweep) -> None:
    path = write_sweep(MINIMAL + "search: {space: {student.optimizer.lr: {low: 0.01, high: 0.1}}}\n")
    load_sweep(path, "search.space.student.optimizer.lr.high=0.5")
    line = refusal(path, "search.space.student.optimizer.lr.low=0")
    assert line.startswith("SET: search.space.student.optimizer.lr.low: Input should be greater than 0")


@pytest.mark.parametrize("path", sorted(shipped("sweeps").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_sweeps_that_come_along_are_consistent(path: Path) -> None:
    load_sweep(path)
