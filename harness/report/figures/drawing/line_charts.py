"""Curves by epoch as inline SVG: small, without a pixel of loss, coloured by the style sheet.

A path is written in whole units of the curve's own precision, and a viewport inside the picture puts it in
its place. So the path is drawing and data at once: the script reads the value at an epoch off it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from harness.report.figures.drawing.records import grid
from harness.report.text.numbers import significant

WIDTH, HEIGHT = 340, 196
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 8, 22
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
PER_DECADE = 2000  # units of a logarithmic axis: to 0.06 %
COARSE_PER_DECADE = 200  # to 0.6 %
NUM_DIGITS = 4  # of the largest value on a linear axis without a precision of its own


Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Curve:
    """One line, and where there are several runs the band from their lowest to their highest.

    Args:
        label: What the legend calls it.
        kind: Its colour: an arm's kind.
        x: Epochs, rising.
        y: Values; a value that is not finite leaves a gap.
        low: Lower edge of the band.
        high: Its upper edge.
        dash: Number of the pattern; 0 is a whole line.
        arm: The key of the arm that it is of, where there are several.
        run: The id of the one run that it is of, where its arm has a curve too.
        quantity: What is measured, with its unit, in the chart's data; "" where the chart is of one.
    """

    label: str
    kind: str
    x: Floats
    y: Floats
    low: Floats | None = None
    high: Floats | None = None
    dash: int = 0
    arm: str = ""
    run: str = ""
    quantity: str = ""


class Tick(NamedTuple):
    """A place on an axis and its mark."""

    place: float
    text: str


class Axis(NamedTuple):
    """A vertical axis in its own values."""

    low: float
    high: float
    ticks: list[Tick]


@dataclass(frozen=True)
class Chart:
    """Curves over one pair of axes.

    Args:
        title: What is drawn, with its unit.
        curves: At least one with a finite value.
        runs: Of single runs, which the page holds hidden until a reader asks for them. The axes do not follow them.
        digits: Decimals of its values; None: three significant digits.
        log: On a logarithmic axis, where every value is positive.
        x_parts: An epoch's parts, where curves have points within epochs.
        is_share: In per cent. The vertical axis begins where the curves are after a tenth of the epochs.
        from_zero: Begin it at zero.
        coarse: Give precision up for size.
        description: The chart in words.
        name: What is measured, in the names of files.
    """

    title: str
    curves: tuple[Curve, ...]
    digits: int | None = None
    log: bool = False
    x_parts: int = 1
    is_share: bool = False
    from_zero: bool = False
    coarse: bool = False
    description: str = ""
    runs: tuple[Curve, ...] = ()
    name: str = ""

    @property
    def records(self) -> Iterator[dict[str, Any]]:
        """What is drawn: of several runs their mean, the lowest and the highest of them, and each run."""
        for curve in (*self.curves, *self.runs):
            holes = [None] * len(curve.x)
            columns = {
                "epoch": _rounded(curve.x),
                "mean": _rounded(curve.y),
                "lowest": holes if curve.low is None else _rounded(curve.low),
                "highest": holes if curve.high is None else _rounded(curve.high),
            }
            of = {"quantity": curve.quantity or self.name, "arm": curve.arm or None, "run": curve.run or None}
            yield from grid(of, columns)

    @cached_property
    def is_log(self) -> bool:
        """Whether the axis is logarithmic."""
        return self.log and all((values > 0).all() for values in self._values())

    @property
    def per_decade(self) -> int:
        """Whole units of a path in a decade of a logarithmic axis."""
        return COARSE_PER_DECADE if self.coarse else PER_DECADE

    @cached_property
    def per_unit(self) -> float:
        """Whole units of a path in one unit of a linear axis."""
        if self.digits is not None:
            return 10.0 ** (self.digits - self.coarse)
        largest = max(float(np.abs(values).max()) for values in self._values())
        return 10.0 ** (NUM_DIGITS - self.coarse - math.ceil(math.log10(largest or 1.0)))

    @cached_property
    def svg(self) -> Markup:
        """The picture."""
        return Markup(_draw(self))

    def text(self, value: float) -> str:
        """A value as the legend shows it."""
        if not math.isfinite(value):
            return "–"
        return significant(value) if self.digits is None else f"{value:.{self.digits}f}"

    def last(self, curve: Curve) -> str:
        """A curve's last value."""
        return self.text(float(curve.y[-1]))

    def rows(self, limit: int) -> list[tuple[int, list[str]]]:
        """Values at whole epochs as a table: at most some ``limit`` of them, the last one included."""
        found = [{round(x): y for x, y in zip(c.x, c.y, strict=True) if x == round(x)} for c in self.curves]
        epochs = sorted(set().union(*found))
        return [
            (epochs[i], [self.text(float(values[epochs[i]])) if epochs[i] in values else "" for values in found])
            for i in thinned(len(epochs), limit)
        ]

    def units(self, values: Floats) -> Floats:
        """Values on the axis in whole units of a path."""
        with np.errstate(invalid="ignore", divide="ignore"):
            units: Floats = self.per_decade * np.log10(values) if self.is_log else self.per_unit * values
            return np.rint(units)

    @property
    def y_axis(self) -> Axis:
        """The vertical axis, for whoever draws the curves elsewhere."""
        low, high = _y_range(self)
        ticks = [Tick(self._value(tick.place), tick.text) for tick in _y_ticks(self, low, high)]
        return Axis(self._value(low), self._value(high), ticks)

    def _value(self, units: float) -> float:
        return float(10 ** (units / self.per_decade) if self.is_log else units / self.per_unit)

    def _values(self) -> Iterable[Floats]:
        for curve in self.curves:
            for values in (curve.y, curve.low, curve.high):
                if values is not None and np.isfinite(values).any():
                    yield values[np.isfinite(values)]


