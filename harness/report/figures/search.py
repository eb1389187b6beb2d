"""The search drawn: trial by trial, against alpha and T, and the smoothed map under the trials."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter

from harness.report.analysis.search import SearchReading, Surface, listed_trials, outer_fence, shown_state
from harness.report.figures.style import (
    INK,
    MUTED,
    Drawing,
    Hotspot,
    boxes_over,
    color_of,
    finish,
    new_figure,
    nice_ticks,
)
from harness.report.results.sweep_results import Results
from harness.report.text.labels import setting_text, state_text
from harness.report.text.language import Language
from harness.report.text.numbers import percent
from harness.state.records import TrialRecord
from harness.state.run_state import RunState
from kd.config import setting_number

WIDTH, HEIGHT = 440, 260
MAX_SPOTS = 200  # trials that are named when pointed at
NUM_SHADES = 7
SHADE = 0.3  # opacity of the smoothed map: the trials on it stay the strongest marks


def all_figures(reading: SearchReading, say: Language) -> list[tuple[str, Callable[[], Drawing]]]:
    """The history and both slices, still to be drawn, each by its quantity; none before a trial has a value."""
    if all(trial.value is None for trial in reading.trials):
        return []
    return [
        ("history", partial(history, reading, say)),
        ("alpha", partial(slice_by, "alpha", reading, say)),
        ("temperature", partial(slice_by, "temperature", reading, say)),
    ]


def draw_surface(axes: Axes, surface: Surface, norm: Any, colormap: Any, scale: float) -> None:
    """Lay the smoothed value under a map of the trials, and a dashed line around the region as good as the best.

    Args:
        axes: Temperature to the right, alpha upwards.
        surface: What to draw; where it is not known nothing is drawn.
        norm: Of the trials' colours, so that both say the same.
        colormap: Of the trials' colours.
        scale: By which the trials' values were multiplied.
    """
    known_AT = surface.known_AT
    if not known_AT.any():
        return
    value_AT = scale * surface.value_AT
    levels = np.linspace(float(value_AT[known_AT].min()), float(value_AT[known_AT].max()), NUM_SHADES + 1)
    where = surface.temperatures_T, surface.alphas_A
    if levels[0] < levels[-1]:
        shades = axes.contourf(*where, value_AT, levels, cmap=colormap, norm=norm, alpha=SHADE, extend="both", zorder=0)
        _clip_to_known(axes, shades, surface)
    if not surface.region_AT.all():
        axes.contour(*where, surface.margin_AT, [0.0], colors=[INK], linestyles="--", linewidths=1.4, zorder=1)


def _clip_to_known(axes: Axes, shades: Any, surface: Surface) -> None:
    known = axes.contourf(
        surface.temperatures_T, surface.alphas_A, surface.error_AT, [-1.0, surface.tolerance], alpha=0
    )
    (outline,) = known.get_paths()
    known.remove()
    shades.set_clip_path(outline, axes.transData)


def history(reading: SearchReading, say: Language) -> Drawing:
    """Every trial's value in the order of the search, with the best so far as a step line."""
    label = say("trials-axis-number")
    known = [(t.number, best) for t, best in zip(reading.trials, reading.best_so_far, strict=True) if best is not None]

    def draw_best(axes: Axes) -> None:
        axes.plot(
            [number for number, _ in known], [_scaled(reading, best) for _, best in known], color=INK, linewidth=1.4,
            drawstyle="steps-post", label=say("trials-best-so-far"), zorder=2,
        )  # fmt: skip

    return _scatter("history", reading, lambda t: t.number, label, say, draw_best if known else None)


def slice_by(name: str, reading: SearchReading, say: Language) -> Drawing:
    """Every trial's value against ``name``: alpha or temperature."""
    return _scatter(name, reading, lambda t: float(getattr(t.setting, name)), say(f"trials-axis-{name}"), say)


