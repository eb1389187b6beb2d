"""Forest plots: every seed is a dot where its value is, and nothing drawn lies outside the axis."""

import math
import re

import numpy as np
import pytest

from harness.report.analysis.statistics import Estimate
from harness.report.figures.forest import ForestRow, forest
from harness.report.figures.print_style import COLUMN, to_print
from harness.report.figures.style import Drawing, drawing_style

ROWS = [
    ForestRow("Teacher", "teacher", Estimate(97.0, math.nan, math.nan), (97.0,), published=98.5),
    ForestRow("Baseline", "baseline", Estimate(91.0, 89.5, 92.5), (90.6, 90.9, 91.1, 91.1, 91.3)),
]


def draw(rows: list[ForestRow] = ROWS, **options: bool) -> Drawing:
    with drawing_style():
        return forest("test", rows, "accuracy", "what it shows", **options)


def dots(drawing: Drawing) -> list[tuple[float, float]]:
    """Places of the translucent marks, in data coordinates."""
    found = [each for each in drawing.figure.axes[0].collections if each.get_alpha() is not None]
    return [(x, y) for each in found for x, y in np.asarray(each.get_offsets()).tolist()]


def test_every_seed_is_a_dot_below_its_row() -> None:
    drawn = dots(draw())
    assert sorted(x for x, _ in drawn) == sorted(seed for row in ROWS for seed in row.seeds)
    for x, y in drawn:
        place = math.floor(y)
        assert 0 < y - place < 0.5
        assert x in ROWS[place].seeds


def test_dots_have_their_arms_colour_on_the_page() -> None:
    svg = draw().svg
    found = re.findall(r"fill:var\(--(\w+)\);fill-opacity", svg)
    assert found.count("teacher") == 1
    assert found.count("baseline") == 5
    assert "#0101" not in svg


@pytest.mark.parametrize("zero", [False, True])
def test_all_of_it_lies_on_the_axis(zero: bool) -> None:
    low, high = draw(zero=zero).figure.axes[0].get_xlim()
    assert high > 98.5  # the published figure
    assert low < (0 if zero else 89.5)
    assert zero or low > 85


def test_one_row_of_one_value_has_an_axis() -> None:
    drawing = draw([ForestRow("Teacher", "teacher", Estimate(97.0, math.nan, math.nan))])
    assert dots(drawing) == []
    low, high = drawing.figure.axes[0].get_xlim()
    assert low < 97 < high


def test_equal_rows_give_equal_bytes() -> None:
    assert draw().svg == draw().svg


def test_in_print_no_label_begins_outside_the_page() -> None:
    rows = [ForestRow("Setting α 0.9, T 4\u200293.32", "compare", Estimate(93.0, 92.0, 94.0), (92.8, 93.2))]
    with drawing_style(COLUMN):
        drawing = forest("test", rows, "accuracy", "what it shows")
        label = drawing.figure.axes[0].get_yticklabels()[0]
        right = label.get_window_extent().x1
    drawn = to_print(drawing, COLUMN).svg.decode()
    # the letters of the label, as outlines, each at its distance from the label's beginning
    start = re.search(r'<g id="text_\d+">\s*<!-- Setting.*?translate\(([-\d.]+) ', drawn, re.DOTALL)
    assert start is not None
    assert 0 <= float(start[1]) < right
