"""A forest plot: a row for each arm, its mean and interval, and every seed as a dot.

Nothing is computed here: mean and interval account for seeds and test images together
(``analysis.chance.statistics``), which a plotting library would estimate anew from the seeds alone.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from harness.report.analysis.chance.statistics import Estimate
from harness.report.figures.drawing.inside import in_lines
from harness.report.figures.drawing.records import statistics
from harness.report.figures.drawing.style import INK, PAPER, Drawing, ShareLocator, color_of, finish, new_figure, of_arm
from harness.report.text.numbers import MINUS

WIDTH, HEIGHT_OF_ROW, HEIGHT_OF_AXIS = 440, 40, 50
LABEL_LETTERS = 26  # in each of a label's two lines: longer ones would leave the plot no room
SEEDS_BELOW = 0.27  # of a row: a dot on the interval's line would not be seen
SEED_SIZE = 5.5  # the dot's diameter in points
MARGIN = 0.05  # of the axis, left and right of what is drawn


class ForestRow(NamedTuple):
    """One row; all values in the axis's unit.

    Args:
        label: Beside the row.
        kind: Of the arm, which has a colour.
        arm: Its key.
        estimate: The ends are NaN where there is no interval.
        seeds: One value a seed.
        published: Figures to compare with.
        is_filled: False where the mean's mark is to be hollow.
    """

    label: str
    kind: str
    arm: str
    estimate: Estimate
    seeds: tuple[float, ...] = ()
    published: tuple[float, ...] = ()
    is_filled: bool = True


def forest(
    name: str, rows: Sequence[ForestRow], axis: str, description: str, column: str, zero: bool = False
) -> Drawing:
    """Draw rows from top to bottom.

    Args:
        name: Unique on the page.
        rows: At least one.
        axis: What the values are, with their unit.
        description: The text alternative.
        column: The values' name in the data, with their unit.
        zero: The values are differences: sign them, and draw a line at zero. Else they are shares in per cent.
    """
    figure, axes = new_figure(WIDTH, HEIGHT_OF_AXIS + HEIGHT_OF_ROW * len(rows))
    if zero:
        axes.axvline(0, color=INK, linewidth=1.2)
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:+g}".replace("-", MINUS) if value else "0")
        )
    else:
        axes.xaxis.set_major_locator(ShareLocator())
    for place, row in enumerate(rows):
        before = set(axes.get_children())
        color, (mean, low, high, _) = color_of(row.kind), row.estimate
        if math.isfinite(low):
            axes.plot([low, high], [place, place], color=color, linewidth=2.5, solid_capstyle="butt")
        face = color if row.is_filled else PAPER
        axes.scatter([mean], [place], s=64, facecolors=face, edgecolors=color, linewidths=0 if row.is_filled else 2,
                     zorder=3)  # fmt: skip
        for figure_of_others in row.published:
            axes.plot(figure_of_others, place, marker="D", markersize=7, markerfacecolor=PAPER, markeredgecolor=INK)
        _draw_seeds(axes, row.seeds, place + SEEDS_BELOW, color)
        of_arm(row.arm, set(axes.get_children()) - before)
    low, high = _range(rows, zero)
    axes.set_xlim(low - MARGIN * (high - low), high + MARGIN * (high - low))
    axes.set_yticks(range(len(rows)), [in_lines(row.label, LABEL_LETTERS, 2) for row in rows], color=INK)
    for row, label in zip(rows, axes.get_yticklabels(), strict=True):
        of_arm(row.arm, [label])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(axis)
    axes.set_ylabel("")
    axes.tick_params(length=0)
    data = [
        record
        for row in rows
        for record in statistics({"arm": row.arm}, column, row.estimate, row.seeds, row.published)
    ]
    return finish(name, figure, description, data=data)


def _draw_seeds(axes: Axes, seeds: Sequence[float], height: float, color: str) -> None:
    """Every seed; see-through, so that equal seeds show as a darker dot."""
    import seaborn  # takes a third of a second to load, and most commands draw nothing

    if seeds:
        seaborn.stripplot(
            x=seeds, y=[height] * len(seeds), ax=axes, orient="h", native_scale=True, color=color, size=SEED_SIZE,
            alpha=0.55, jitter=False,  # chance would give other bytes with every report
        )  # fmt: skip


def _range(rows: Sequence[ForestRow], zero: bool) -> tuple[float, float]:
    """From the lowest to the highest value drawn; some room where there is but one."""
    values = [0.0] if zero else []
    for row in rows:
        own = (row.estimate.mean, row.estimate.low, row.estimate.high, *row.published)
        values += [value for value in (*own, *row.seeds) if math.isfinite(value)]
    low, high = min(values), max(values)
    return (low, high) if low < high else (low - 1, high + 1)
