"""What a trial was asked, put into the loss and into the student's training."""

from collections.abc import Iterable, Mapping
from typing import Any

from harness.sweep.search.config import Value
from harness.sweep.search.searchable import STUDENT, feature_value
from kd.config import DistillConfig, ModelTraining, setting_number

Params = Mapping[str, Value]
"""Values by the canonical names of a space."""


def split(params: Params) -> tuple[dict[str, Value], dict[str, Value]]:
    """Those of the loss, and those of the student without ``student.``.

    >>> split({"alpha": 0.9, "student.optimizer.lr": 0.1})
    ({'alpha': 0.9}, {'optimizer.lr': 0.1})
    """
    prefix = f"{STUDENT}."
    of_loss = {name: value for name, value in params.items() if not name.startswith(prefix)}
    of_student = {name.removeprefix(prefix): value for name, value in params.items() if name.startswith(prefix)}
    return of_loss, of_student


def with_params(distill: DistillConfig, params: Params) -> DistillConfig:
    """The loss with a trial's values.

    Raises:
        pydantic.ValidationError: It cannot have these.
    """
    of_loss, _ = split(params)
    others = {name: value for name, value in of_loss.items() if feature_value(name) is None}
    if others:
        distill = distill.with_values(others)
    return _with_weights(distill, of_loss) if len(others) < len(of_loss) else distill


def _with_weights(distill: DistillConfig, params: Params) -> DistillConfig:
    """The loss with values of its features."""
    features = [feature.model_dump() for feature in distill.features]
    for name, value in params.items():
        if (place := feature_value(name)) is not None and place[0] < len(features):
            features[place[0]][place[1]] = value
    return DistillConfig.model_validate(distill.model_dump() | {"features": features})


def student_with(training: ModelTraining, params: Params) -> ModelTraining:
    """The student's training with a trial's values; the others are as they were given.

    Raises:
        pydantic.ValidationError: It cannot have these.
    """
    _, of_student = split(params)
    if not of_student:
        return training
    content: dict[str, Any] = training.model_dump(exclude_unset=True)
    for path, value in of_student.items():
        *parents, key = path.split(".")
        inner = content
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[key] = value
    return ModelTraining.model_validate(content)


def params_words(params: Params) -> str:
    """A trial's values in plain text.

    >>> params_words({"alpha": 0.9218734, "temperature": 4.0, "student.optimizer.lr": 0.01})
    'alpha 0.922, T 4, optimizer.lr 0.01'
    """
    of_loss, of_student = split(params)
    named = {"T" if name == "temperature" else name: value for name, value in of_loss.items()} | of_student
    return ", ".join(
        f"{name} {setting_number(value) if isinstance(value, float) else value}" for name, value in named.items()
    )


def own_params(names: Iterable[str], distill: DistillConfig, training: ModelTraining) -> dict[str, Value]:
    """What a sweep itself says of these dimensions; without those that it leaves open.

    >>> own_params(["alpha", "beta"], DistillConfig(alpha=0.25), ModelTraining(model="mnist_mlp", epochs=1))
    {'alpha': 0.25}
    """
    found = {}
    for name in names:
        of_loss, of_student = split({name: 0})
        value: Any = training if of_student else distill
        for key in next(iter(of_loss | of_student)).split("."):
            if isinstance(value, tuple):
                value = value[int(key)] if int(key) < len(value) else None
            else:
                value = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
        if value is None and of_loss:
            value = distill.options.get(name)  # of a loss of the user's own
        if isinstance(value, bool | int | float | str):
            found[name] = value
    return found
