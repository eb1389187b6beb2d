"""Calibration and changes of confusion, drawn."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from harness.report.calibration import NUM_BINS, Calibration
from harness.report.confusions import Matrix
from harness.report.heatmaps import make_room, write_numbers
from harness.report.language import Language
from harness.report.svg import (
    COOL,
    HEAT,
    INK,
    LINE,
    MUTED,
    PAPER,
    Drawing,
    Hotspot,
    color_of,
    empty_figure,
    finish,
    new_figure,
    relative_size,
)
from harness.report.text import MINUS, percent

MIN_IN_BIN = 20  # images a seed: with fewer a bin's accuracy is luck
MARKERS = {"teacher": "s", "baseline": "o", "distilled": "D"}
NUM_SHADES = 32  # a side
STRONGEST = 0.85  # opacity, so that numbers stay readable on the fullest cell
MAX_LETTERS = 14  # of a class name
LEAST_CHANGE = 0.05  # images a seed that a number is written for


def reliability_diagram(calibration: Calibration, say: Language) -> Drawing:
    """Accuracy against confidence by bin, above how many images each bin has."""
    figure = empty_figure(440, 430)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 100], [0, 100], color=MUTED, linewidth=1.2, linestyle="--")
    for number, arm in enumerate(calibration.arms):
        label, color = say("arm", kind=arm.key), color_of(arm.key)
        filled = arm.count_B >= MIN_IN_BIN
        known = arm.count_B > 0
        places, heights = 100 * arm.confidence_B, 100 * arm.accuracy_B
        # A line through bins of a few images would show nothing but their luck.
        upper.plot(places[filled], heights[filled], color=color, linewidth=1.4, alpha=0.7)
        for chosen, face in ((filled, color), (known & ~filled, PAPER)):
            upper.scatter(
                places[chosen], heights[chosen], marker=MARKERS[arm.key], s=38, facecolors=face, edgecolors=color,
                label=label if face == color else None, zorder=3,
            )  # fmt: skip
        width = 100 / NUM_BINS / (len(calibration.arms) + 1)
        left = 100 * np.arange(NUM_BINS) / NUM_BINS + (number + 0.5) * width
        lower.bar(left, 100 * arm.count_B / arm.num_images, width=width, align="edge", color=color)
    upper.set_ylabel(say("calibration-accuracy"))
    upper.set_ylim(-3, 103)
    lower.set_ylabel(say("calibration-images"))
    lower.set_xlabel(say("calibration-confidence"))
    lower.set_xlim(0, 100)
    for axes in (upper, lower):
        axes.tick_params(length=0)
    upper.legend(loc="lower right", labelcolor=INK, handletextpad=0.3)
    values = "; ".join(
        say("calibration-spoken", arm=say("arm", kind=arm.key), ece=percent(arm.ece.mean)) for arm in calibration.arms
    )
    return finish("calibration", figure, say("calibration-figure", values=values))


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
    return _map("confusion-change", matrix, colored, numbers, names, spoken, say("confusion-change-title"), say)


def arm_map(key: str, matrix: Matrix, names: Sequence[str], say: Language) -> Drawing:
    """One arm's errors among some classes, in images a seed."""
    counts = matrix.by_arm[key].copy()
    numbers = [[f"{value:.1f}" if value >= LEAST_CHANGE else "" for value in row] for row in counts]
    np.fill_diagonal(counts, 0)
    name = say("arm", kind=key)
    spoken = say("confusion-grouped-figure", arm=name, wrong=f"{counts.sum():.1f}")
    # The square root: a few large cells, of "other" above all, would leave the rest blank.
    return _map(f"confusion-grouped-{key}", matrix, np.sqrt(counts), numbers, names, spoken, name, say)


def _map(
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
        text = say("confusion-cell", truth=labels[row], said=labels[column], number=numbers[row][column])
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
