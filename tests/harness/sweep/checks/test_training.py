"""A training's values go together, or are refused in one line before anything is made."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.sweep.checks.training import kept_milestones
from harness.sweep.loading import load_sweep
from harness.sweep.reading.plain_yaml import read_yaml
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
            f"{STEPS} 'student.schedule.milestones=[5, 30]' student.schedule.warmup_epochs=6",
            "student.schedule.warmup_epochs: 6 epochs reach beyond the first milestone, 5",
        ),
        (
            "student.optimizer.nesterov=false",
            "optimizer.nesterov: does nothing with adam; it is an option of sgd",
        ),
        ("student.schedule.end=0.1", "student.schedule.end: does nothing with constant; it is an option of cosine"),
        ("student.optimizer.decay=all", "student.optimizer.decay: does nothing with weight_decay 0"),
        (
            "student.gpus=4 student.batch_size=8 student.accumulation_steps=3",
            "student.accumulation_steps: 3 parts on each of 4 gpus are more than the 8 images of a batch",
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
            "'methods=[kd, {loss: dkd, warmup_epochs: 3}]'",
            "methods.1.warmup_epochs: 3 of 3 epochs: the training would end in the warm-up of its",
        ),
        (
            "'compare=[{alpha: 0.5, temperature: 4, loss: dkd, warmup_epochs: 3}]'",
            "compare.0.warmup_epochs: 3 of 3 epochs: the training would end in the warm-up of its",
        ),
        (
            "student.epochs=1 distill.temperature_schedule=linear distill.temperature_end=1",
            "distill.temperature_end: with 1 epoch there is no way from one temperature to another",
        ),
        ("teacher.match_classes=false", "teacher.match_classes: does nothing: 2 epochs train a head"),
        ("data.augment.shift_fill=reflect", "data.augment.shift_fill: does nothing with shift 0"),
        ("student.augment.resized_crop=1", "student.augment.resized_crop: 1 is the whole image always"),
        ("data.augment.num_views=3", "data.augment.num_views: does nothing, since nothing changes the images"),
        (
            "data.augment.flip=true teacher.augment.shift=1 student.augment.shift=2",
            "data.augment: does nothing: teacher.augment and student.augment stand instead of it",
        ),
        ("teacher_logits.online=true teacher_logits.dtype=float32", "teacher_logits.dtype: does nothing: online: true"),
        ("teacher_logits.online=false teacher_logits.max_gb=3", "teacher_logits.max_gb: does nothing: online: false"),
        ("accept_weak_teacher=true", "accept_weak_teacher: does nothing with a teacher that is trained here"),
        (
            "student.optimizer.name=sgd student.optimizer.eps=1e-6",
            "optimizer.eps: does nothing with sgd; it is an option of",
        ),
    ],
)
def test_what_does_nothing_or_is_never_reached_is_refused(write_sweep: WriteSweep, overrides: str, says: str) -> None:
    line = refusal(write_sweep(MINIMAL), overrides)
    assert line.startswith("SET") and says in line and "\n" not in line


def test_the_file_is_to_blame_for_its_own_milestones(write_sweep: WriteSweep) -> None:
    """Only the epochs were changed on the way; the milestones, which have to go with them, stand in the file."""
    path = write_sweep(MINIMAL.replace("epochs: 3}", "epochs: 200, schedule: {name: step, milestones: [100, 150]}}"))
    load_sweep(path)
    assert refusal(path, "student.epochs=120").startswith(f"{path}: student.schedule.milestones: 150 is not before")


RECIPE = "{name: step, milestones: [150, 180, 210]}"


@pytest.mark.parametrize(
    ("epochs", "expected"), [(60, (37.5, 45, 52.5)), (180, (112.5, 135, 157.5)), (1, (0.625, 0.75, 0.875))]
)
def test_a_shortened_training_is_told_its_milestones_ready_to_paste(
    write_sweep: WriteSweep, epochs: int, expected: tuple[float, ...]
) -> None:
    path = write_sweep(MINIMAL.replace("epochs: 3}", f"epochs: 240, schedule: {RECIPE}}}"))
    line = refusal(path, f"student.epochs={epochs}")
    (added,) = re.findall(r"; (\S+) in SET keeps the shares that they have of 240$", line)
    assert load_sweep(path, f"student.epochs={epochs} {added}").student.schedule.milestones == expected


@pytest.mark.parametrize("epochs", [220, 480])
def test_milestones_that_stay_are_said_where_the_length_changed(write_sweep: WriteSweep, epochs: int) -> None:
    path = write_sweep(MINIMAL.replace("epochs: 3}", f"epochs: 240, schedule: {RECIPE}}}"))
    assert list(kept_milestones(load_sweep(path), read_yaml(path))) == []
    (line,) = kept_milestones(load_sweep(path, f"student.epochs={epochs}"), read_yaml(path))
    start = f"student.schedule.milestones: 150, 180, 210 stay, of {epochs} epochs now; student.schedule.milestones=["
    assert line.startswith(start)
    added = line.partition("now; ")[2].partition(" in SET")[0]
    scaled = load_sweep(path, f"student.epochs={epochs} {added}")
    assert list(kept_milestones(scaled, read_yaml(path))) == []
    assert [each / epochs for each in scaled.student.schedule.milestones] == [0.625, 0.75, 0.875]


def test_shares_of_the_training_go_with_its_length(write_sweep: WriteSweep) -> None:
    shares = "{name: step, milestones: [62.5%, 75%, 87.5%]}"
    path = write_sweep(MINIMAL.replace("epochs: 3}", f"epochs: 240, schedule: {shares}}}"))
    assert load_sweep(path).student.schedule.milestones == (150, 180, 210)
    assert load_sweep(path, "student.epochs=60").student.schedule.milestones == (37.5, 45, 52.5)


def test_milestones_of_a_teacher_in_a_list(write_sweep: WriteSweep) -> None:
    """SET reaches into a list by numbers; of a teacher that the file has not, nothing is known."""

    def teachers(*epochs: int) -> str:
        each = ", ".join(f"{{model: mnist_cnn, epochs: {number}, schedule: {RECIPE}}}" for number in epochs)
        return f"teachers: [{each}]"

    path = write_sweep(MINIMAL.replace("teacher: {model: mnist_cnn, epochs: 2}", teachers(240, 240)))
    line = refusal(path, f"'{teachers(240, 60).replace(': ', '=', 1)}'")
    assert line.endswith(
        "; teachers.1.schedule.milestones=[37.5,45,52.5] in SET keeps the shares that they have of 240"
    )
    line = refusal(path, f"'{teachers(240, 240, 60).replace(': ', '=', 1)}'")
    assert line.endswith("; give milestones below that, or shares of the training such as 62.5%")


def test_a_name_alone_gives_no_option_that_does_nothing(write_sweep: WriteSweep) -> None:
    load_sweep(write_sweep(MINIMAL), "student.optimizer=adam student.schedule=cosine student.epochs=2")
