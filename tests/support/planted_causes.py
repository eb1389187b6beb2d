"""Studies that show no clear gain, each for one reason that was planted, and one that has a gain."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import RunResult
from kd.files import write_record
from kd.records import ClaimedAccuracy, EpochRecord, History, Scores, SoftLabels
from kd.runs.passes.soft_labels import TEMPERATURES
from tests.support.failing_studies import STUDIES, Study, plant
from tests.support.small_sweep import SMALL

Plant = Callable[[Path], None]
NUM_VAL = 200


def _nothing(folder: Path) -> None:
    """The study says it all."""


def _sure_on_train(folder: Path) -> None:
    """At the students' T the teacher leaves 0.4 % to other classes on train, and a tenth on val."""
    _tell_soft_labels(folder, 0.004)


def _tell_soft_labels(folder: Path, mass: float) -> None:
    results = read_results(folder)
    masses = tuple(min(0.6, mass * temperature**2) for temperature in TEMPERATURES)
    soft = SoftLabels(num_images=600, num_views=1, accuracy=0.99, temperatures=TEMPERATURES, off_label=masses)
    write_record(folder / "runs" / results.plan.logits.id / "soft_labels.json", soft)
    _keep_val(folder, results.teachers[0], 0.9)


def _unfinished_student(folder: Path) -> None:
    for run in _finals(folder):
        losses, accuracies = np.linspace(2.0, 1.0, 10), np.linspace(0.6, 0.9, 10)
        epochs = tuple(_epoch(n, *pair) for n, pair in enumerate(zip(losses, accuracies, strict=True), 1))
        write_record(folder / "runs" / run.id / "history.json", History(num_epochs=10, epochs=epochs))


def _converged_student(folder: Path) -> None:
    """As healthy trainings end: the train loss falls on, and val has long had what there is."""
    for run in _finals(folder):
        losses, accuracies = 2.0 * 0.6 ** np.arange(10), [0.6, 0.8, 0.88, *[0.9] * 7]
        epochs = tuple(_epoch(n, *pair) for n, pair in enumerate(zip(losses, accuracies, strict=True), 1))
        write_record(folder / "runs" / run.id / "history.json", History(num_epochs=10, epochs=epochs))


def _claim(folder: Path) -> None:
    teacher = read_results(folder).teachers[0]
    claim = ClaimedAccuracy(accuracy=0.97, dataset="digits", split="test")
    write_record(folder / "runs" / teacher.id / "claimed.json", claim)


def _healthy(folder: Path) -> None:
    _tell_soft_labels(folder, 0.08)
    _converged_student(folder)


def _finals(folder: Path) -> tuple[RunResult, ...]:
    arm = read_results(folder).arm("distilled")
    assert arm is not None
    return arm.runs


def _one_class(folder: Path) -> None:
    """The distilled students name one class, whatever they are shown."""
    for run in _finals(folder):
        assert run.metrics is not None
        val = Scores(num_images=90, accuracy=1 / 3, nll=2.0, confusion=[[30, 0, 0]] * 3)
        write_record(folder / "runs" / run.id / "metrics.json", run.metrics.model_copy(update={"val": val}))


def _keep_val(folder: Path, run: RunResult, share: float) -> None:
    """Val logits of a model that gives the label this share, and is right everywhere."""
    labels = np.arange(NUM_VAL) % 3
    shares = np.where(np.arange(3) == labels[:, None], share, (1 - share) / 2)
    np.savez(folder / "runs" / run.id / "predictions.npz", val=np.log(shares), labels=labels)


def _epoch(number: int, loss: float, accuracy: float) -> EpochRecord:
    return EpochRecord(
        epoch=number, lr=1e-3, train_loss=loss, hard_loss=loss, train_accuracy=0.8, val_loss=1.0,
        val_accuracy=accuracy, seconds=1.0, images_per_s=1.0,
    )  # fmt: skip


# T of the chosen setting is 1 or 8: the planted trials lie at T 1, 2, … 8 and alpha 0.1, 0.2, … 0.8, the last one best.
NO_SEARCH: dict[str, Any] = {"search": None, "distill": {"loss": "kd", "alpha": 0.5, "temperature": 1.0}}
AT_THE_EDGE: dict[str, Any] = {
    "search": {
        "num_trials": 8,
        "space": {"alpha": {"low": 0.0, "high": 1.0}, "temperature": {"low": 1.0, "high": 8.0, "log": True}},
    }
}
PLANTED: dict[str, tuple[Study, Plant]] = {
    "nothing-learned": (STUDIES["harm"], _one_class),
    "weak-teacher": (STUDIES["useless teacher"], _nothing),
    "other-input": (Study(teacher=0.85, baseline=(0.80, 0.81, 0.80), distilled=(0.80, 0.82, 0.81)), _claim),
    "wrong-labels": (
        Study(teacher=0.85, baseline=(0.8,) * 3, distilled=(0.8,) * 3, compare=(0.8,) * 3, luck=False), _nothing,
    ),
    "sure-teacher": (Study(trials=(), sweep=NO_SEARCH), _sure_on_train),
    "underfit": (Study(), _unfinished_student),
    "edge": (Study(sweep=AT_THE_EDGE), _converged_student),
    "small-gain": (Study(), _healthy),
}  # fmt: skip
"""By the cause that has to be named first."""
HEALTHY = Study(baseline=(0.70, 0.71, 0.70), distilled=(0.92, 0.93, 0.92))


def plant_cause(results: Path, kind: str) -> Path:
    """A finished study's folder under ``results``."""
    study, change = PLANTED[kind]
    results.mkdir(parents=True, exist_ok=True)
    folder = plant(results, study)
    change(folder)
    return folder


def plant_healthy(results: Path) -> Path:
    """One with a clear gain, and with all files that causes are read from."""
    results.mkdir(parents=True, exist_ok=True)
    folder = plant(results, HEALTHY)
    _healthy(folder)
    return folder


_DIGITS = {"source": "embedded:mnist5k", "max_train": 1000, "max_test": 1000}
_REAL = SMALL | {"search": None, "compare": [], "seeds": 3, "reference": None, "data": _DIGITS}


def _teacher(**changes: Any) -> dict[str, Any]:
    return {"model": "mnist_cnn", "epochs": 5, "batch_size": 64, **changes}


def _student(**changes: Any) -> dict[str, Any]:
    return {"model": "mnist_mlp", "epochs": 15, "batch_size": 64, **changes}


REAL: dict[str, dict[str, Any]] = {
    "sure-teacher": _REAL
    | {"teacher": _teacher(epochs=30), "student": _student(), "distill": {"alpha": 0.5, "temperature": 1.0}},
    "underfit": _REAL | {"teacher": _teacher(), "student": _student(epochs=3, optimizer={"name": "sgd", "lr": 3e-3})},
    "wrong-labels": _REAL
    | {"data": {"source": "tests.support.mislabelled:digits"}, "teacher": _teacher(), "student": _student(epochs=8)},
    "weak-teacher": _REAL
    | {"teacher": _teacher(epochs=1, optimizer={"name": "adam", "lr": 1e-9}), "student": _student(epochs=5)},
}
"""Sweeps that are carried out, by the cause that has to be named first."""
