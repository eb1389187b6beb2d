"""Confusion matrices as heat maps of the errors alone, each cell a link to its images.

What a map shows is gathered first (``ConfusionMap``), for each kind of map by a function of its own; one function
draws them all.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap, to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from harness.report.analysis.errors.confusions import Matrix
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.figures.style import (
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
from harness.report.text.numbers import MINUS, percent, shortened

SMALL, LARGE = (360, 378), (460, 470)  # of three maps side by side, and of one
ROOM = 30  # for an axis label, or the title
GAP = 4  # on the right
MAX_CLASSES_WITH_NUMBERS = 20
MAX_LETTERS = 14  # of a class name
MIN_FULL_SHARE = 0.03  # of a class read as one other; else a nearly perfect model would look as bad as any
LEAST_CHANGE = 0.05  # images per seed that a number is written for
STRONGEST = 0.85  # opacity, so that numbers stay readable on the fullest cell
NUM_SHADES = 64  # a side
RASTER_HEAT = "#d9812b"  # a raster cannot follow the page's colours; this one reads on light and dark alike


class ConfusionMap(NamedTuple):
    """What a map shows: a row for each true class, a column for each class said.

    Args:
        name: Of the drawing, unique on the page.
        title: Above the map.
        description: In one sentence, for who cannot see it.
        shade_CC: −1 (full blue) to 1 (full orange); 0 stays blank.
        texts_CC: Written into the cells; None where there are too many classes to name them.
        labels: Of rows and columns, in their order.
        spots: What a cell, or a row, says and leads to.
        size: Width and height in points.
    """

    name: str
    title: str
    description: str
    shade_CC: NDArray[np.float64]
    texts_CC: Sequence[Sequence[str]] | None
    labels: Sequence[str]
    spots: Sequence[Hotspot]
    size: tuple[int, int]


def confusion_maps(errors: ErrorAnalysis, say: Language) -> Iterator[tuple[str, Callable[[], Drawing]]]:
    """One map an arm by its name, still to be drawn, all on one scale of colour.

    Colour: share of the true class; number: images, summed over seeds.
    """
    shares = {key: _wrong_shares(counts_CC) for key, counts_CC in errors.confusions.items()}
    fullest = max([MIN_FULL_SHARE, *(float(share_CC.max()) for share_CC in shares.values())])
    for key, share_CC in shares.items():
        yield f"confusion_{key}", partial(_draw_errors, key, errors, share_CC / fullest, say)


def _draw_errors(key: str, errors: ErrorAnalysis, shade_CC: NDArray[np.float64], say: Language) -> Drawing:
    return _draw(map_of_errors(key, errors, shade_CC, say), say)


def change_map(matrix: Matrix, names: Sequence[str], say: Language) -> Drawing | None:
    """Distilled minus baseline: orange where a confusion became more frequent, blue where less."""
    change_CC = matrix.change
    if change_CC is None:
        return None
    texts = [[_signed(value) for value in row] for row in change_CC]
    fewer, more = _off_diagonal(change_CC, -1), _off_diagonal(change_CC, 1)
    spoken = say("confusion-change-figure", fewer=f"{fewer:.1f}", more=f"{more:.1f}")
    title = say("confusion-change-title")
    return _draw(_map_of_matrix("confusion-change", title, spoken, matrix, change_CC, texts, names, say), say)


def arm_map(key: str, matrix: Matrix, names: Sequence[str], say: Language) -> Drawing:
    """One arm's errors among some classes, in images per seed."""
    counts_CC = matrix.by_arm[key]
    texts = [[f"{value:.1f}" if value >= LEAST_CHANGE else "" for value in row] for row in counts_CC]
    title = say("arm", kind=key)
    spoken = say("confusion-grouped-figure", arm=title, wrong=f"{_off_diagonal(counts_CC, 1):.1f}")
    # The square root: a few large cells, of "other" above all, would leave the rest blank.
    root_CC = np.sqrt(counts_CC)
    return _draw(_map_of_matrix(f"confusion-grouped-{key}", title, spoken, matrix, root_CC, texts, names, say), say)


