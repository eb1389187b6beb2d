"""Confusion matrices side by side: every model in one unit and on one scale of colour, and what distillation changed.

The unit is images per seed, means over an arm's seeds: a sum over five seeds beside one teacher would make five times
the errors of the same model. Colour and number say the same thing, and a bar beside each map says which colour is how
many.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.colors import CenteredNorm, Colormap, ListedColormap, Normalize, PowerNorm, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from harness.report.analysis.errors.confusions import Matrix, per_seed
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.figures.drawing.style import (
    COOL,
    HEAT,
    INK,
    LINE,
    MUTED,
    Drawing,
    Hotspot,
    finish,
    new_figure,
    relative_size,
)
from harness.report.text.language import Language
from harness.report.text.numbers import MINUS, shortened_inside

WIDTH, HEIGHT = 440, 400
ROOM = 30  # for an axis label, or the title
BAR, BAR_GAP, BAR_ROOM = 11, 12, 40  # its width, its distance from the map, and room for its numbers
MAX_LETTERS = 14  # of a class name
MIN_FULL_SHARE = 0.03  # of a class read as one other; else a nearly perfect model would look as bad as any
LEAST = 0.05  # images per seed that are coloured, written and linked: rounded they are not 0.0
MANY = 99.95  # images per seed, from which on no decimals are written
STRONGEST = 0.85  # opacity, so that numbers stay readable on the fullest cell
NUM_SHADES = 32  # a side


class ConfusionMap(NamedTuple):
    """One map: a row for each true class, a column for each class said.

    Args:
        name: Of the drawing, unique on the page.
        title: Above the map.
        description: In one sentence, for who cannot see it.
        counts_KK: Images per seed, or their change.
        norm: Of colours; equal on all maps that are compared.
        colours: A colour map.
        text: How a number is written, in the cells and to be spoken.
        arm: Whose they are; "" of a change.
    """

    name: str
    title: str
    description: str
    counts_KK: NDArray[np.float64]
    norm: Normalize
    colours: Callable[[], Colormap]
    text: Callable[[float], str]
    arm: str = ""


def confusion_maps(matrix: Matrix, names: Sequence[str]) -> Iterator[tuple[str, Callable[[Language], Drawing]]]:
    """One map an arm by its name, then the change by distillation; all still to be drawn.

    Args:
        matrix: What is shown.
        names: Of all classes.
    """
    for key in matrix.by_arm:
        yield f"confusion_{key}", partial(arm_map, key, matrix, names)
    if matrix.change is not None:
        yield "confusion_change", partial(change_map, matrix, names)


def confusion_data(errors: ErrorAnalysis) -> list[dict[str, Any]]:
    """Every confusion, and what was read right, of every class: images per seed, by model."""
    names = errors.class_names
    return [
        {
            "arm": key,
            "true_index": truth,
            "true_class": names[truth],
            "said_index": said,
            "said_class": names[said],
            "images_per_seed": float(counts_CC[truth, said]),
        }
        for key, counts_CC in per_seed(errors).items()
        for truth, said in np.argwhere(counts_CC).tolist()
    ]


def arm_map(key: str, matrix: Matrix, names: Sequence[str], say: Language) -> Drawing:
    """One arm's errors, in images per seed."""
    counts_KK = matrix.by_arm[key]
    title, fullest = say("arm", kind=key), max(map(_fullest, matrix.by_arm.values()))
    spoken = say("confusion-figure", arm=title, wrong=f"{_off_diagonal(counts_KK, 1):.1f}")
    # By the square root: a few full cells would leave all others blank.
    norm = PowerNorm(0.5, 0.0, max(fullest, MIN_FULL_SHARE * matrix.class_size, LEAST))
    return _draw(
        ConfusionMap(f"confusion-{key}", title, spoken, counts_KK, norm, _more, _plain, key), matrix, names, say
    )


def change_map(matrix: Matrix, names: Sequence[str], say: Language) -> Drawing:
    """Distilled minus baseline: orange where a confusion became more frequent, blue where less."""
    change_KK = matrix.change
    assert change_KK is not None, "both were tested"
    fewer, more = _off_diagonal(change_KK, -1), _off_diagonal(change_KK, 1)
    spoken = say("confusion-change-figure", fewer=f"{fewer:.1f}", more=f"{more:.1f}")
    norm = CenteredNorm(0.0, max(_fullest(change_KK), MIN_FULL_SHARE * matrix.class_size, LEAST))
    title = say("confusion-change-title")
    shown = ConfusionMap("confusion-change", title, spoken, change_KK, norm, _less_and_more, _signed)
    return _draw(shown, matrix, names, say)


def _draw(shown: ConfusionMap, matrix: Matrix, names: Sequence[str], say: Language) -> Drawing:
    import seaborn  # takes a third of a second to load, and most commands draw nothing

    labels, number = [names[index] for index in matrix.classes], len(matrix.classes)
    figure, axes = new_figure(WIDTH, HEIGHT, fit=False)  # with hundreds of texts the layout engine takes a second
    unseen = np.eye(number, dtype=bool) | (np.abs(shown.counts_KK) < LEAST)
    seaborn.heatmap(
        shown.counts_KK, mask=unseen, cmap=shown.colours(), norm=shown.norm, ax=axes, cbar=False,
        xticklabels=False, yticklabels=False,
        vmin=shown.norm.vmin, vmax=shown.norm.vmax,  # it would look for them, also where every cell is masked
    )  # fmt: skip
    if matrix.is_whole:
        _write_numbers(axes, shown)
    for place in range(number):
        axes.add_patch(Rectangle((place, place), 1, 1, facecolor="none", edgecolor=LINE, linewidth=1))
    _label_axes(axes, labels)
    axes.set_xlabel(say("axis-said"))
    axes.set_ylabel(say("axis-truth"))
    axes.set_title(shown.title, color=INK, fontsize=relative_size(12), loc="left")
    _place(axes)
    bar = figure.colorbar(axes.collections[0], cax=_beside(axes))
    _dress(bar, shown, say)
    return finish(shown.name, figure, shown.description, _spots(shown, matrix, labels, say), arm=shown.arm)


