"""Values that go together, and those that do not, each refused in one line before anything is made."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.shipped import shipped
from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from kd.config import TrainConfig
from tests.support.sweep_files import MINIMAL, refusal

WriteSweep = Callable[[str], Path]


def test_a_setting_is_compared_once(write_sweep: WriteSweep) -> None:
    """Numbers that are equal are the same setting, however they are written."""
    settings = "{alpha: 1, temperature: 4}, {alpha: 0.5, temperature: 4}, {alpha: 1.0, temperature: 4.0}"
    line = refusal(write_sweep(MINIMAL), f"'compare=[{settings}]'")
    assert line == "SET: compare.2: the same setting as compare.0; list it once"


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
    load_sweep(path, f"{FEATURES} teacher_logits.online=true teacher.compile=true student.compile=auto")
    assert refusal(path, f"{FEATURES} {overrides}").startswith(f"SET: {says}")


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
        ("alpha", "{values: [0.5, true]}", ".values: would be read as 1.0; give it so, got true"),
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
    assert "student.optimizer.nesterov true, student.optimizer.momentum 0" in line


def test_set_is_to_blame_for_the_end_that_it_gave(write_sweep: WriteSweep) -> None:
    path = write_sweep(MINIMAL + "search: {space: {student.optimizer.lr: {low: 0.01, high: 0.1}}}\n")
    load_sweep(path, "search.space.student.optimizer.lr.high=0.5")
    line = refusal(path, "search.space.student.optimizer.lr.low=0")
    assert line.startswith("SET: search.space.student.optimizer.lr.low: Input should be greater than 0")


@pytest.mark.parametrize("path", sorted(shipped("sweeps").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_sweeps_that_come_along_are_consistent(path: Path) -> None:
    load_sweep(path)


OWN_SPACE = "{delta: {low: 0.1, high: 1}, depth: {low: 1, high: 4, int: true}, kind: {values: [soft, hard]}}"


def test_an_own_loss_is_searched_by_the_names_of_its_options(write_sweep: WriteSweep) -> None:
    own = "distill: {loss: 'acme.losses:smooth', options: {delta: 0.5}}\n"
    sweep = load_sweep(write_sweep(MINIMAL + own), f"'search.space={OWN_SPACE}'")
    (method,) = sweep.all_methods
    assert list(method.space) == ["alpha", "temperature", "delta", "depth", "kind"]
    assert sweep.first_trial(method)["delta"] == 0.5
    plan = Plan(sweep, "0" * 16)
    config = plan.trial({"alpha": 0.5, "temperature": 2.0, "delta": 0.2, "depth": 3, "kind": "hard"}).config
    assert isinstance(config, TrainConfig) and config.distill is not None
    assert config.distill.options == {"delta": 0.2, "depth": 3, "kind": "hard"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("search: {space: {delta: {low: 0, high: 1}}}\n", "search.space.delta: no dimension 'delta'"),
        ("search: {space: {alfa: {low: 0, high: 1}}}\n", "no dimension 'alfa' (did you mean alpha?)"),
        (
            "methods: [{loss: 'a:b', space: {delta: {values: [1]}}}, {loss: kd, space: {delta: {values: [1]}}}]\n",
            "methods.1.space.delta: kd has no such value",
        ),
        ("distill: {loss: 'a:b'}\nsearch: {space: {options: {low: 0, high: 1}}}\n", "options cannot be searched: it "),
        (
            "distill: {loss: 'a:b'}\nsearch: {space: {kind: {values: ['1e-3']}}}\n",
            "search.space.kind.values: is a text to YAML; write a number with a point",
        ),
        ("methods: [kd, {loss: dkd, warmup_epochs: 3}]\n", "methods.1.warmup_epochs: 3 of 3 epochs"),
        (
            "search: {space: {warmup_epochs: {low: 0, high: 3, int: true}}}\n",
            "search.space.warmup_epochs.high: 3 of 3 epochs: the training would end in the warm-up",
        ),
        (
            "distill: {temperature_schedule: learned, temperature: 4}\n",
            "search.space.temperature.low: a learned temperature stays between 1 and 21 and must begin there",
        ),
    ],
)
def test_a_search_of_what_the_loss_does_not_have_is_refused(write_sweep: WriteSweep, more: str, says: str) -> None:
    assert says in refusal(write_sweep(MINIMAL + more))


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ("controls=[smoothed_labels,smoothed_labels]", "controls: smoothed_labels is listed twice"),
        ("controls=[label_smoothing]", "controls.0: "),
        ("controls=[shuffled_dark] distill.loss=hard", "controls.0: shuffled_dark is of what a teacher says of"),
        ("controls=[smoothed_labels] distill.loss=kd_zscore", "controls.0: smoothed_labels is for losses on a"),
        (f"controls=[shuffled_dark] {FEATURES}", "controls.0: shuffled_dark is of what a teacher says of each"),
        ("controls=[shuffled_dark] data.augment.mixup=0.2", "controls.0: shuffled_dark is of the one label"),
        (
            "controls=[smoothed_labels] teacher_logits.online=true",
            "controls.0: smoothed_labels is as soft as all the teacher's logits: set teacher_logits.online=false",
        ),
        ("teacher.seeds=0", "teacher.seeds: "),
    ],
)  # fmt: skip
def test_a_variant_that_cannot_be_trained_is_refused(write_sweep: WriteSweep, overrides: str, says: str) -> None:
    assert says in refusal(write_sweep(MINIMAL), overrides)


def test_a_control_has_to_suit_every_method_since_any_may_be_the_best(write_sweep: WriteSweep) -> None:
    line = refusal(write_sweep(MINIMAL), "'methods=[kd, hard]' controls=[shuffled_dark]")
    assert "controls.0: shuffled_dark is of what a teacher says of each class, not of the loss hard" in line


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ("distill.control=shuffled_dark unlabeled=rest data.max_train=500", "distill.control: shuffled_dark is of"),
        ("distill.control=shuffled_dark data.augment.mixup=0.2", "distill.control: shuffled_dark is of the one label"),
        ("distill.control=smoothed_labels teacher_logits.online=true", "distill.control: smoothed_labels is as soft"),
        (
            "controls=[smoothed_labels] 'search.space.temperature_schedule={values: [constant, learned]}'",
            "with controls: smoothed_labels is as soft as the teacher at one T",
        ),
        ("'search.space.control={values: [shuffled_dark]}'", "list it under controls"),
    ],
)  # fmt: skip
def test_a_control_that_would_fail_once_the_search_is_paid_for_is_refused(
    write_sweep: WriteSweep, overrides: str, says: str
) -> None:
    assert says in refusal(write_sweep(MINIMAL), overrides)