def _rounded(values: Floats) -> list[float | None]:
    """Numbers with the digits that mean something; None where there is none.

    >>> _rounded(np.array([2.0, 0.123456789, np.nan]))
    [2.0, 0.123457, None]
    """
    return [float(f"{value:.6g}") if math.isfinite(value) else None for value in values.tolist()]


def thinned(number: int, limit: int) -> NDArray[np.int_]:
    """Indices of at most ``limit`` + 1 of so many points, evenly back from the last; the first one is kept.

    >>> thinned(7, 10).tolist(), thinned(7, 3).tolist(), thinned(8, 4).tolist()
    ([0, 1, 2, 3, 4, 5, 6], [0, 3, 6], [0, 1, 3, 5, 7])
    """
    if number == 0:
        return np.arange(0)
    kept = np.arange(number - 1, -1, -math.ceil(number / limit))[::-1]
    return kept if kept[0] == 0 else np.concatenate(([0], kept))


def is_drawable(curves: Sequence[Curve]) -> bool:
    """Whether there is anything to draw."""
    return any(np.isfinite(curve.y).any() for curve in curves)


def path_of(x: NDArray[Any], y: Floats) -> str:
    """An SVG path through whole-numbered points; those on a straight line between others are left out.

    >>> path_of(np.array([1, 2, 3, 4]), np.array([10.0, 12.0, 14.0, 9.0]))
    'M1 10l2 4 1-5'
    >>> path_of(np.array([1, 2, 3]), np.array([10.0, np.nan, 12.0]))
    'M1 10h0M3 12h0'
    """
    finite = np.isfinite(y)
    edges = np.flatnonzero(np.diff(finite)) + 1
    pieces = zip(np.split(x, edges), np.split(y, edges), strict=True)
    return "".join(_piece(at.astype(int), values.astype(int)) for at, values in pieces if np.isfinite(values).all())


