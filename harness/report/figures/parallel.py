"""A search of any number of dimensions as parallel coordinates: an upright axis a dimension, a line a trial."""

import math

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from harness.report.analysis.search.axes import numeric_axes
from harness.report.analysis.search.reading import SearchReading
from harness.report.figures.drawing.style import INK, LINE, MUTED, Drawing, Trail, finish, new_figure
from harness.report.figures.search import (
    MAX_SPOTS,
    place_of,
    run_link,
    scaled,
    shortened_value,
    trial_data,
    trial_text,
)
from harness.report.figures.search_map import colours, value_ticks
from harness.report.text.labels import dimension_text, params_text, value_text
from harness.report.text.language import Language
from harness.report.text.numbers import shortened
from harness.state.attempts.run_state import RunState
from harness.state.files.records import TrialRecord
from kd.config import setting_number

WIDTH, HEIGHT = 440, 340
MAX_NAME = 14  # letters of a dimension's name


def parallel_coordinates(reading: SearchReading, say: Language) -> Drawing | None:
    """Complete trials in the colour of their value, others faint; the best is drawn bold. None without a value."""
    scored = [trial for trial in reading.trials if trial.value is not None and trial.state == RunState.COMPLETE]
    if not scored or not reading.varied:
        return None
    figure, axes = new_figure(WIDTH, HEIGHT)
    names, places = reading.varied, {trial.number: _heights(trial, reading) for trial in reading.trials}
    across = np.arange(len(names))
    axes.vlines(across, 0, 1, color=LINE, linewidth=1.2, zorder=1)
    limits = colours(reading)
    colour = ScalarMappable(Normalize(limits["vmin"], limits["vmax"], clip=True), limits["cmap"])
    for trial in reading.trials:
        if trial.state != RunState.COMPLETE or trial.value is None:
            axes.plot(across, places[trial.number], color=MUTED, linewidth=0.7, alpha=0.5, zorder=1)
    # The best come last, so that they lie on top.
    for trial in sorted(scored, key=lambda each: scaled(reading, each.value or 0) * (1 if reading.maximize else -1)):
        shade = colour.to_rgba(np.array(scaled(reading, trial.value or 0)))
        is_best = reading.best is not None and trial.number == reading.best.number
        if is_best:
            axes.plot(across, places[trial.number], color=INK, linewidth=4.4, zorder=3, label=say("best"))
        axes.plot(across, places[trial.number], color=shade, linewidth=2.2 if is_best else 1.5, zorder=3)
    for place, name in enumerate(names):
        for height, text in _marks(name, reading):
            axes.annotate(text, (place, height), (4, 0), textcoords="offset points", va="center", color=MUTED,
                          fontsize="small")  # fmt: skip
    axes.set_xticks(across, [shortened(dimension_text(name, say), MAX_NAME) for name in names], color=INK)
    axes.set_xlim(-0.15, len(names) - 1 + 0.45)
    axes.set_ylim(-0.06, 1.06)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    bar = figure.colorbar(colour, ax=axes, aspect=28, pad=0.02, ticks=value_ticks(reading))
    bar.set_label(say(f"axis-{reading.config.metric.replace('_', '-')}"))
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    best = "none" if reading.best is None else params_text(reading.best.params, say)
    spoken = say("figure-search", number=len(reading.trials), best=best, names=[dimension_text(n, say) for n in names])
    trails = [
        Trail(list(zip(across.tolist(), places[trial.number], strict=True)), trial_text(reading, trial, say),
              run_link(trial))
        for trial in _worst_first(reading)
    ]  # fmt: skip
    return finish("search-parallel", figure, spoken, trails, trial_data(reading))


def _worst_first(reading: SearchReading) -> list[TrialRecord]:
    """The trials whose lines are named, so that the best lie on top; none of a search of too many."""
    if len(reading.trials) > MAX_SPOTS:
        return []
    worst = -math.inf if reading.maximize else math.inf
    by_value = sorted(reading.trials, key=lambda trial: worst if trial.value is None else trial.value)
    return by_value if reading.maximize else by_value[::-1]


def _heights(trial: TrialRecord, reading: SearchReading) -> list[float]:
    """Where a trial crosses each axis, from 0 to 1."""
    axes = numeric_axes(reading.space)
    heights = []
    for name in reading.varied:
        place = place_of(trial, name, reading)
        height = axes[name].position(place) if name in axes else place / (reading.space[name].num_values - 1)
        heights.append(float(height))
    return heights


def _marks(name: str, reading: SearchReading) -> list[tuple[float, str]]:
    """What is written beside an axis: both ends, or every listed value."""
    axis, values = numeric_axes(reading.space).get(name), reading.space[name].values
    if axis is None and values is not None:
        return [(place / (len(values) - 1), shortened_value(value_text(value))) for place, value in enumerate(values)]
    assert axis is not None
    return [(0.0, setting_number(axis.low)), (1.0, setting_number(axis.high))]