def _write_numbers(axes: Axes, shown: ConfusionMap) -> None:
    number = len(shown.counts_KK)
    size = relative_size(9.5 if number <= 10 else 8 if number <= 14 else 6.5)
    # What was read right comes last, so that each of both colours is said once in the SVG.
    cells = sorted(np.ndindex(number, number), key=lambda cell: cell[0] == cell[1])
    for row, column in cells:
        text = shown.text(float(shown.counts_KK[row, column]))
        color = MUTED if row == column else INK
        if text:
            axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=color, fontsize=size)


def _label_axes(axes: Axes, labels: Sequence[str]) -> None:
    """Name rows and columns."""
    short = [shortened_inside(label, MAX_LETTERS) for label in labels]
    is_upright = max(map(len, short)) <= 3 and len(short) <= 12
    places = [place + 0.5 for place in range(len(labels))]
    size = relative_size(10 if is_upright else 8.5 if len(short) <= 20 else 7.5)
    axes.set_xticks(places, short, rotation=0 if is_upright else 90, fontsize=size)
    axes.set_yticks(places, short, rotation=0, fontsize=size)
    axes.tick_params(length=0, pad=2)
    axes.spines[["left", "bottom"]].set_visible(True)  # most of the map is blank: where does it end?
    axes.grid(visible=False)


def _place(axes: Axes) -> None:
    """Place the map beside its names: the same names, and so the same place, on every map."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.bbox.size
    room, right = relative_size(ROOM), relative_size(BAR + BAR_GAP + BAR_ROOM)
    left = max(label.get_window_extent().width for label in axes.get_yticklabels()) + room
    bottom = max(label.get_window_extent().height for label in axes.get_xticklabels()) + room
    axes.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + room) / height))


def _beside(axes: Axes) -> Axes:
    """Room for the bar of colours."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, box = figure.bbox.width, axes.get_position()
    return figure.add_axes(
        (box.x1 + relative_size(BAR_GAP) / width, box.y0, relative_size(BAR) / width, box.height)
    )  # fmt: skip


def _dress(bar: Colorbar, shown: ConfusionMap, say: Language) -> None:
    assert bar.solids is not None
    bar.solids.set(rasterized=False)  # a raster could not follow the page's colours
    bar.ax.set_title(say("confusion-unit"), color=MUTED, fontsize=relative_size(9), loc="right")
    bar.ax.yaxis.set_major_locator(MaxNLocator(4))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", MINUS)))
    bar.ax.minorticks_off()
    bar.ax.tick_params(length=0, labelsize=relative_size(9.5))
    bar.outline.set_visible(False)


def _more() -> Colormap:
    """From nothing to orange."""
    return ListedColormap([(*to_rgb(HEAT), shade) for shade in _shades()])


def _less_and_more() -> Colormap:
    """Blue for less, orange for more: told apart with any kind of colour blindness, on light and dark pages."""
    less, more = to_rgb(COOL), to_rgb(HEAT)
    return ListedColormap(
        [*((*less, shade) for shade in reversed(_shades())), *((*more, shade) for shade in _shades())]
    )


def _shades() -> list[float]:
    return [STRONGEST * (step + 1) / NUM_SHADES for step in range(NUM_SHADES)]


def _spots(shown: ConfusionMap, matrix: Matrix, labels: Sequence[str], say: Language) -> Iterator[Hotspot]:
    """Each cell with anything in it, and where it leads: to its images."""
    for row, column in np.ndindex(*shown.counts_KK.shape):
        if number := shown.text(float(shown.counts_KK[row, column])):
            text = say("confusion-cell", truth=labels[row], predicted=labels[column], number=number)
            href = f"class-{matrix.classes[row]}.html"
            if row != column:
                href += f"#as-{matrix.classes[column]}"
            yield Hotspot(column, row, column + 1, row + 1, text, href)


def _plain(value: float) -> str:
    """Images per seed; nothing where they round to none.

    >>> _plain(0.2), _plain(4.0), _plain(123.4), _plain(0.0)
    ('0.2', '4.0', '123', '')
    """
    if value < LEAST:
        return ""
    return f"{value:.1f}" if value < MANY else f"{value:.0f}"


def _signed(value: float) -> str:
    if abs(value) < LEAST:
        return ""
    return (f"{value:+.1f}" if abs(value) < MANY else f"{value:+.0f}").replace("-", MINUS)


def _fullest(counts_KK: NDArray[np.float64]) -> float:
    """The largest number beside the diagonal, whatever its sign."""
    return float(np.abs(counts_KK[~np.eye(len(counts_KK), dtype=bool)]).max(initial=0.0))


def _off_diagonal(change_KK: NDArray[np.float64], sign: int) -> float:
    """Images a seed by which confusions became rarer (sign −1) or more frequent (1), summed."""
    cells = change_KK[~np.eye(len(change_KK), dtype=bool)]
    return float((sign * cells).clip(min=0).sum())
