"""Intervals drawn small, one a row, all on one scale against zero."""

import statistics
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from markupsafe import Markup

WIDTH, HEIGHT = 140, 18
MARGIN = 5
MIN_REACH = 0.005


class Difference(Protocol):
    """A mean with its interval."""

    @property
    def mean(self) -> float:
        """As a share."""

    @property
    def low(self) -> float:
        """Lower end."""

    @property
    def high(self) -> float:
        """Upper end."""


class IntervalMark(NamedTuple):
    """Where an interval is drawn, in the picture's units; an end that was cut off lies beyond the scale."""

    low: float
    mean: float
    high: float
    cut_low: bool
    cut_high: bool


def reach_of(differences: Iterable[Difference]) -> float:
    """How far the common scale goes to both sides of zero: every mean, every clear difference, half of the rest.

    One wide interval must not flatten all others, so those that say little are cut off.

    >>> from harness.report.analysis.chance.statistics import Estimate
    >>> reach_of([Estimate(0.01, 0.005, 0.015), Estimate(0.0, -0.5, 0.5), Estimate(0.01, -0.01, 0.03)])
    0.03
    >>> reach_of([])
    0.005
    """
    found = list(differences)
    ends = [max(abs(each.low), abs(each.high)) for each in found]
    clear = [end for each, end in zip(found, ends, strict=True) if each.low > 0 or each.high < 0]
    means = [abs(each.mean) for each in found]
    return max([MIN_REACH, *means, *clear, *([statistics.median(ends)] if ends else [])])


def interval_mark(difference: Difference, reach: float) -> IntervalMark:
    """One interval on the common scale.

    >>> from harness.report.analysis.chance.statistics import Estimate
    >>> interval_mark(Estimate(0.0, -0.01, 0.04), 0.02)
    IntervalMark(low=37.5, mean=70.0, high=135.0, cut_low=False, cut_high=True)
    """

    def place(value: float) -> float:
        inside = max(-reach, min(reach, value))
        return round(WIDTH / 2 + inside / reach * (WIDTH / 2 - MARGIN), 1)

    return IntervalMark(
        low=place(difference.low),
        mean=place(difference.mean),
        high=place(difference.high),
        cut_low=difference.low < -reach,
        cut_high=difference.high > reach,
    )


def draw(mark: IntervalMark, verdict: str) -> Markup:
    """The interval as a small picture in the colour of its verdict, with an arrow where it goes on beyond the scale.

    Beside it stands the interval in numbers, so nobody is told of the picture.
    """
    middle = HEIGHT // 2
    line = f"M{mark.low} {middle}H{mark.high}"
    if mark.cut_low:
        line += f"M{mark.low + 4} {middle - 4}L{mark.low} {middle}L{mark.low + 4} {middle + 4}"
    if mark.cut_high:
        line += f"M{mark.high - 4} {middle - 4}L{mark.high} {middle}L{mark.high - 4} {middle + 4}"
    return Markup(
        f'<svg class="interval {verdict.replace(" ", "-")}" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true"><path class="zero" d="M{WIDTH // 2} 0V{HEIGHT}"/>'
        f'<path class="range" d="{line}"/><circle cx="{mark.mean}" cy="{middle}" r="4"/></svg>'
    )
