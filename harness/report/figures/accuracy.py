"""The figures of the front page, but for the confusion matrices (``heatmaps``)."""

import math
from collections.abc import Sequence

from matplotlib.ticker import FuncFormatter

from harness.report.analysis.errors import ClassRow
from harness.report.analysis.gains import Row
from harness.report.figures.style import INK, LINE, PAPER, Drawing, Hotspot, color_of, finish, new_figure
from harness.report.text.labels import arm_label
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, percent, shortened, signed_points
from harness.sweep.schema import Reference

WIDTH = 440
MAX_CLASSES_SHOWN = 24


def accuracy_bars(rows: Sequence[Row], reference: Reference | None, say: Language) -> Drawing | None:
    """Final test accuracies with their intervals; published figures as open diamonds."""
    shown = [row for row in rows if row.accuracy is not None]
    if not shown:
        return None
    figure, axes = new_figure(WIDTH, 70 + 38 * len(shown))
    published = {} if reference is None else reference.model_dump()
    values = []
    for place, row in enumerate(shown):
        estimate = row.accuracy
        assert estimate is not None
        ends = (estimate.low, estimate.high) if math.isfinite(estimate.low) else (estimate.mean, estimate.mean)
        values += [100 * end for end in ends]
        axes.barh(place, 100 * estimate.mean, color=color_of(row.arm.kind), height=0.62)
        axes.plot([100 * ends[0], 100 * ends[1]], [place, place], color=INK, linewidth=1.4, solid_capstyle="butt")
        theirs = published.get(row.arm.key)
        if theirs is not None:
            values.append(100 * theirs)
            axes.plot(100 * theirs, place, marker="D", markersize=7, markerfacecolor=PAPER, markeredgecolor=INK)
    low = max(0.0, math.floor(min(values) - max(1.0, 0.35 * (max(values) - min(values)))))
    axes.set_xlim(low, max(values) + 0.05 * (max(values) - low))
    # The figure stands beside the name: at the bar's end it would be taken for the diamond's.
    figures = [(arm_label(row.arm, say), percent(row.accuracy.mean)) for row in shown if row.accuracy]
    labels = [f"{name}\u2002{value}" for name, value in figures]
    axes.set_yticks(range(len(shown)), labels, color=INK)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(say("axis-accuracy-from", low=f"{low:.0f}") if low else say("axis-accuracy"))
    axes.tick_params(length=0)
    spoken = [say("spoken-accuracy", name=name, value=value) for name, value in figures]
    return finish("bars", figure, say("figure-bars", values=spoken))


def gain_intervals(rows: Sequence[Row], say: Language) -> Drawing | None:
    """Gains over the baseline with their intervals against zero."""
    lines = [(arm_label(row.arm, say), row.arm.kind, row.gain.both) for row in rows if row.gain is not None]
    if not lines:
        return None
    figure, axes = new_figure(WIDTH, 62 + 30 * len(lines))
    axes.axvline(0, color=INK, linewidth=1.2)
    for place, (_, kind, estimate) in enumerate(lines):
        color = color_of(kind)
        axes.plot([100 * estimate.low, 100 * estimate.high], [place, place], color=color, linewidth=3)
        axes.plot(100 * estimate.mean, place, marker="o", markersize=8, color=color)
    axes.set_yticks(range(len(lines)), [label for label, _, _ in lines], color=INK)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(say("axis-gain"))
    axes.tick_params(length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0"))
    spoken = [
        say("spoken-gain", name=label, gain=signed_points(estimate.mean), interval=interval_text(estimate, say))
        for label, _, estimate in lines
    ]
    return finish("gains", figure, say("figure-gains", values=spoken))


def class_errors(rows: Sequence[ClassRow], say: Language) -> Drawing | None:
    """Error rate of each class for teacher, baseline and distilled, the hardest class first."""
    rows = [row for row in rows if row.errors]
    if not rows:
        return None
    key = "baseline" if all("baseline" in row.errors for row in rows) else next(iter(rows[0].errors))
    if len(rows) > MAX_CLASSES_SHOWN:
        rows = sorted(rows, key=lambda row: (-abs(row.gain.mean) if row.gain else 0.0, row.index))[:MAX_CLASSES_SHOWN]
    rows = sorted(rows, key=lambda row: (-row.errors[key].mean, row.index))
    figure, axes = new_figure(WIDTH, 90 + (34 if len(rows) <= 12 else 23) * len(rows))
    for place, row in enumerate(rows):
        before, after = row.errors.get("baseline"), row.errors.get("distilled")
        if before and after:
            axes.plot([100 * before.mean, 100 * after.mean], [place, place], color=LINE, linewidth=5, zorder=1)
    for arm, marker, size in (("teacher", "|", 11), ("baseline", "o", 7.5), ("distilled", "D", 7)):
        found = [(100 * row.errors[arm].mean, place) for place, row in enumerate(rows) if arm in row.errors]
        if found:
            axes.plot(
                [x for x, _ in found], [y for _, y in found], marker, color=color_of(arm), markersize=size,
                markeredgewidth=2.5 if marker == "|" else 0, label=say("arm", kind=arm), zorder=2,
            )  # fmt: skip
    axes.set_yticks(range(len(rows)), [shortened(row.name, 18) for row in rows], color=INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel(say("axis-error"))
    axes.tick_params(length=0)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, labelcolor=INK, handletextpad=0.2)
    spots = [
        Hotspot(0, place - 0.5, axes.get_xlim()[1], place + 0.5, say("spoken-class", name=row.name),
                f"class-{row.index}.html")
        for place, row in enumerate(rows)
    ]  # fmt: skip
    return finish("classes", figure, say("figure-classes"), spots)