def map_of_errors(key: str, errors: ErrorAnalysis, shade_CC: NDArray[np.float64], say: Language) -> ConfusionMap:
    """Wrong readings of one arm: numbers in the cells where there are few classes, else only colours."""
    counts_CC, class_names, title = errors.confusions[key], errors.class_names, say("arm", kind=key)
    wrong = 1 - counts_CC.diagonal().sum() / max(1, counts_CC.sum())
    num_seeds = len(errors.predictions[key].run_ids)
    numbered = len(class_names) <= MAX_CLASSES_WITH_NUMBERS
    return ConfusionMap(
        name=f"confusion-{key}",
        title=title,
        description=say("figure-confusion", arm=title, wrong=percent(wrong), num_seeds=num_seeds),
        shade_CC=shade_CC,
        texts_CC=[[str(number) if number else "" for number in row] for row in counts_CC] if numbered else None,
        labels=class_names,
        spots=_cells(counts_CC, class_names, say) if numbered else _rows(counts_CC, class_names, say),
        size=SMALL,
    )


def _map_of_matrix(
    name: str,
    title: str,
    description: str,
    matrix: Matrix,
    colored_CC: NDArray[np.float64],
    texts_CC: list[list[str]],
    names: Sequence[str],
    say: Language,
) -> ConfusionMap:
    shade_CC = colored_CC.copy()
    np.fill_diagonal(shade_CC, 0)
    labels = [names[index] for index in matrix.classes]
    if matrix.has_others:
        labels.append(say("confusion-others"))
        texts_CC[-1][-1] = ""  # what was read right there and what was confused among the others
    shade_CC /= float(np.abs(shade_CC).max()) or 1.0
    spots = _spots(matrix, texts_CC, labels, say)
    return ConfusionMap(name, title, description, shade_CC, texts_CC, labels, spots, LARGE)


