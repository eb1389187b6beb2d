"""Confusion matrices as heat maps of the errors alone, each cell a link to its images."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from harness.report.analysis.confusions import Matrix
from harness.report.analysis.errors import ErrorAnalysis
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

WIDTH, HEIGHT = 360, 378
ROOM = 30  # for an axis label, or the title
GAP = 4  # on the right
MAX_CLASSES_WITH_NUMBERS = 20
MIN_FULL_SHARE = 0.03  # of a class read as one other; else a nearly perfect model would look as bad as any
STRONGEST = 0.85  # opacity, so that numbers stay readable on the fullest cell


NUM_SHADES = 32  # a side
MAX_LETTERS = 14  # of a class name
LEAST_CHANGE = 0.05  # images a seed that a number is written for


def confusion_maps(errors: ErrorAnalysis, say: Language) -> list[Drawing]:
    """One map an arm, on one scale of colour."""
    fullest = max([MIN_FULL_SHARE, *(float(_wrong_shares(counts).max()) for counts in errors.confusions.values())])
    return [_map(key, errors, fullest, say) for key in errors.confusions]


def _wrong_shares(counts_CC: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each true class read as each other class; zero on the diagonal."""
    share_CC = counts_CC / np.maximum(counts_CC.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(share_CC, 0)
    return np.asarray(share_CC)


def _map(key: str, errors: ErrorAnalysis, fullest: float, say: Language) -> Drawing:
    """Row: true class; column: what the model said. Colour: share of the class; number: images, summed over seeds."""
    counts_CC, class_names = errors.confusions[key], errors.class_names
    num_classes = len(class_names)
    numbered = num_classes <= MAX_CLASSES_WITH_NUMBERS
    # A raster cannot follow the page's colours; this one reads on light and dark alike.
    color = to_rgb(HEAT if numbered else "#d9812b")
    ramp = ListedColormap([(*color, STRONGEST * step / 63) for step in range(64)])
    figure, axes = new_figure(WIDTH, HEIGHT, fit=False)
    shares = np.ma.masked_equal(_wrong_shares(counts_CC), 0)
    axes.pcolormesh(shares, cmap=ramp, vmin=0, vmax=fullest, rasterized=not numbered)
    axes.set_ylim(num_classes, 0)
    if numbered:
        write_numbers(axes, _numbers(counts_CC), 10 if num_classes <= 12 else 7)
    axes.set_title(say("arm", kind=key), color=INK, fontsize=relative_size(12), loc="left")
    by = "name" if numbered else "number"
    axes.set_xlabel(say("axis-said", by=by), color=MUTED)
    axes.set_ylabel(say("axis-truth", by=by), color=MUTED)
    places = list(range(0, num_classes, 1 if numbered else 10 * -(-num_classes // 100)))
    names = [shortened(class_names[place], 10) if numbered else str(place) for place in places]
    is_upright = max(map(len, names)) <= 3
    size = relative_size(10 if is_upright else 8.5)
    axes.set_xticks([place + 0.5 for place in places], names, rotation=0 if is_upright else 45, fontsize=size)
    axes.set_yticks([place + 0.5 for place in places], names, rotation=0, fontsize=size)
    axes.tick_params(length=0, pad=2)
    make_room(axes)
    for place in range(num_classes) if numbered else ():
        axes.add_patch(_diagonal(place))
    axes.grid(visible=False)
    spots = _cells(counts_CC, class_names, say) if numbered else _rows(counts_CC, class_names, say)
    wrong = 1 - counts_CC.diagonal().sum() / max(1, counts_CC.sum())
    num_seeds = len(errors.predictions[key].run_ids)
    spoken = say("figure-confusion", arm=say("arm", kind=key), wrong=percent(wrong), num_seeds=num_seeds)
    return finish(f"confusion-{key}", figure, spoken, spots)


def write_numbers(axes: Axes, numbers: Sequence[Sequence[str]], size: float, diagonal: str = INK) -> None:
    """Write a text into each cell of a map.

    Args:
        axes: The map's.
        numbers: By row and column.
        size: Of the letters, for the web.
        diagonal: The colour of those on the diagonal.
    """
    style: Any = {"ha": "center", "va": "center", "fontsize": relative_size(size)}
    for row, texts in enumerate(numbers):
        for column, text in enumerate(texts):
            if text:
                axes.text(column + 0.5, row + 0.5, text, color=diagonal if row == column else INK, **style)


def make_room(axes: Axes) -> None:
    """Place the map beside its names: the same names, and so the same place, on every map."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.bbox.size
    room, gap = relative_size(ROOM), relative_size(GAP)
    left = max(label.get_window_extent().width for label in axes.get_yticklabels()) + room
    bottom = max(label.get_window_extent().height for label in axes.get_xticklabels()) + room
    axes.set_position((left / width, bottom / height, 1 - (left + gap) / width, 1 - (bottom + room) / height))


def _diagonal(place: int) -> Rectangle:
    return Rectangle((place, place), 1, 1, facecolor="none", edgecolor=LINE, linewidth=1)


def _numbers(counts_CC: NDArray[np.int64]) -> list[list[str]]:
    return [[str(number) if number else "" for number in row] for row in counts_CC]


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


def change_map(matrix: Matrix, names: Sequence[str], say: Language) -> Drawing | None:
    """Distilled minus baseline: orange where a confusion became more frequent, blue where less."""
    change = matrix.change
    if change is None:
        return None
    colored = change.copy()
    np.fill_diagonal(colored, 0)
    numbers = [[_signed(value) for value in row] for row in change]
    fewer, more = _off_diagonal(change, -1), _off_diagonal(change, 1)
    spoken = say("confusion-change-figure", fewer=f"{fewer:.1f}", more=f"{more:.1f}")
    return _map_of_matrix(
        "confusion-change", matrix, colored, numbers, names, spoken, say("confusion-change-title"), say
    )


def arm_map(key: str, matrix: Matrix, names: Sequence[str], say: Language) -> Drawing:
    """One arm's errors among some classes, in images a seed."""
    counts = matrix.by_arm[key].copy()
    numbers = [[f"{value:.1f}" if value >= LEAST_CHANGE else "" for value in row] for row in counts]
    np.fill_diagonal(counts, 0)
    name = say("arm", kind=key)
    spoken = say("confusion-grouped-figure", arm=name, wrong=f"{counts.sum():.1f}")
    # The square root: a few large cells, of "other" above all, would leave the rest blank.
    return _map_of_matrix(f"confusion-grouped-{key}", matrix, np.sqrt(counts), numbers, names, spoken, name, say)


def _map_of_matrix(
    name: str,
    matrix: Matrix,
    colored: NDArray[np.float64],
    numbers: list[list[str]],
    names: Sequence[str],
    spoken: str,
    title: str,
    say: Language,
) -> Drawing:
    labels = [names[index] for index in matrix.classes]
    if matrix.has_others:
        labels.append(say("confusion-others"))
        numbers[-1][-1] = ""  # what was read right there and what was confused among the others
    figure, axes = new_figure(460, 470, fit=False)  # with hundreds of texts the layout engine takes a second
    largest = float(np.abs(colored).max()) or 1.0
    axes.pcolormesh(np.ma.masked_equal(colored, 0), cmap=_diverging(), vmin=-largest, vmax=largest)
    write_numbers(axes, numbers, 9 if len(labels) <= 12 else 6.5, diagonal=MUTED)
    for place in range(len(labels)):
        axes.add_patch(Rectangle((place, place), 1, 1, facecolor="none", edgecolor=LINE, linewidth=1))
    _label_axes(axes, labels, say)
    axes.set_title(title, color=INK, fontsize=relative_size(12), loc="left")
    return finish(name, figure, spoken, _spots(matrix, numbers, labels, say))


def _label_axes(axes: Axes, labels: Sequence[str], say: Language) -> None:
    short = [label if len(label) <= MAX_LETTERS else label[: MAX_LETTERS - 1] + "…" for label in labels]
    is_tight = max(map(len, short)) > 3
    places = [place + 0.5 for place in range(len(labels))]
    size = relative_size(8.5 if is_tight else 10)
    axes.set_xticks(places, short, rotation=90 if is_tight else 0, fontsize=size)
    axes.set_yticks(places, short, fontsize=size)
    axes.set_xlim(0, len(labels))
    axes.set_ylim(len(labels), 0)
    axes.set_xlabel(say("confusion-said"))
    axes.set_ylabel(say("confusion-truth"))
    axes.tick_params(length=0, pad=2)
    axes.grid(visible=False)
    make_room(axes)


def _diverging() -> ListedColormap:
    """Blue for less, orange for more: told apart with any kind of colour blindness, on light and dark pages."""
    less, more = to_rgb(COOL), to_rgb(HEAT)
    shades = [STRONGEST * (step + 1) / NUM_SHADES for step in range(NUM_SHADES)]
    return ListedColormap([*((*less, shade) for shade in reversed(shades)), *((*more, shade) for shade in shades)])


def _spots(matrix: Matrix, numbers: list[list[str]], labels: Sequence[str], say: Language) -> list[Hotspot]:
    """Each cell with a number; between two single classes it leads to their images."""
    spots = []
    num_single = len(matrix.classes)
    for row, column in np.ndindex(len(labels), len(labels)):
        if not numbers[row][column]:
            continue
        text = say("confusion-cell", truth=labels[row], predicted=labels[column], number=numbers[row][column])
        href = None
        if row < num_single:
            href = f"class-{matrix.classes[row]}.html"
            if column < num_single and row != column:
                href += f"#as-{matrix.classes[column]}"
        spots.append(Hotspot(column, row, column + 1, row + 1, text, href))
    return spots


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", MINUS) if abs(value) >= LEAST_CHANGE else ""


def _off_diagonal(change: NDArray[np.float64], sign: int) -> float:
    """Images a seed by which confusions became rarer (sign −1) or more frequent (1), summed."""
    cells = change[~np.eye(len(change), dtype=bool)]
    return float((sign * cells).clip(min=0).sum())