def _scatter(
    name: str,
    reading: SearchReading,
    place: Callable[[TrialRecord], float],
    label: str,
    say: Language,
    draw_more: Callable[[Axes], None] | None = None,
) -> Drawing:
    figure, axes = new_figure(WIDTH, HEIGHT)
    low, high = _value_limits(reading)
    axes.set_ylim(low, high)
    _draw_noise(axes, reading, say)
    if draw_more is not None:
        draw_more(axes)
    bad_end = low if reading.maximize else high
    drawn = {
        trial.number: (place(trial), min(max(_height(reading, trial, bad_end), low), high)) for trial in reading.trials
    }
    for state, style in _styles().items():
        found = [drawn[trial.number] for trial in reading.trials if shown_state(trial) == state]
        if found:
            axes.scatter(
                [x for x, _ in found], [y for _, y in found], label=say(f"trials-{state}"), clip_on=False, **style
            )
    if reading.best is not None:
        ring: dict[str, Any] = {"s": 190, "marker": "o", "facecolors": "none", "edgecolors": INK, "linewidths": 1.8}
        axes.scatter(*[[at] for at in drawn[reading.best.number]], label=say("trials-best"), zorder=4, **ring)
    _label_axes(
        axes, name, [x for x, _ in drawn.values()], label, say(f"trials-{'accuracy' if reading.maximize else 'loss'}")
    )
    # Hundreds of tooltips would be most of the page, and the points too near to one another to be pointed at.
    spots = _spots(axes, reading, drawn, say) if len(reading.trials) <= MAX_SPOTS else []
    spoken = say(f"trials-figure-{name}", number=len(reading.trials), best=_best_text(reading, say))
    return finish(f"trials-{name}", figure, spoken, spots)


def _label_axes(axes: Axes, name: str, places: list[float], label: str, value_label: str) -> None:
    axes.set_xlabel(label)
    axes.set_ylabel(value_label)
    if name == "temperature":
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(nice_ticks(places)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
    elif name == "history":
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(length=0, which="both")
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=4, labelcolor=INK, handletextpad=0.2, columnspacing=1.1,
        borderaxespad=0.2,
    )  # fmt: skip


def _styles() -> dict[str, dict[str, Any]]:
    return {
        "complete": {"marker": "o", "color": color_of("distilled"), "s": 46, "zorder": 3},
        "pruned": {"marker": "x", "color": MUTED, "s": 38, "linewidths": 1.5, "zorder": 3},
        "failed": {"marker": "s", "facecolors": "none", "edgecolors": INK, "s": 42, "zorder": 3},
        "open": {"marker": "o", "facecolors": "none", "edgecolors": MUTED, "s": 42, "zorder": 3},
    }


def _scaled(reading: SearchReading, value: float) -> float:
    return 100 * value if reading.maximize else value


def _height(reading: SearchReading, trial: TrialRecord, nowhere: float) -> float:
    """Where a trial is drawn; one without a value stands at the bad end."""
    known = trial.value is not None and np.isfinite(trial.value)
    return _scaled(reading, trial.value or 0.0) if known else nowhere


def _value_limits(reading: SearchReading) -> tuple[float, float]:
    """From the worst value inside the outer fence to the best, with a margin."""
    values = [_scaled(reading, t.value) for t in reading.trials if t.value is not None and np.isfinite(t.value)]
    fence = outer_fence(values, reading.maximize)
    inside = [value for value in values if (value >= fence if reading.maximize else value <= fence)]
    margin = 0.08 * (max(inside) - min(inside)) or 0.02 * abs(max(inside)) or 1.0
    return min(inside) - margin, max(inside) + margin


def num_outside(reading: SearchReading) -> int:
    """Trials beyond the outer fence, drawn on the figures' edge."""
    known = [trial.value for trial in reading.trials if trial.value is not None and np.isfinite(trial.value)]
    if not known:
        return 0
    fence = outer_fence(known, reading.maximize)
    return sum(value < fence if reading.maximize else value > fence for value in known)


def _draw_noise(axes: Axes, reading: SearchReading, say: Language) -> None:
    """The band in which another seed could have put the best trial: one standard deviation below it."""
    if reading.noise is None or reading.best is None or reading.best.value is None:
        return
    best = reading.best.value
    end = best - reading.noise.deviation if reading.maximize else best + reading.noise.deviation
    ends = sorted((_scaled(reading, best), _scaled(reading, end)))
    axes.axhspan(*ends, color=MUTED, alpha=0.16, linewidth=0, label=say("trials-noise-band"), zorder=0)