def _piece(x: NDArray[np.int_], y: NDArray[np.int_]) -> str:
    if len(x) == 1:
        return f"M{x[0]} {y[0]}h0"  # a dot, with round ends
    turns = np.diff(y[:-1]) * np.diff(x[1:]) != np.diff(y[1:]) * np.diff(x[:-1])
    kept = np.concatenate(([True], turns, [True]))
    steps = np.stack((np.diff(x[kept]), np.diff(y[kept])), axis=1).ravel().tolist()
    return f"M{x[0]} {y[0]}l" + " ".join(map(str, steps)).replace(" -", "-")


def _band(chart: Chart, curve: Curve) -> str:
    if curve.low is None or curve.high is None:
        return ""
    known = np.isfinite(curve.low) & np.isfinite(curve.high)
    x = _parts(chart, curve.x)[known]
    if len(x) < 2:
        return ""
    there, back = -chart.units(curve.low[known]), -chart.units(curve.high[known])
    d = path_of(np.concatenate((x, x[::-1])), np.concatenate((there, back[::-1])))
    return f'<path class="band {curve.kind}"{_arm(curve)} d="{d}z"/>'


def _parts(chart: Chart, x: Floats) -> Floats:
    return np.rint(x * chart.x_parts)


def _line(chart: Chart, curve: Curve) -> str:
    dash = f" d{curve.dash}" if curve.dash else ""
    d = path_of(_parts(chart, curve.x), -chart.units(curve.y))  # pictures count downwards
    run = f' data-run="{escape(curve.run)}" hidden' if curve.run else ""
    return f'<path class="{curve.kind}{dash}{" run" if run else ""}"{_arm(curve)}{run} d="{d}"/>'


def _arm(curve: Curve) -> str:
    return f' data-arm="{escape(curve.arm)}"' if curve.arm else ""


