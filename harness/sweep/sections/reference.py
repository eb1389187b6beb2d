"""What others published of the same study, to stand beside its results."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from kd.config import Config

PUBLISHED = ("teacher", "baseline", "distilled")  # arms that a paper has figures of
Share = Annotated[float, Field(ge=0, le=1)]


class Reference(Config):
    """Published figures shown beside ours, as fractions, in the metric of the sweep's answer."""

    source: str = Field(description="where they were published")
    protocol: str | None = Field(
        None,
        exclude_if=lambda protocol: protocol is None,
        description="how they were measured: epochs, runs, and which epoch was tested, where it differs from here",
    )
    method: str | None = Field(
        None, exclude_if=lambda method: method is None, description="what its distilled student was taught by"
    )
    teacher: Share | None = Field(None, description="test accuracy of the teacher, balanced where the answer is")
    baseline: Share | None = Field(None, description="of the student alone")
    distilled: Share | None = Field(None, description="of the distilled student")

    def figure(self, key: str) -> float | None:
        """The accuracy of an arm; None where it is not given, and of arms that no paper has."""
        return getattr(self, key) if key in PUBLISHED else None

    @property
    def text(self) -> str:
        """Source, method and protocol, for captions."""
        said = f"{self.method}: {self.source}" if self.method else self.source
        return f"{said} ({self.protocol})" if self.protocol else said


def _in_a_list(value: Any) -> Any:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _as_written(references: Sequence[Reference]) -> Any:
    """As sweeps of one paper always had it: a mapping, or nothing."""
    content = [each.model_dump(mode="json") for each in references]
    return content if len(content) > 1 else content[0] if content else None


References = Annotated[
    tuple[Reference, ...],
    BeforeValidator(_in_a_list, json_schema_input_type=Reference | tuple[Reference, ...] | None),
    PlainSerializer(_as_written),
]
"""One paper's figures as a mapping, several papers' as a list."""


def published_figures(references: Sequence[Reference], key: str) -> dict[float, str]:
    """The different accuracies that were published of an arm, in order, each with the method that it belongs to.

    What one paper copied from another stands once.

    >>> papers = [Reference(source="A", method="KD", baseline=0.7), Reference(source="B", method="DKD", baseline=0.7)]
    >>> published_figures(papers, "baseline"), published_figures(papers, "teacher")
    ({0.7: 'KD'}, {})
    """
    found: dict[float, str] = {}
    for each in references:
        figure = each.figure(key)
        if figure is not None:
            found.setdefault(figure, each.method or each.source)
    return found


def sources(references: Sequence[Reference]) -> str | None:
    """Where the published accuracies come from, in one line; None where there are none."""
    told = [each.text for each in references if any(each.figure(key) is not None for key in PUBLISHED)]
    return "; ".join(told) or None
