"""The figures of the front page, but for the confusion matrices (``heatmaps``)."""

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from harness.records import TrialRecord
from harness.report.answer import Row
from harness.report.language import Language
from harness.report.mistakes import ClassRow
from harness.report.names import arm_label, state_text
from harness.report.results import Results
from harness.report.runs import listed_trials
from harness.report.search import SearchReading, outer_fence
from harness.report.search_figures import MAX_SPOTS, draw_surface
from harness.report.svg import INK, LINE, MUTED, PAPER, Drawing, Hotspot, color_of, finish, new_figure
from harness.report.text import interval_text, percent, shortened, signed_points
from harness.sweep import Reference

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


def search_map(results: Results, say: Language, reading: SearchReading | None = None) -> Drawing | None:
    """Every trial at its temperature and alpha, over the smoothed map; the colour is what the search looked at."""
    search = results.plan.sweep.search
    if search is None or not results.trials:
        return None
    figure, axes = new_figure(WIDTH, 340)
    metric_is_accuracy = search.metric == "val_accuracy"
    scored = [trial for trial in results.trials if trial.value is not None and trial.state == "complete"]
    styles: dict[str, dict[str, Any]] = {
        "pruned": {"marker": "x", "color": MUTED, "s": 42, "linewidths": 1.6},
        "failed": {"marker": "s", "facecolors": "none", "edgecolors": INK, "s": 46},
        "running": {"marker": "o", "facecolors": "none", "edgecolors": MUTED, "s": 46},
    }
    for state, style in styles.items():
        found = [trial for trial in results.trials if trial.state == state]
        if found:
            axes.scatter(
                [t.temperature for t in found],
                [t.alpha for t in found],
                label=state_text(state, say),
                clip_on=False,
                **style,
            )
    if scored:
        values = [100 * (t.value or 0) if metric_is_accuracy else (t.value or 0) for t in scored]
        dots = axes.scatter(
            [t.temperature for t in scored],
            [t.alpha for t in scored],
            c=values,
            vmin=max(min(values), outer_fence(values, True)) if metric_is_accuracy else min(values),
            vmax=max(values) if metric_is_accuracy else min(max(values), outer_fence(values, False)),
            cmap="viridis" if metric_is_accuracy else "viridis_r",
            s=74,
            edgecolors=INK,
            linewidths=0.7,
            label=state_text("complete", say),
            zorder=3,
            clip_on=False,
        )
        if reading is not None and reading.surface is not None:
            draw_surface(axes, reading.surface, dots.norm, dots.cmap, 100 if metric_is_accuracy else 1)
        bar = figure.colorbar(dots, ax=axes, aspect=28, pad=0.02)
        bar.set_label(say("axis-val-accuracy") if metric_is_accuracy else say("axis-val-loss"))
        bar.outline.set_visible(False)
        bar.ax.tick_params(length=0)
    best = next((t for t in results.trials if t.number == _best_number(results)), None)
    if best is not None:
        axes.scatter(
            [best.temperature], [best.alpha], s=260, marker="o", facecolors="none", edgecolors=INK, linewidths=2,
            label=say("best"), zorder=4,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(_temperature_ticks([t.temperature for t in results.trials]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(say("axis-temperature"))
    axes.set_ylabel(say("axis-alpha"))
    axes.tick_params(length=0, which="both")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, labelcolor=INK, handletextpad=0.1)
    named = listed_trials(results) if len(results.trials) <= MAX_SPOTS else ()
    spots = [_trial_spot(axes, t.temperature, t.alpha, _trial_text(t, metric_is_accuracy, say)) for t in named]
    chosen = "none" if best is None else _point_text(best, say)
    return finish("search", figure, say("figure-search", number=len(results.trials), best=chosen), spots)


def _best_number(results: Results) -> int | None:
    chosen = results.chosen
    if chosen is None:
        return None
    found = (t for t in results.trials if (t.alpha, t.temperature) == (chosen.alpha, chosen.temperature))
    return next((t.number for t in found if t.state == "complete"), None)


def _temperature_ticks(temperatures: Sequence[float]) -> Any:
    from matplotlib.ticker import FixedLocator

    low, high = min(temperatures), max(temperatures)
    nice = [digit * 10.0**power for power in range(-3, 4) for digit in (1, 2, 5)]
    inside = [tick for tick in nice if low / 1.3 <= tick <= high * 1.3]
    return FixedLocator(inside if len(inside) > 1 else sorted({round(low, 2), round(high, 2)}))


def _trial_spot(axes: Axes, temperature: float, alpha: float, text: str) -> Hotspot:
    low, high = axes.get_ylim()
    reach = 0.025 * (high - low)
    return Hotspot(temperature / 1.05, alpha - reach, temperature * 1.05, alpha + reach, text)


def _trial_text(trial: TrialRecord, metric_is_accuracy: bool, say: Language) -> str:
    facts = [_point_text(trial, say), state_text(trial.state, say)]
    if trial.value is not None:
        facts.append(say("percentage", value=percent(trial.value)) if metric_is_accuracy else f"{trial.value:.4f}")
    return say("spoken-trial", number=str(trial.number), facts=facts)


def _point_text(trial: TrialRecord, say: Language) -> str:
    return say("setting", alpha=f"{trial.alpha:.3g}", temperature=f"{trial.temperature:.3g}")


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