class _Box(NamedTuple):
    """The ranges of both axes, in units of the paths, and where their places lie in the picture."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def across(self, x: float) -> int:
        return round(LEFT + PLOT_WIDTH * (x - self.x_low) / (self.x_high - self.x_low))

    def down(self, y: float) -> int:
        return round(TOP + PLOT_HEIGHT * (self.y_high - y) / (self.y_high - self.y_low))

    @property
    def view(self) -> str:
        return f"{self.x_low:g} {-self.y_high:g} {self.x_high - self.x_low:.6g} {self.y_high - self.y_low:g}"


def _draw(chart: Chart) -> str:
    box = _Box(*_x_range(chart), *_y_range(chart))
    rows, columns = _y_ticks(chart, box.y_low, box.y_high), _x_ticks(chart, box)
    grid = "".join(f"M{LEFT} {box.down(place)}h{PLOT_WIDTH}" for place, _ in rows)
    values = "".join(f"<text y={box.down(place)}>{text}</text>" for place, text in rows)
    epochs = "".join(f"<text x={box.across(place)}>{text}</text>" for place, text in columns)
    lines = "".join(_band(chart, curve) for curve in chart.curves)
    lines += "".join(_line(chart, curve) for curve in (*chart.curves, *chart.runs))
    parts = f' data-parts="{chart.x_parts}"' if chart.x_parts > 1 else ""
    # A thousand pages hold these: what HTML does not need is left out. Groups x and y are moved by the style sheet.
    return (
        f'<svg class=chart viewBox="0 0 {WIDTH} {HEIGHT}" role=img '
        f'aria-label="{escape(chart.description or chart.title)}">'
        f'<path class=grid d="{grid}"/><g class=y>{values}</g><g class=x>{epochs}</g>'
        f'<svg x={LEFT} y={TOP} width={PLOT_WIDTH} height={PLOT_HEIGHT} viewBox="{box.view}" '
        f'preserveAspectRatio=none data-reading="{_reading(chart)}"{parts}>{lines}</svg></svg>'
    )


def _reading(chart: Chart) -> str:
    """How the script turns units into a value: "log10" and units a decade, or units a one and the decimals."""
    if chart.is_log:
        return f"log10 {chart.per_decade}"
    return f"{chart.per_unit:g}" if chart.digits is None else f"{chart.per_unit:g} {chart.digits - chart.coarse}"


def _x_range(chart: Chart) -> tuple[float, float]:
    low = min(float(_parts(chart, curve.x)[0]) for curve in chart.curves)
    high = max(float(_parts(chart, curve.x)[-1]) for curve in chart.curves)
    margin = 0.015 * (high - low) or 0.5 * chart.x_parts
    return math.floor(10 * (low - margin)) / 10, math.ceil(10 * (high + margin)) / 10


def _y_range(chart: Chart) -> tuple[float, float]:
    """In units of the paths, a little wider than what is drawn."""
    found = [chart.units(values) for values in chart._values()]
    low, high = min(float(values.min()) for values in found), max(float(values.max()) for values in found)
    if chart.from_zero:
        return min(low, 0.0), math.ceil(1.05 * high) + 1.0
    if chart.is_share:
        lines = [chart.units(curve.y[np.isfinite(curve.y)]) for curve in chart.curves]
        low = min(float(values[min(len(values) - 1, 1 + len(values) // 10) :].min()) for values in lines if len(values))
    around = chart.per_decade if chart.is_log else abs(high)  # a line that is level: nothing else says how wide
    margin = max(0.05 * (high - low if high > low else around), 1.0)
    return math.floor(low - margin), math.ceil(high + margin)


def _x_ticks(chart: Chart, box: _Box) -> list[Tick]:
    """In units of the paths. Around one epoch alone the locator knows no second whole place, and gives parts of it."""
    parts = chart.x_parts
    places = _nice(box.x_low / parts, box.x_high / parts, nbins=6, steps=(1, 2, 5, 10), integer=True)
    whole = [place for place in places if place.is_integer() and box.x_low <= place * parts <= box.x_high]
    return [Tick(place * parts, f"{place:.0f}") for place in whole]


def _y_ticks(chart: Chart, low: float, high: float) -> list[Tick]:
    """In units of the paths."""
    if chart.is_log:
        values = _decades(low / chart.per_decade, high / chart.per_decade)
        if len(values) < 2:
            values = _nice(10.0 ** (low / chart.per_decade), 10.0 ** (high / chart.per_decade))
    else:
        values = _nice(low / chart.per_unit, high / chart.per_unit)
        if chart.is_share:
            values = [value for value in values if 0 <= value <= 100]
    ticks = [
        Tick(float(place), _short(value)) for place, value in zip(chart.units(np.array(values)), values, strict=True)
    ]
    return [tick for tick in ticks if low <= tick.place <= high]


def _short(value: float) -> str:
    """A tick's text: few characters, since there is room for six.

    >>> _short(92.5), _short(-0.1), _short(0.00075)
    ('92.5', '−0.1', '7.5e−4')
    """
    text = f"{value:.6g}"
    if len(text) > 6:
        digits, _, power = f"{value:.2e}".partition("e")
        text = f"{float(digits):g}e{int(power)}"
    return text.replace("-", "−")


def _nice(
    low: float, high: float, nbins: int = 5, steps: Sequence[float] = (1, 2, 2.5, 5, 10), **more: bool
) -> list[float]:
    from matplotlib.ticker import MaxNLocator

    locator: Any = MaxNLocator(nbins=nbins, steps=steps, **more)
    return [float(value) for value in locator.tick_values(low, high)]


def _decades(low: float, high: float) -> list[float]:
    """Between powers of ten: as many of 1, 2 and 5 as there is room for."""
    digits = (1, 2, 5) if high - low < 2 else (1,)
    every = max(1, math.ceil((high - low) / 6))
    powers = [power for power in range(math.floor(low), math.ceil(high) + 1) if power % every == 0]
    values = [digit * 10.0**power for power in powers for digit in digits]
    return [value for value in values if low <= math.log10(value) <= high]
