"""What a search may look for, by name: keys of the loss, and keys of the student behind ``student.``."""

import difflib
import re
from functools import cache
from typing import get_origin

from pydantic import BaseModel

from kd.config import DistillConfig, ModelTraining

DISTILL, STUDENT = "distill", "student"
PREFIXES = (DISTILL, STUDENT)
FEATURE_VALUES = ("weight", "distance", "angle")
"""Numbers of a loss on features, each with a name such as ``features.0.weight``."""

_OF_THE_MODEL = "says which student is wanted; another one is another sweep"
_OF_THE_VIEW = "belongs to what the student is, and what is compared must be fed alike"
_OF_THE_MACHINE = "says how a training is carried out, not what is trained"
REFUSED = {
    "distill.loss_sha256": "is found, not chosen",
    "distill.options": "holds values that are searched by their own names",
    "distill.loss": "is what trials are compared within; other losses have searches of their own",
    "distill.control": "is a question beside the search: list it under controls",
    "distill.features": "is what trials are compared within; only the weights in it can be, as features.0.weight",
    "student.epochs": "is the budget that every run has alike",
    "student.model": _OF_THE_MODEL,
    "student.model_sha256": _OF_THE_MODEL,
    "student.checkpoint": _OF_THE_MODEL,
    "student.checkpoint_sha256": _OF_THE_MODEL,
    "student.match_classes": _OF_THE_MODEL,
    "student.augment": "decides the views, and teacher and student must see the same ones",
    "student.normalize": _OF_THE_VIEW,
    "student.image_size": _OF_THE_VIEW,
    "student.gpus": _OF_THE_MACHINE,
    "student.accumulation_steps": _OF_THE_MACHINE,
    "student.precision": _OF_THE_MACHINE,
    "student.compile": _OF_THE_MACHINE,
}
"""Keys that no search may change, each with the reason."""


def canonical(name: str) -> str:
    """A dimension's one name: keys of the loss without ``distill.``.

    >>> canonical("distill.alpha"), canonical("beta"), canonical("student.optimizer.lr")
    ('alpha', 'beta', 'student.optimizer.lr')
    """
    return name.removeprefix(f"{DISTILL}.")


def feature_value(name: str) -> tuple[int, str] | None:
    """Of the canonical name of a value in ``distill.features``: which of them it is, and its key.

    >>> feature_value("features.0.weight"), feature_value("features.1.loss"), feature_value("alpha")
    ((0, 'weight'), None, None)
    """
    found = re.fullmatch(rf"features\.(\d)\.({'|'.join(FEATURE_VALUES)})", name)
    return None if found is None else (int(found[1]), found[2])


@cache
def searchable_names() -> tuple[str, ...]:
    """Every canonical name there is; one that ends in a dot begins those of a model's own arguments."""
    of_loss = [name for name in DistillConfig.model_fields if f"{DISTILL}.{name}" not in REFUSED]
    return (*of_loss, *(name for name in _paths(ModelTraining, STUDENT) if _refusal(name) is None))


def check_name(name: str, may_be_own: bool = True) -> None:
    """Refuse a name that is none of a dimension.

    Args:
        name: As a person wrote it.
        may_be_own: Whether it can be an option of a loss of the user's own, which has any name.

    Raises:
        ValueError: One line with the reason, or with the nearest name.
    """
    known = searchable_names()
    if feature_value(canonical(name)) is not None:
        return
    if canonical(name) in known or any(each.endswith(".") and name.startswith(each) for each in known):
        return
    reason = _refusal(name if name.startswith(f"{STUDENT}.") else f"{DISTILL}.{canonical(name)}")
    if reason is not None:
        raise ValueError(f"{name} cannot be searched: it {reason}")
    if not (may_be_own and canonical(name).isidentifier() and name not in PREFIXES):
        raise ValueError(no_such_dimension(name))


def no_such_dimension(name: str) -> str:
    """What is said of a name that no loss and no student has."""
    known = searchable_names()
    near = difflib.get_close_matches(canonical(name), known, n=1)
    near += [each for each in known if each.endswith(f".{name}")]  # lr, for student.optimizer.lr
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"no dimension '{name}'{hint}; allowed: {', '.join(known)}"


def _refusal(path: str) -> str | None:
    return next((reason for key, reason in REFUSED.items() if path == key or path.startswith(f"{key}.")), None)


def _paths(kind: type[BaseModel], name: str) -> list[str]:
    """The dotted paths of a model's fields, those of the models in it included."""
    paths = []
    for key, field in kind.model_fields.items():
        inner: object = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            paths += _paths(inner, f"{name}.{key}")
        else:
            paths.append(f"{name}.{key}" + ("." if get_origin(inner) is dict else ""))
    return paths
