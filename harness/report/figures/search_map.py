"""A search of two numbers as a map: every trial at its place, over the smoothed value."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from harness.report.analysis.search.axes import number, numeric_axes
from harness.report.analysis.search.reading import SearchReading, shown_state
from harness.report.analysis.search.surface import Surface, outer_fence
from harness.report.figures.drawing.inside import legend_above
from harness.report.figures.drawing.style import INK, MUTED, Drawing, ShareLocator, finish, new_figure
from harness.report.figures.search import WIDTH, label_axis, scaled, trial_data, trial_spots
from harness.report.text.labels import dimension_text, params_text, state_text
from harness.report.text.language import Language
from harness.state.attempts.run_state import RunState

NUM_SHADES = 7
SHADE = 0.3  # opacity of the smoothed map: the trials on it stay the strongest marks
REACH = 7.0  # of a trial's tooltip, in pixels


def map_names(reading: SearchReading) -> tuple[str, str] | None:
    """The dimensions of the map, upwards and to the right; None of a search that is not of two numbers."""
    names = tuple(numeric_axes(reading.space))
    return (names[0], names[1]) if len(names) == 2 and set(names) == set(reading.varied) else None


def search_map(reading: SearchReading, say: Language) -> Drawing | None:
    """Every trial at its two numbers, over the smoothed map; the colour is what the search looked at."""
    names = map_names(reading)
    if names is None:
        return None
    figure, axes = new_figure(WIDTH, 340)
    places = {t.number: (number(t, names[1]), number(t, names[0])) for t in reading.trials}
    styles: dict[str, dict[str, Any]] = {
        "pruned": {"marker": "x", "color": MUTED, "s": 42, "linewidths": 1.6},
        "failed": {"marker": "s", "facecolors": "none", "edgecolors": INK, "s": 46},
        "open": {"marker": "o", "facecolors": "none", "edgecolors": MUTED, "s": 46},
    }
    for state, style in styles.items():
        found = [places[trial.number] for trial in reading.trials if shown_state(trial) == state]
        if found:
            xs, ys = zip(*found, strict=True)
            axes.scatter(xs, ys, label=state_text(state, say), clip_on=False, **style)
    scored = [trial for trial in reading.trials if trial.value is not None and trial.state == RunState.COMPLETE]
    if scored:
        xs, ys = zip(*(places[trial.number] for trial in scored), strict=True)
        dots = axes.scatter(
            xs,
            ys,
            c=[scaled(reading, trial.value or 0) for trial in scored],
            s=74,
            edgecolors=INK,
            linewidths=0.7,
            label=state_text("complete", say),
            zorder=3,
            clip_on=False,
            **colours(reading),
        )
        if reading.surface is not None:
            draw_surface(axes, reading.surface, dots.norm, dots.cmap, scaled(reading, 1.0))
        bar = figure.colorbar(dots, ax=axes, aspect=28, pad=0.02, ticks=value_ticks(reading))
        bar.set_label(say(f"axis-{reading.config.metric.replace('_', '-')}"))
        bar.outline.set_visible(False)
        bar.ax.tick_params(length=0)
    if reading.best is not None:
        ring: dict[str, Any] = {"s": 260, "marker": "o", "facecolors": "none", "edgecolors": INK, "linewidths": 2}
        axes.scatter(*[[at] for at in places[reading.best.number]], label=say("best"), zorder=4, **ring)
    label_axis(axes, "x", names[1], reading, [x for x, _ in places.values()], say)
    label_axis(axes, "y", names[0], reading, [y for _, y in places.values()], say)
    axes.tick_params(length=0, which="both")
    legend_above(axes, labelcolor=INK, handletextpad=0.1)
    spots = trial_spots(axes, reading, list(places.values()), say, REACH)
    spoken = say(
        "figure-search",
        number=len(reading.trials),
        best="none" if reading.best is None else params_text(reading.best.params, say),
        names=[dimension_text(name, say) for name in names],
    )
    return finish("search", figure, spoken, spots, trial_data(reading))


def colours(reading: SearchReading) -> dict[str, Any]:
    """The colours of trials by their value, from the outer fence to the best."""
    scored = [trial for trial in reading.trials if trial.value is not None and trial.state == RunState.COMPLETE]
    values = [scaled(reading, trial.value or 0) for trial in scored]
    if reading.maximize:
        return {"vmin": max(min(values), outer_fence(values, True)), "vmax": max(values), "cmap": "viridis"}
    return {"vmin": min(values), "vmax": min(max(values), outer_fence(values, False)), "cmap": "viridis_r"}


def value_ticks(reading: SearchReading) -> ShareLocator | None:
    """Of the trials' values; None: as Matplotlib finds them."""
    return ShareLocator() if reading.maximize else None


def draw_surface(axes: Axes, surface: Surface, norm: Any, colormap: Any, scale: float) -> None:
    """Lay the smoothed value under a map of the trials, and a dashed line around the region as good as the best.

    Args:
        axes: Of the map.
        surface: What to draw; where it is not known nothing is drawn.
        norm: Of the trials' colours, so that both say the same.
        colormap: Of the trials' colours.
        scale: By which the trials' values were multiplied.
    """
    known_YX = surface.known_YX
    if not known_YX.any():
        return
    value_YX = scale * surface.value_YX
    levels = np.linspace(float(value_YX[known_YX].min()), float(value_YX[known_YX].max()), NUM_SHADES + 1)
    where = surface.xs_X, surface.ys_Y
    if levels[0] < levels[-1]:
        shades = axes.contourf(*where, value_YX, levels, cmap=colormap, norm=norm, alpha=SHADE, extend="both", zorder=0)
        _clip_to_known(axes, shades, surface)
    if not surface.region_YX.all():
        axes.contour(*where, surface.margin_YX, [0.0], colors=[INK], linestyles="--", linewidths=1.4, zorder=1)


def _clip_to_known(axes: Axes, shades: Any, surface: Surface) -> None:
    known = axes.contourf(surface.xs_X, surface.ys_Y, surface.error_YX, [-1.0, surface.tolerance], alpha=0)
    (outline,) = known.get_paths()
    known.remove()
    shades.set_clip_path(outline, axes.transData)