def _draw(shown: ConfusionMap, say: Language) -> Drawing:
    import seaborn  # takes half a second to load, and most commands draw nothing

    num_classes, numbered = len(shown.labels), shown.texts_CC is not None
    figure, axes = new_figure(*shown.size, fit=False)  # with hundreds of texts the layout engine takes a second
    small = num_classes <= 12
    letters = (10 if small else 7) if shown.size == SMALL else (9 if small else 6.5)
    every = 1 if numbered else 10 * -(-num_classes // 100)
    seaborn.heatmap(
        shown.shade_CC, ax=axes, cmap=_shades(HEAT if numbered else RASTER_HEAT), vmin=-1, vmax=1, cbar=False,
        annot=None if shown.texts_CC is None else np.array(shown.texts_CC, dtype=object), fmt="",
        annot_kws={"fontsize": relative_size(letters), "color": INK}, rasterized=not numbered,
        xticklabels=False, yticklabels=False,
    )  # fmt: skip
    for text in axes.texts:
        x, y = text.get_position()
        if x == y:  # read right: not what the map is about; drawn last, so that each colour is said once in the SVG
            text.set(color=MUTED, zorder=text.get_zorder() + 1)
    if numbered:
        for place in range(num_classes):
            axes.add_patch(Rectangle((place, place), 1, 1, facecolor="none", edgecolor=LINE, linewidth=1))
    _label_axes(
        axes, {place: shown.labels[place] if numbered else str(place) for place in range(0, num_classes, every)}
    )
    by = "name" if numbered else "number"
    axes.set_xlabel(say("axis-said", by=by))
    axes.set_ylabel(say("axis-truth", by=by))
    axes.set_title(shown.title, color=INK, fontsize=relative_size(12), loc="left")
    return finish(shown.name, figure, shown.description, shown.spots)


def _label_axes(axes: Axes, labels: dict[int, str]) -> None:
    """Name rows and columns by their places, and make room for the names."""
    short = [shortened(label, MAX_LETTERS) for label in labels.values()]
    is_upright = max(map(len, short)) <= 3
    places, size = [place + 0.5 for place in labels], relative_size(10 if is_upright else 8.5)
    axes.set_xticks(places, short, rotation=0 if is_upright else 90, fontsize=size)
    axes.set_yticks(places, short, rotation=0, fontsize=size)
    axes.tick_params(length=0, pad=2)
    axes.spines[["left", "bottom"]].set_visible(True)  # most of the map is blank: where does it end?
    axes.grid(visible=False)
    _make_room(axes)


def _make_room(axes: Axes) -> None:
    """Place the map beside its names: the same names, and so the same place, on every map."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.bbox.size
    room, gap = relative_size(ROOM), relative_size(GAP)
    left = max(label.get_window_extent().width for label in axes.get_yticklabels()) + room
    bottom = max(label.get_window_extent().height for label in axes.get_xticklabels()) + room
    axes.set_position((left / width, bottom / height, 1 - (left + gap) / width, 1 - (bottom + room) / height))


def _shades(heat: str) -> Colormap:
    """Blue for less, orange for more: told apart with any kind of colour blindness, on light and dark pages.

    The middle is wholly transparent rather than masked, since seaborn writes no numbers into masked cells.
    """
    less, more = to_rgb(COOL), to_rgb(heat)
    shades = [STRONGEST * (step + 1) / NUM_SHADES for step in range(NUM_SHADES)]
    return ListedColormap(
        [*((*less, shade) for shade in reversed(shades)), (*more, 0.0), *((*more, shade) for shade in shades)]
    )


def _wrong_shares(counts_CC: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each true class read as each other class; zero on the diagonal."""
    share_CC = counts_CC / np.maximum(counts_CC.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(share_CC, 0)
    return np.asarray(share_CC)


def _cells(counts_CC: NDArray[np.int64], class_names: Sequence[str], say: Language) -> list[Hotspot]:
    totals = counts_CC.sum(axis=1)
    spots = []
    for truth, predicted in zip(*np.nonzero(counts_CC), strict=True):
        counts = {"number": int(counts_CC[truth, predicted]), "total": int(totals[truth])}
        text = say("spoken-cell", truth=class_names[truth], predicted=class_names[predicted], **counts)
        href = f"class-{truth}.html" if truth == predicted else f"class-{truth}.html#as-{predicted}"
        spots.append(Hotspot(predicted, truth, predicted + 1, truth + 1, text, href))
    return spots


def _rows(counts_CC: NDArray[np.int64], class_names: Sequence[str], say: Language) -> list[Hotspot]:
    spots = []
    for truth, row in enumerate(counts_CC):
        text = say("spoken-row", truth=class_names[truth], number=int(row[truth]), total=int(row.sum()))
        spots.append(Hotspot(0, truth, len(row), truth + 1, text, f"class-{truth}.html"))
    return spots


def _spots(matrix: Matrix, texts_CC: list[list[str]], labels: Sequence[str], say: Language) -> list[Hotspot]:
    """Each cell with a number; between two single classes it leads to their images."""
    spots = []
    num_single = len(matrix.classes)
    for row, column in np.ndindex(len(labels), len(labels)):
        if not texts_CC[row][column]:
            continue
        text = say("confusion-cell", truth=labels[row], predicted=labels[column], number=texts_CC[row][column])
        href = None
        if row < num_single:
            href = f"class-{matrix.classes[row]}.html"
            if column < num_single and row != column:
                href += f"#as-{matrix.classes[column]}"
        spots.append(Hotspot(column, row, column + 1, row + 1, text, href))
    return spots


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", MINUS) if abs(value) >= LEAST_CHANGE else ""


def _off_diagonal(change_CC: NDArray[np.float64], sign: int) -> float:
    """Images a seed by which confusions became rarer (sign −1) or more frequent (1), summed."""
    cells = change_CC[~np.eye(len(change_CC), dtype=bool)]
    return float((sign * cells).clip(min=0).sum())
