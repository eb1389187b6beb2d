"""Ways to teach, side by side: each a loss with its options, and where its settings are looked for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field

from harness.sweep.search.config import Dimension, OwnSpace, SearchConfig
from harness.sweep.search.searchable import STUDENT, feature_value
from kd.config import BUILT_IN_OPTIONS, DistillConfig, is_import_path

ALONE = "baseline"
"""The key of the search for the student that is trained without a teacher."""

RESERVED = (ALONE, "teacher", "student", "distilled")


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
        description="in tables and files; null: the loss's, with those on features: kd+fitnet",
    )
    space: OwnSpace = Field(
        {},
        description="searched for this method, beside search.space or in its place; null: as given here",
    )

    @property
    def key(self) -> str:
        """``name``, or the loss's, with those on features."""
        return self.name or loss_title(self)

    @property
    def distill(self) -> DistillConfig:
        """Without what is the method's alone."""
        return DistillConfig(**{name: getattr(self, name) for name in DistillConfig.model_fields})


def _loss_alone(value: Any) -> Any:
    return {"loss": value} if isinstance(value, str) else value


ListedMethod = Annotated[MethodConfig, BeforeValidator(_loss_alone, json_schema_input_type=MethodConfig | str)]


def loss_name(loss: str) -> str:
    """How a loss is called in short.

    >>> loss_name("kd"), loss_name("acme.losses:cosine")
    ('kd', 'cosine')
    """
    return loss.rpartition(":")[2]


def loss_title(distill: DistillConfig) -> str:
    """The same, with the losses on features.

    >>> loss_title(DistillConfig(loss="dkd"))
    'dkd'
    """
    return "+".join([loss_name(distill.loss), *(feature.loss for feature in distill.features)])


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
    """The method of a sweep that has no list of them; a dimension that its loss does not have is a mistake."""
    return Method("", distill, search.space_of(distill) if search else {})


def listed_methods(methods: Iterable[MethodConfig], search: SearchConfig | None) -> Iterator[Method]:
    """The methods of a list, each with the dimensions of ``search.space`` that it has, and with its own."""
    for method in methods:
        distill, space = method.distill, dict[str, Dimension]()
        if search is not None:
            shared = {name: d for name, d in search.dimensions.items() if has_dimension(distill, name)}
            space = {name: d for name, d in (shared | method.space).items() if d is not None}
        yield Method(method.key, distill, space)


def student_alone(methods: Iterable[Method]) -> Method:
    """The baseline's own search: of every value of the student's training that is searched for some method.

    An untuned baseline beside a tuned student is the commonest way to a gain that is none.
    """
    shared = {name: d for method in methods for name, d in method.space.items() if name.startswith(f"{STUDENT}.")}
    return Method(ALONE, None, shared)


def has_dimension(distill: DistillConfig, name: str) -> bool:
    """Whether a loss is another one where this value is; any student is."""
    if name.startswith(f"{STUDENT}."):
        return True
    if name == "temperature":
        return distill.uses_temperature
    if (place := feature_value(name)) is not None:
        number, key = place
        return number < len(distill.features) and (key == "weight" or distill.features[number].loss == "rkd")
    if is_import_path(distill.loss):
        return True  # its own options have any name
    return name in DistillConfig.model_fields and distill.loss in BUILT_IN_OPTIONS.get(name, (distill.loss,))
