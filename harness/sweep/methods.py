"""Ways to teach, side by side: each a loss with its options, and where its settings are looked for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import Field, ValidationError, model_validator

from harness.sweep.params import with_params
from harness.sweep.search_config import Dimension, SearchConfig, Space
from kd.config import DistillConfig

ALONE = "baseline"
"""The key of the search for the student that is trained without a teacher."""

STUDENT = "student."
"""Begins the name of a searched value of the student's training."""

RESERVED = (ALONE, "teacher", "student", "distilled")
WITHOUT_TEMPERATURE = ("hard",)
"""Losses that make no use of a temperature, so that none is looked for."""


class Method(NamedTuple):
    """One way to train the student, and what is searched for it.

    ``key``: part of file names, empty where a sweep has one method and no list of them. ``distill``: None of the
    student alone. ``space``: empty where nothing is searched.
    """

    key: str
    distill: DistillConfig | None
    space: Mapping[str, Dimension]

    @property
    def name(self) -> str:
        """As tables call it."""
        if self.key or self.distill is None:
            return self.key
        return loss_name(self.distill.loss)


class MethodConfig(DistillConfig):
    """A loss among others; its name alone is one with every option as it is."""

    name: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$",
        max_length=40,
        description="in tables and files; null: the loss's",
    )
    space: Space = Field(
        {},
        description="searched for this method, beside search.space or in its place; null: not searched, but as given here",
    )

    @model_validator(mode="before")
    @classmethod
    def _loss_alone(cls, value: Any) -> Any:
        return {"loss": value} if isinstance(value, str) else value

    @property
    def key(self) -> str:
        """``name``, or the loss's."""
        return self.name or loss_name(self.loss)

    @property
    def distill(self) -> DistillConfig:
        """Without what is the method's alone."""
        return DistillConfig(**{name: getattr(self, name) for name in DistillConfig.model_fields})


def loss_name(loss: str) -> str:
    """How a loss is called in short.

    >>> loss_name("kd"), loss_name("acme.losses:cosine")
    ('kd', 'cosine')
    """
    return loss.rpartition(":")[2]


def check_methods(methods: Iterable[MethodConfig]) -> None:
    """Refuse methods of one name, or of a name that means something else.

    Raises:
        ValueError: One line that says which, and what to give.
    """
    places: dict[str, int] = {}
    for place, method in enumerate(methods):
        if method.key in RESERVED:
            raise ValueError(f"methods.{place}: no method can be called {method.key}; give it another name")
        if (first := places.setdefault(method.key.lower(), place)) != place:
            raise ValueError(
                f"methods.{place}: {method.key} is the name of methods.{first} too; give one of them another name"
            )


def sole_method(distill: DistillConfig, search: SearchConfig | None) -> Method:
    """The method of a sweep that has no list of them."""
    return Method("", distill, _searched(distill, search.dimensions if search else {}))


def listed_methods(methods: Iterable[MethodConfig], search: SearchConfig | None) -> Iterator[Method]:
    """The methods of a list, each with the dimensions of ``search.space`` that it has, and with its own."""
    for method in methods:
        if search is None:
            yield Method(method.key, method.distill, {})
            continue
        space: dict[str, Dimension | None] = {**search.dimensions, **method.space}
        yield Method(method.key, method.distill, _searched(method.distill, space))


def student_alone(methods: Iterable[Method]) -> Method:
    """The baseline's own search: of every value of the student's training that is searched for some method.

    An untuned baseline beside a tuned student is the commonest way to a gain that is none.
    """
    shared = {name: d for method in methods for name, d in method.space.items() if name.startswith(STUDENT)}
    return Method(ALONE, None, shared)


def _searched(distill: DistillConfig, space: Mapping[str, Dimension | None]) -> dict[str, Dimension]:
    return {name: d for name, d in space.items() if d is not None and has_dimension(distill, name, d)}


def has_dimension(distill: DistillConfig, name: str, dimension: Dimension) -> bool:
    """Whether a loss is another one where this value is."""
    if name.startswith(STUDENT):
        return True
    if name == "temperature":
        return distill.loss not in WITHOUT_TEMPERATURE
    try:
        with_params(distill, {name: dimension.ends[0] if dimension.values is None else dimension.values[0]})
    except (ValidationError, ValueError):
        return False
    return True
