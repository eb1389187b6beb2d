"""Several students: accuracy against bytes, multiply-adds and latency, drawn."""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from harness.report.analysis.chance.statistics import Estimate
from harness.report.analysis.costs import Cost
from harness.report.analysis.family import MARGIN, Family, Price, price_of
from harness.report.figures.drawing.records import statistics
from harness.report.figures.drawing.style import (
    INK,
    LINE,
    MUTED,
    PAPER,
    Drawing,
    Hotspot,
    ShareLocator,
    boxes_over,
    color_of,
    finish,
    new_figure,
    nice_ticks,
    relative_size,
)
from harness.report.figures.tradeoff import draw_seeds
from harness.report.text.labels import MAX_NAME
from harness.report.text.language import Language
from harness.report.text.numbers import megabytes, percent, quantity, shortened_inside, significant

WIDTH, HEIGHT = 440, 300
ROOM = 0.14  # on either side, of the span of prices: names stand beside their marks
LEAST_SPAN = 0.5  # decades
LABEL_SIZE = 11.0
PRICE_COLUMNS: Mapping[Price, str] = {"bytes": "weights_bytes", "macs": "multiply_adds", "latency": "latency_ms"}
_NOUGHTS = re.compile(r"\.0+ ")  # of a round tick: 5.00 K


class _Mark(NamedTuple):
    name: str
    key: str
    kind: str
    accuracy: Estimate
    seeds: tuple[float, ...]
    price: float
    spread: tuple[float, float] | None
    is_dominated: bool


def scatter(family: Family, price: Price, say: Language) -> Drawing | None:
    """Accuracy against a price, cheap to the left; the teacher too, and how far down a point below it is.

    Args:
        family: The students.
        price: Which.
        say: The language.

    Returns:
        None where not two models of other prices are known.
    """
    marks = _marks(family, price, say)
    if len({mark.price for mark in marks}) < 2:
        return None
    figure, axes = new_figure(WIDTH, HEIGHT)
    axes.set_xscale("log")
    teacher = next((mark for mark in marks if mark.kind == "teacher"), None)
    if teacher is not None:
        axes.axhspan(100 * (teacher.accuracy.mean - MARGIN), 100 * teacher.accuracy.mean, color=LINE, alpha=0.5, lw=0)
    for mark in marks:
        _draw(axes, mark)
    places = [end for mark in marks for end in (mark.spread or (mark.price,))]
    span = max(LEAST_SPAN, math.log10(max(places) / min(places)))
    margin = 10 ** (ROOM * span)
    axes.set_xlim(min(places) / margin, max(places) * margin)
    for mark in marks:
        _name(axes, mark)
    form = _FORMS[price]
    axes.xaxis.set_major_locator(FixedLocator(nice_ticks(places)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _NOUGHTS.sub(" ", form(value))))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(say(f"family-axis-{price}"))
    axes.set_ylabel(say("tradeoff-accuracy"))
    axes.yaxis.set_major_locator(ShareLocator())
    axes.tick_params(length=0, which="both")
    texts = [_text(mark, price, say) for mark in marks]
    boxes = boxes_over(axes, [(mark.price, 100 * mark.accuracy.mean) for mark in marks])
    spots = [Hotspot(*box, text) for box, text in zip(boxes, texts, strict=True)]
    spoken = say("family-figure", price=say(f"family-axis-{price}"), values="; ".join(texts))
    data = [
        record
        for mark in marks
        for record in statistics(
            {"model": mark.key, PRICE_COLUMNS[price]: mark.price},
            f"{say.metric}_percent",
            mark.accuracy.times(100),
            (100 * value for value in mark.seeds),
        )
    ]
    return finish(f"students-{price}", figure, spoken, spots, data)


def _marks(family: Family, price: Price, say: Language) -> list[_Mark]:
    answer, costs = family.teacher.answer, family.teacher.costs
    cost = next(cost for cost in costs if cost.key == "teacher")
    name = say("arm", kind="teacher" if answer.num_teachers == 1 else "ensemble")
    models = [(name, "teacher", "teacher", answer.teacher, cost, False)]
    models += [
        (row.key, row.key, "distilled", row.part.answer.distilled, row.cost, price in row.dominated_in)
        for row in family.rows
    ]
    return [
        _Mark(name, key, kind, row.accuracy, row.accuracies, value, _spread(cost, price), is_behind)
        for name, key, kind, row, cost, is_behind in models
        if row.accuracy is not None and (value := price_of(cost, price)) is not None
    ]


def _spread(cost: Cost, price: Price) -> tuple[float, float] | None:
    return cost.single.quartiles_ms if cost.single and price == "latency" else None


def _color(mark: _Mark) -> str:
    return MUTED if mark.is_dominated else color_of(mark.kind)


def _draw(axes: Axes, mark: _Mark) -> None:
    color, height = _color(mark), 100 * mark.accuracy.mean
    if math.isfinite(mark.accuracy.low):
        axes.plot([mark.price] * 2, [100 * mark.accuracy.low, 100 * mark.accuracy.high], color=color, linewidth=1.6)
    if mark.spread is not None:
        axes.plot(mark.spread, [height, height], color=color, linewidth=1.6)
    draw_seeds(axes, mark.price, mark.seeds, color)
    style: dict[str, Any] = {"marker": "s" if mark.kind == "teacher" else "D", "s": 62, "linewidths": 1.6}
    axes.scatter(
        [mark.price], [height], facecolors=PAPER if mark.is_dominated else color, edgecolors=color, zorder=3, **style
    )


def _name(axes: Axes, mark: _Mark) -> None:
    """Beside its mark, on the side where there is more room."""
    low, high = (math.log10(end) for end in axes.get_xlim())
    is_right = math.log10(mark.price) > (low + high) / 2
    axes.annotate(
        shortened_inside(mark.name, MAX_NAME),
        (mark.price, 100 * mark.accuracy.mean),
        xytext=(-8 if is_right else 8, 5),
        textcoords="offset points",
        ha="right" if is_right else "left",
        color=MUTED if mark.is_dominated else INK,
        fontsize=relative_size(LABEL_SIZE),
    )


def _text(mark: _Mark, price: Price, say: Language) -> str:
    value = say(f"family-price-{price}", value=_FORMS[price](mark.price))
    text = say("family-spoken", name=mark.name, accuracy=percent(mark.accuracy.mean), price=value)
    return say("family-spoken-dominated", text=text) if mark.is_dominated else text


def _megabytes(value: float) -> str:
    return megabytes(round(value))


def _quantity(value: float) -> str:
    return quantity(round(value))


_FORMS = {"bytes": _megabytes, "macs": _quantity, "latency": significant}
