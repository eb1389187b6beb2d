"""Confusion matrices as heat maps of the errors alone, each cell a link to its images."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from harness.report.language import Language
from harness.report.mistakes import Mistakes
from harness.report.svg import HEAT, INK, LINE, MUTED, Drawing, Hotspot, finish, new_figure, relative_size
from harness.report.text import percent, shortened

WIDTH, HEIGHT = 360, 378
ROOM = 30  # for an axis label, or the title
GAP = 4  # on the right
MAX_CLASSES_WITH_NUMBERS = 20
MIN_FULL_SHARE = 0.03  # of a class read as one other; else a nearly perfect model would look as bad as any
STRONGEST = 0.85  # opacity, so that numbers stay readable on the fullest cell


def confusion_maps(mistakes: Mistakes, say: Language) -> list[Drawing]:
    """One map an arm, on one scale of colour."""
    fullest = max([MIN_FULL_SHARE, *(float(_wrong_shares(counts).max()) for counts in mistakes.confusions.values())])
    return [_map(key, mistakes, fullest, say) for key in mistakes.confusions]


def _wrong_shares(counts_CC: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each true class read as each other class; zero on the diagonal."""
    share_CC = counts_CC / np.maximum(counts_CC.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(share_CC, 0)
    return np.asarray(share_CC)


def _map(key: str, mistakes: Mistakes, fullest: float, say: Language) -> Drawing:
    """Row: true class; column: what the model said. Colour: share of the class; number: images, summed over seeds."""
    counts_CC, class_names = mistakes.confusions[key], mistakes.class_names
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
    num_seeds = len(mistakes.opinions[key].run_ids)
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
    for truth, said in zip(*np.nonzero(counts_CC), strict=True):
        counts = {"number": int(counts_CC[truth, said]), "total": int(totals[truth])}
        text = say("spoken-cell", truth=class_names[truth], said=class_names[said], **counts)
        href = f"class-{truth}.html" if truth == said else f"class-{truth}.html#as-{said}"
        spots.append(Hotspot(said, truth, said + 1, truth + 1, text, href))
    return spots


def _rows(counts_CC: NDArray[np.int64], class_names: Sequence[str], say: Language) -> list[Hotspot]:
    spots = []
    for truth, row in enumerate(counts_CC):
        text = say("spoken-row", truth=class_names[truth], number=int(row[truth]), total=int(row.sum()))
        spots.append(Hotspot(0, truth, len(row), truth + 1, text, f"class-{truth}.html"))
    return spots
