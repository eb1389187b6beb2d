"""Marks of which small figures are made: inline SVG in the colours of the style sheet, which knows the classes.

A figure holds no text and is hidden from whoever has pages read out, since a line beside it says what it shows.
``data-arm`` names the arm of a mark for the page's script.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from harness.report.analysis.chance.statistics import Estimate

WIDTH, HEIGHT = 240, 72
MARGIN = 6
MAX_ROWS = 6  # of intervals: with more they would touch
MAX_WITH_SEEDS = 3  # rows that have room for their seeds
RADIUS, RADIUS_OF_SEED, SEEDS_BELOW = 4.0, 1.8, 8.5


class Scale(NamedTuple):
    """From values to places in the picture: ``low`` stands at ``start``, ``high`` at ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; beyond the ends, the end.

        >>> Scale(0.0, 1.0, 10.0, 110.0)(0.5), Scale(0.0, 1.0, 10.0, 110.0)(7.0)
        (60.0, 110.0)
        """
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def across(values: Iterable[float]) -> Scale:
    """Over the width, for values of which some are finite."""
    return _scale(values, MARGIN, WIDTH - MARGIN)


def upwards(values: Iterable[float]) -> Scale:
    """Over the height, the largest at the top."""
    return _scale(values, HEIGHT - MARGIN, MARGIN)


def _scale(values: Iterable[float], start: float, end: float) -> Scale:
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite), max(finite)
    if low == high:  # one value stands in the middle
        low, high = low - 0.5, high + 0.5
    return Scale(low, high, start, end)


def picture(marks: Iterable[Markup]) -> Markup:
    """The figure."""
    inside = Markup().join(marks)
    return Markup('<svg class="small" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(WIDTH, HEIGHT, inside)


def dot(x: float, y: float, css: str, arm: str = "", radius: float = RADIUS) -> Markup:
    """A mean, or one of many."""
    return Markup('<circle class="{}"{} cx="{}" cy="{}" r="{}"/>').format(css, _arm(arm), _n(x), _n(y), _n(radius))


def bar(x: float, y: float, width: float, height: float, css: str, arm: str = "") -> Markup:
    """A quantity from zero."""
    return Markup('<rect class="{}"{} x="{}" y="{}" width="{}" height="{}"/>').format(
        css, _arm(arm), _n(x), _n(y), _n(width), _n(height)
    )


def cell(x: float, y: float, width: float, height: float, css: str, strength: float) -> Markup:
    """A quantity as the strength of a colour, from 0 to 1."""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill-opacity="{}"/>').format(
        css, _n(x), _n(y), _n(width), _n(height), _n(strength, 2)
    )


def line(points: Sequence[tuple[float, float]], css: str, arm: str = "") -> Markup:
    """A line through points.

    >>> str(line([(0, 1), (10, 2.5)], "guide"))
    '<path class="guide" d="M0 1L10 2.5"/>'
    """
    places = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    return Markup('<path class="{}"{} d="M{}"/>').format(css, _arm(arm), places)


def curve(points: Sequence[tuple[float, float]], css: str, arm: str = "") -> Markup:
    """A line through points; of one alone, a dot."""
    return dot(*points[0], css, arm, radius=3) if len(points) == 1 else line(points, css, arm)


class IntervalRow(NamedTuple):
    """A mean with its interval, and every seed's own value; ``arm``: its key, ``css``: its colour."""

    arm: str
    css: str
    estimate: Estimate
    seeds: tuple[float, ...] = ()


def intervals(rows: Sequence[IntervalRow], with_zero: bool = True) -> Markup | None:
    """Rows one below another on a common scale; None without a row.

    Args:
        rows: The first ``MAX_ROWS`` are drawn.
        with_zero: The values are differences: a line stands at zero.
    """
    rows = rows[:MAX_ROWS]
    if not rows:
        return None
    values = [value for row in rows for value in (*row.estimate[:3], *row.seeds)]
    scale = across([*values, 0.0] if with_zero else values)
    marks = [line([(scale(0.0), 0), (scale(0.0), HEIGHT)], "guide")] if with_zero else []
    for place, row in enumerate(rows):
        marks += _interval(row, scale, HEIGHT * (place + 0.5) / len(rows), len(rows))
    return picture(marks)


def _interval(row: IntervalRow, scale: Scale, y: float, num_rows: int) -> Iterable[Markup]:
    mean, low, high, _ = row.estimate
    if math.isfinite(low) and math.isfinite(high):
        yield line([(scale(low), y), (scale(high), y)], row.css, row.arm)
    yield dot(scale(mean), y, row.css, row.arm)
    for seed in row.seeds if num_rows <= MAX_WITH_SEEDS else ():
        yield dot(scale(seed), y + SEEDS_BELOW, row.css, row.arm, RADIUS_OF_SEED)


def _arm(arm: str) -> Markup:
    return Markup(' data-arm="{}"').format(arm) if arm else Markup()


def _n(number: float, digits: int = 1) -> str:
    """A number in as few letters as its place needs.

    >>> _n(12.0), _n(0.123), _n(-0.01)
    ('12', '0.1', '0')
    """
    return f"{round(number, digits) + 0.0:g}"
