"""Accuracy against size and latency, drawn."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter
from matplotlib.transforms import offset_copy

from harness.report.analysis.costs import Point
from harness.report.figures.drawing.inside import legend_above
from harness.report.figures.drawing.records import statistics
from harness.report.figures.drawing.style import (
    INK,
    PAPER,
    Drawing,
    Hotspot,
    ShareLocator,
    boxes_over,
    color_of,
    finish,
    new_figure,
    nice_ticks,
    of_arm,
    relative_size,
)
from harness.report.text.labels import arm_label
from harness.report.text.language import Language
from harness.report.text.numbers import percent, quantity, significant

MARKERS = {"teacher": "s", "baseline": "o", "distilled": "D", "compare": "^", "method": "v", "variant": "P"}
PRICE_COLUMNS = {"size": "num_parameters", "latency": "latency_ms"}
SEEDS_ASIDE = 8  # points
STEP = 0.045  # of the axis, between models of one price
MAX_LABELLED = 6  # models in the legend; more would hide the figure


def scatter(name: str, points: Sequence[Point], say: Language) -> Drawing | None:
    """Accuracy against a price, cheap to the left; lines are intervals, open marks published figures.

    Args:
        name: size or latency.
        points: At least two, or nothing is drawn.
        say: The language.
    """
    if not points:
        return None
    figure, axes = new_figure(440, 300)
    places = [end for point in points for end in (point.spread or (point.price,))]
    form = _parameters if name == "size" else significant
    axes.set_xscale("log")
    span = max(0.3, math.log10(max(places) / min(places)))
    drawn = _side_by_side(points, STEP * span)
    for point, place in zip(points, drawn, strict=True):
        _draw(
            axes,
            point,
            place,
            say if len(points) <= MAX_LABELLED or point.arm.kind not in ("compare", "method") else None,
        )
    margin = 10 ** (0.08 * span)
    axes.set_xlim(min(places) / margin, max(places) * margin)
    axes.xaxis.set_major_locator(FixedLocator(nice_ticks(places)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: form(value).replace(".0 ", " ")))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(say(f"tradeoff-axis-{name}"))
    axes.set_ylabel(say("tradeoff-accuracy"))
    axes.yaxis.set_major_locator(ShareLocator())
    axes.tick_params(length=0, which="both")
    legend_above(axes, labelcolor=INK, handletextpad=0.3)
    texts = [
        say(f"tradeoff-{name}-text", arm=arm_label(p.arm, say), accuracy=percent(p.accuracy.mean), price=form(p.price))
        for p in points
    ]
    boxes = boxes_over(axes, [(x, 100 * p.accuracy.mean) for x, p in zip(drawn, points, strict=True)])
    spots = [Hotspot(*box, text) for box, text in zip(boxes, texts, strict=True)]
    data = [
        record
        for point in points
        for record in statistics(
            {"arm": point.arm.key, PRICE_COLUMNS[name]: point.price},
            f"{say.metric}_percent",
            point.accuracy.times(100),
            (100 * value for value in point.seeds),
            (100 * value for value in point.published),
        )
    ]
    spoken = say(f"tradeoff-{name}-figure", values="; ".join(texts))
    return finish(f"tradeoff-{name}", figure, spoken, spots, data)


def draw_seeds(axes: Axes, place: float, seeds: Iterable[float], color: str) -> None:
    """Every model of an arm as a small dot beside its mean, in per cent."""
    heights = [100 * value for value in seeds]
    if len(heights) > 1:
        figure = axes.get_figure(root=True)
        assert figure is not None
        # On the interval's line a dot would not be seen.
        beside = offset_copy(axes.transData, figure, x=relative_size(SEEDS_ASIDE), units="points")
        axes.scatter(
            [place] * len(heights), heights, s=20, color=color, alpha=0.55, linewidths=0, transform=beside, zorder=2.5
        )


def _side_by_side(points: Sequence[Point], step: float) -> list[float]:
    """Where points are drawn: those of one price a little apart, or their intervals would hide one another."""
    sharing = Counter(point.price for point in points)
    seen: Counter[float] = Counter()
    places = []
    for point in points:
        places.append(point.price * 10 ** (step * (seen[point.price] - (sharing[point.price] - 1) / 2)))
        seen[point.price] += 1
    return places


def _draw(axes: Axes, point: Point, place: float, say: Language | None) -> None:
    before = set(axes.get_children())
    color, marker, height = color_of(point.arm.kind), MARKERS[point.arm.kind], 100 * point.accuracy.mean
    if math.isfinite(point.accuracy.low):
        axes.plot([place] * 2, [100 * point.accuracy.low, 100 * point.accuracy.high], color=color, linewidth=1.6)
    if point.spread is not None:
        axes.plot([end * place / point.price for end in point.spread], [height, height], color=color, linewidth=1.6)
    style: dict[str, Any] = {"marker": marker, "s": 62, "edgecolors": color, "linewidths": 1.6}
    label = None if say is None else arm_label(point.arm, say)
    axes.scatter([place], [height], facecolors=color, label=label, zorder=3, **style)
    draw_seeds(axes, place, point.seeds, color)
    for figure in point.published:
        axes.scatter([place], [100 * figure], facecolors=PAPER, zorder=2, **style)
    of_arm(point.arm.key, set(axes.get_children()) - before)


def _parameters(value: float) -> str:
    return quantity(round(value))
