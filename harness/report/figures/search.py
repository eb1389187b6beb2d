"""The search drawn: trial by trial, and against each searched dimension (maps: ``search_map``, lines: ``parallel``)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter

from harness.report.analysis.search.axes import number, numeric_axes
from harness.report.analysis.search.reading import SearchReading, shown_state
from harness.report.analysis.search.surface import outer_fence
from harness.report.figures.drawing.inside import legend_above
from harness.report.figures.drawing.style import (
    INK,
    MUTED,
    Drawing,
    Hotspot,
    ShareLocator,
    boxes_over,
    color_of,
    finish,
    new_figure,
    nice_ticks,
)
from harness.report.text.labels import dimension_text, params_text, value_text
from harness.report.text.language import Language
from harness.state.files.records import TrialRecord

WIDTH, HEIGHT = 440, 260
MAX_SPOTS = 200  # trials that are named when pointed at, and lead to their runs
REACH = 6.0  # of a trial's mark, in pixels
DECADES = 50  # largest over smallest value, from which on a log axis has ticks at powers of ten alone
MAX_TICK = 12  # letters of a listed value below an axis

Draw = Callable[[Language], Drawing]


def history_and_slices(reading: SearchReading) -> list[tuple[str, Draw]]:
    """The history, and a slice for each dimension, still to be drawn, each by its name; none before a value."""
    if all(trial.value is None for trial in reading.trials):
        return []
    slices = [(name, partial(slice_by, name, reading)) for name in reading.varied]
    return [("history", partial(history, reading)), *slices]


def history(reading: SearchReading, say: Language) -> Drawing:
    """Every trial's value in the order of the search, with the best so far as a step line."""
    known = [(t.number, best) for t, best in zip(reading.trials, reading.best_so_far, strict=True) if best is not None]
    figure, axes = new_figure(WIDTH, HEIGHT)

    def draw_best() -> None:
        axes.plot(
            [number for number, _ in known], [scaled(reading, best) for _, best in known], color=INK, linewidth=1.4,
            drawstyle="steps-post", label=say("trials-best-so-far"), zorder=2,
        )  # fmt: skip

    axes.set_xlabel(say("trials-axis-number"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    spots = _scatter(axes, reading, [float(trial.number) for trial in reading.trials], say, draw_best)
    spoken = say("trials-figure-history", number=len(reading.trials), best=best_text(reading, say))
    return finish("trials-history", figure, spoken, spots, trial_data(reading))


def slice_by(name: str, reading: SearchReading, say: Language) -> Drawing:
    """Every trial's value against one dimension."""
    figure, axes = new_figure(WIDTH, HEIGHT)
    places = [place_of(trial, name, reading) for trial in reading.trials]
    label_axis(axes, "x", name, reading, places, say)
    spots = _scatter(axes, reading, places, say)
    said = say("trials-figure-slice", number=len(reading.trials), name=dimension_text(name, say),
               best=best_text(reading, say))  # fmt: skip
    return finish(f"trials-{in_addresses(name)}", figure, said, spots, trial_data(reading))


def in_addresses(name: str) -> str:
    """A dimension in the names of figures and files.

    >>> in_addresses("student.optimizer.lr")
    'student-optimizer-lr'
    """
    return name.replace(".", "-").replace("_", "-")


def place_of(trial: TrialRecord, name: str, reading: SearchReading) -> float:
    """Where a trial stands on a dimension's axis: its number, or the place of its value in the list."""
    values = reading.space[name].values
    if name in numeric_axes(reading.space) or values is None:
        return number(trial, name)
    return float(values.index(trial.params[name]))


def label_axis(
    axes: Axes, which: Literal["x", "y"], name: str, reading: SearchReading, places: Sequence[float], say: Language
) -> None:
    """Scale, ticks and label of a dimension's axis; ``places`` are those of the trials on it."""
    drawn = axes.xaxis if which == "x" else axes.yaxis
    axis, values = numeric_axes(reading.space).get(name), reading.space[name].values
    drawn.set_label_text(
        say("trials-axis", name=name.removeprefix("student."), log="yes" if axis and axis.log else "no")
    )
    if axis is None and values is not None:
        texts = [value_text(value) for value in values]
        drawn.set_major_locator(FixedLocator(range(len(values))))
        drawn.set_major_formatter(FuncFormatter(lambda place, _: shortened_value(texts[round(place)])))
    elif axis is not None and axis.log:
        axes.set(**{f"{which}scale": "log"})
        drawn.set_major_locator(FixedLocator(log_ticks(places)))
        drawn.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        drawn.set_minor_formatter(NullFormatter())


def log_ticks(places: Sequence[float]) -> list[float]:
    """Ticks of a log scale: 1, 2, 5, 10 …; of several decades the powers of ten alone.

    >>> log_ticks([1e-4, 0.2]), log_ticks([1.2, 19.0])
    ([0.0001, 0.001, 0.01, 0.1], [1.0, 2.0, 5.0, 10.0, 20.0])
    """
    ticks = nice_ticks(places)
    if max(places) < DECADES * min(places):
        return ticks
    return [tick for tick in ticks if np.isclose(np.log10(tick), np.round(np.log10(tick)))] or ticks


def shortened_value(text: str) -> str:
    """A listed value where there is little room."""
    return text if len(text) <= MAX_TICK else f"{text[: MAX_TICK - 1]}…"


def _scatter(
    axes: Axes,
    reading: SearchReading,
    places: Sequence[float],
    say: Language,
    draw_more: Callable[[], None] | None = None,
) -> list[Hotspot]:
    low, high = _value_limits(reading)
    axes.set_ylim(low, high)
    _draw_noise(axes, reading, say)
    if draw_more is not None:
        draw_more()
    bad_end = low if reading.maximize else high
    heights = [min(max(_height(reading, trial, bad_end), low), high) for trial in reading.trials]
    drawn = {trial.number: at for trial, at in zip(reading.trials, zip(places, heights, strict=True), strict=True)}
    for state, style in _styles().items():
        found = [drawn[trial.number] for trial in reading.trials if shown_state(trial) == state]
        if found:
            axes.scatter(
                [x for x, _ in found], [y for _, y in found], label=say(f"trials-{state}"), clip_on=False, **style
            )
    if reading.best is not None:
        ring: dict[str, Any] = {"s": 190, "marker": "o", "facecolors": "none", "edgecolors": INK, "linewidths": 1.8}
        axes.scatter(*[[at] for at in drawn[reading.best.number]], label=say("trials-best"), zorder=4, **ring)
    axes.set_ylabel(say(f"trials-{reading.config.metric.removeprefix('val_').replace('_', '-')}"))
    if reading.maximize:
        axes.yaxis.set_major_locator(ShareLocator())
    axes.tick_params(length=0, which="both")
    legend_above(axes, labelcolor=INK, handletextpad=0.2, columnspacing=1.1)
    return trial_spots(axes, reading, list(drawn.values()), say)


def trial_spots(
    axes: Axes, reading: SearchReading, points: Sequence[tuple[float, float]], say: Language, reach: float = REACH
) -> list[Hotspot]:
    """What every trial says, and its run, at its place; nothing of a search of too many.

    Hundreds of them would be most of the page, and the points too near to one another to be pointed at.

    Args:
        axes: With their final limits.
        reading: The search.
        points: A place a trial, in data coordinates.
        say: The language.
        reach: Of a trial's mark, in pixels.
    """
    if not points or len(points) > MAX_SPOTS:
        return []
    boxes = boxes_over(axes, points, reach)
    return [
        Hotspot(*box, trial_text(reading, trial, say), run_link(trial))
        for box, trial in zip(boxes, reading.trials, strict=True)
    ]


def run_link(trial: TrialRecord) -> str:
    """The page of a trial's run, from a page in the language's folder."""
    return f"runs/{trial.run_id}.html"


def trial_data(reading: SearchReading) -> list[dict[str, Any]]:
    """Every trial: what it was asked for, where it stands, and what it came to."""
    metric = reading.config.metric
    column = f"{metric}_percent" if reading.maximize else f"{metric}_nats"
    return [
        {
            "trial": trial.number,
            "run": trial.run_id,
            "state": shown_state(trial),
            **{name: trial.params.get(name) for name in reading.space},
            column: None if trial.value is None else scaled(reading, trial.value),
            f"best_{column}_so_far": None if best is None else scaled(reading, best),
        }
        for trial, best in zip(reading.trials, reading.best_so_far, strict=True)
    ]


def _styles() -> dict[str, dict[str, Any]]:
    return {
        "complete": {"marker": "o", "color": color_of("distilled"), "s": 46, "zorder": 3},
        "pruned": {"marker": "x", "color": MUTED, "s": 38, "linewidths": 1.5, "zorder": 3},
        "failed": {"marker": "s", "facecolors": "none", "edgecolors": INK, "s": 42, "zorder": 3},
        "open": {"marker": "o", "facecolors": "none", "edgecolors": MUTED, "s": 42, "zorder": 3},
    }


def scaled(reading: SearchReading, value: float) -> float:
    """A trial's value in the figures' unit: per cent, or the loss."""
    return 100 * value if reading.maximize else value


def _height(reading: SearchReading, trial: TrialRecord, nowhere: float) -> float:
    """Where a trial is drawn; one without a value stands at the bad end."""
    known = trial.value is not None and np.isfinite(trial.value)
    return scaled(reading, trial.value or 0.0) if known else nowhere


def _value_limits(reading: SearchReading) -> tuple[float, float]:
    """From the worst value inside the outer fence to the best, with a margin."""
    values = [scaled(reading, t.value) for t in reading.trials if t.value is not None and np.isfinite(t.value)]
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


def has_noise_band(reading: SearchReading) -> bool:
    """Whether the figures show how far another seed could move the best trial: that takes two seeds that differ."""
    return reading.noise is not None and reading.best is not None and reading.best.value is not None


def _draw_noise(axes: Axes, reading: SearchReading, say: Language) -> None:
    """The band in which another seed could have put the best trial: one standard deviation below it."""
    if reading.noise is None or reading.best is None or reading.best.value is None:
        return
    best = reading.best.value
    end = best - reading.noise.deviation if reading.maximize else best + reading.noise.deviation
    ends = sorted((scaled(reading, best), scaled(reading, end)))
    axes.axhspan(*ends, color=MUTED, alpha=0.16, linewidth=0, label=say("trials-noise-band"), zorder=0)


def best_text(reading: SearchReading, say: Language) -> str:
    """The best trial in one line."""
    return say("trials-no-best") if reading.best is None else trial_text(reading, reading.best, say)


def trial_text(reading: SearchReading, trial: TrialRecord, say: Language) -> str:
    """A trial in one line: what it was asked for, how it ended, what it came to."""
    facts = [params_text(trial.params, say), say(f"trials-{shown_state(trial)}")]
    if trial.value is not None:
        facts.append(f"{100 * trial.value:.2f} %" if reading.maximize else f"{trial.value:.4f}")
    return say("spoken-trial", number=str(trial.number), facts=facts)