def _best_text(reading: SearchReading, say: Language) -> str:
    return say("trials-no-best") if reading.best is None else trial_text(reading, reading.best, say)


def trial_text(reading: SearchReading, trial: TrialRecord, say: Language) -> str:
    """A trial in one line."""
    state = say(f"trials-{shown_state(trial)}")
    setting = {"alpha": setting_number(trial.setting.alpha), "t": setting_number(trial.setting.temperature)}
    if trial.value is None:
        return say("trials-text-without-value", number=str(trial.number), state=state, **setting)
    value = f"{100 * trial.value:.2f} %" if reading.maximize else f"{trial.value:.4f}"
    return say("trials-text", number=str(trial.number), state=state, value=value, **setting)


def _spots(axes: Axes, reading: SearchReading, drawn: dict[int, tuple[float, float]], say: Language) -> list[Hotspot]:
    boxes = boxes_over(axes, [drawn[trial.number] for trial in reading.trials])
    texts = [trial_text(reading, trial, say) for trial in reading.trials]
    return [Hotspot(*box, text) for box, text in zip(boxes, texts, strict=True)]


def search_map(results: Results, say: Language, reading: SearchReading | None = None) -> Drawing | None:
    """Every trial at its temperature and alpha, over the smoothed map; the colour is what the search looked at."""
    search = results.plan.sweep.search
    if search is None or not results.trials:
        return None
    figure, axes = new_figure(WIDTH, 340)
    metric_is_accuracy = search.metric == "val_accuracy"
    scored = [trial for trial in results.trials if trial.value is not None and trial.state == RunState.COMPLETE]
    styles: dict[str, dict[str, Any]] = {
        "pruned": {"marker": "x", "color": MUTED, "s": 42, "linewidths": 1.6},
        "failed": {"marker": "s", "facecolors": "none", "edgecolors": INK, "s": 46},
        "open": {"marker": "o", "facecolors": "none", "edgecolors": MUTED, "s": 46},
    }
    for state, style in styles.items():
        found = [trial for trial in results.trials if shown_state(trial) == state]
        if found:
            axes.scatter(
                [t.setting.temperature for t in found],
                [t.setting.alpha for t in found],
                label=state_text(state, say),
                clip_on=False,
                **style,
            )
    if scored:
        values = [100 * (t.value or 0) if metric_is_accuracy else (t.value or 0) for t in scored]
        dots = axes.scatter(
            [t.setting.temperature for t in scored],
            [t.setting.alpha for t in scored],
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
            [best.setting.temperature], [best.setting.alpha], s=260, marker="o", facecolors="none", edgecolors=INK,
            linewidths=2, label=say("best"), zorder=4,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(_temperature_ticks([t.setting.temperature for t in results.trials]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(say("axis-temperature"))
    axes.set_ylabel(say("axis-alpha"))
    axes.tick_params(length=0, which="both")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, labelcolor=INK, handletextpad=0.1)
    named = listed_trials(results) if len(results.trials) <= MAX_SPOTS else ()
    spots = [
        _trial_spot(axes, t.setting.temperature, t.setting.alpha, _trial_text(t, metric_is_accuracy, say))
        for t in named
    ]
    chosen = "none" if best is None else setting_text(best.setting, say)
    return finish("search", figure, say("figure-search", number=len(results.trials), best=chosen), spots)


def _best_number(results: Results) -> int | None:
    chosen = results.chosen
    if chosen is None:
        return None
    found = (t for t in results.trials if (t.alpha, t.temperature) == (chosen.alpha, chosen.temperature))
    return next((t.number for t in found if t.state == RunState.COMPLETE), None)


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
    facts = [setting_text(trial.setting, say), state_text(trial.state, say)]
    if trial.value is not None:
        facts.append(say("percentage", value=percent(trial.value)) if metric_is_accuracy else f"{trial.value:.4f}")
    return say("spoken-trial", number=str(trial.number), facts=facts)
