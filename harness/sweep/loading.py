"""From a YAML file and overrides to a checked sweep; each error is one line with the remedy."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

from harness.sweep.checks.consistency import check_consistency
from harness.sweep.description import described
from harness.sweep.reading.overrides import assign, parse_overrides
from harness.sweep.reading.plain_yaml import read_yaml
from harness.sweep.reading.validation import to_blame, validate
from harness.sweep.schema import Sweep
from kd.config import Config, ModelTraining
from kd.errors import InputError
from kd.files import sha256_of_weights, typed_path
from kd.model_source import model_sha256, source_sha256

SWEEP_PREFIX = "sweep:"
"""Begins a checkpoint that is another sweep's model."""

Role = Literal["teacher", "student"]
Locate = Callable[[str, Role], Path]
"""From ``sweep:NAME``, and what its model is wanted as, to the model's folder."""

Holder = TypeVar("Holder", bound=Config)


def read_sweep(path: Path, overrides: str = "") -> Sweep:
    """Read, override and validate a sweep file, as it stands there: what its models hold is not looked at.

    Args:
        path: The YAML file.
        overrides: Assignments such as ``search.num_trials=50 student.epochs=30``.

    Raises:
        InputError: One line that names the file, the key, the bad value and what is allowed.
    """
    content, assigned = read_yaml(path), parse_overrides(overrides)
    changed = []
    for key, value in assigned:
        before, content = content, assign(content, key, value, ".".join(key))
        if content != before:
            changed.append(key)
    return validate(Sweep, described(content, changed), str(path), [key for key, _ in assigned])


def no_other_sweeps(reference: str, role: Role) -> Path:
    """The ``Locate`` of who knows no results.

    Raises:
        InputError: Always.
    """
    raise InputError(f"checkpoint: {reference}: no results are looked at here; give the folder of the model")


def load_sweep(path: Path, overrides: str = "", locate: Locate = no_other_sweeps) -> Sweep:
    """A sweep file as ``read_sweep`` has it, with the digests of what its models hold and of its own loss's source.

    Args:
        path: The YAML file.
        overrides: Assignments such as ``search.num_trials=50 student.epochs=30``.
        locate: Finds the model of ``checkpoint: sweep:NAME``.

    Raises:
        InputError: One line that names the file, the key, the bad value and what is allowed.
    """
    sweep = read_sweep(path, overrides)
    keys = [key for key, _ in parse_overrides(overrides)]

    def where(*place: str) -> Callable[[str], str]:
        return lambda key: f"{to_blame(str(path), [*place, key], keys)}: {'.'.join(place)}"

    def pinned(training: ModelTraining, role: Role, *place: str) -> ModelTraining:
        return _pinned(training, where(*place), lambda reference: locate(reference, role))

    def pinned_loss(holder: Holder, loss: str, given: str | None, *place: str) -> Holder:
        return _pinned_loss(holder, loss, given, where(*place))

    sweep = sweep.model_copy(
        update={
            "teacher": sweep.teacher and pinned(sweep.teacher, "teacher", "teacher"),
            "teachers": tuple(pinned(each, "teacher", "teachers", str(n)) for n, each in enumerate(sweep.teachers)),
            **_pinned_students(sweep, lambda student, place: pinned(student, "student", *place)),
            "distill": pinned_loss(sweep.distill, sweep.distill.loss, sweep.distill.loss_sha256, "distill"),
            "methods": tuple(
                pinned_loss(each, each.loss, each.loss_sha256, "methods", str(n))
                for n, each in enumerate(sweep.methods)
            ),
            "compare": tuple(
                pinned_loss(each, str(each.other.get("loss", "")), each.other.get("loss_sha256"), "compare", str(n))
                for n, each in enumerate(sweep.compare)
            ),
        }
    )
    check_consistency(sweep, lambda *place: to_blame(str(path), list(place), keys), read_yaml(path))
    return sweep


def _pinned(training: ModelTraining, where: Callable[[str], str], locate: Callable[[str], Path]) -> ModelTraining:
    """With the digests of what its model and its checkpoint hold, by which runs are named.

    Raises:
        InputError: A folder holds no model, or another than the sweep file says.
    """
    try:
        digest = model_sha256(training.model)
    except InputError as error:
        raise InputError(f"{where('model')}.{error}") from error
    if training.model_sha256 not in (None, digest):
        found = f"{training.model} is {digest or 'without one'}, got '{training.model_sha256}'"
        raise InputError(f"{where('model_sha256')}.model_sha256: {found}")
    training = training.model_copy(update={"model_sha256": digest})
    if training.checkpoint is None:
        return training
    try:
        if training.checkpoint.startswith(SWEEP_PREFIX):
            place = locate(training.checkpoint).resolve()
        else:
            place = typed_path(training.checkpoint).resolve()
        digest = sha256_of_weights(place)
    except InputError as error:
        raise InputError(f"{where('checkpoint')}.{error}") from error
    if training.checkpoint_sha256 not in (None, digest):
        found = f"{place} holds {digest}, got '{training.checkpoint_sha256}'"
        raise InputError(f"{where('checkpoint_sha256')}.checkpoint_sha256: {found}")
    return training.model_copy(update={"checkpoint": str(place), "checkpoint_sha256": digest})


def _pinned_students(sweep: Sweep, pinned: Callable[[ModelTraining, list[str]], ModelTraining]) -> dict[str, Any]:
    """What changes of a sweep as its students are pinned, each at its place."""
    trainings = [pinned(training, place.split(".")) for place, training in sweep.all_students.items()]
    listed = (
        student.model_copy(update={name: getattr(training, name) for name in training.model_fields_set})
        for student, training in zip(sweep.students, trainings, strict=False)
    )
    return {"student": trainings[0], "students": tuple(listed)}


def _pinned_loss(holder: Holder, loss: str, given: str | None, where: Callable[[str], str]) -> Holder:
    """What names a loss, with the digest of one of the user's own.

    Raises:
        InputError: Its source is another than the sweep file says.
    """
    digest = source_sha256(loss)
    if given not in (None, digest):
        found = f"{loss} is {digest or 'without one'}, got '{given}'"
        raise InputError(f"{where('loss_sha256')}.loss_sha256: {found}")
    return holder.model_copy(update={"loss_sha256": digest}) if digest else holder
