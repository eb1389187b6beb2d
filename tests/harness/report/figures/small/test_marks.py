"""Marks lie where their values do, and inside the figure."""

import re
from itertools import pairwise

import pytest

from harness.report.analysis.chance.statistics import Estimate
from harness.report.figures.small.marks import (
    HEIGHT,
    MARGIN,
    MAX_ROWS,
    WIDTH,
    IntervalRow,
    across,
    curve,
    dot,
    intervals,
    picture,
    upwards,
)


def numbers(svg: str, attribute: str) -> list[float]:
    return [float(value) for value in re.findall(rf' {attribute}="([-\d.]+)"', svg)]


def test_the_largest_value_is_at_the_right_and_at_the_top() -> None:
    values = [3.0, float("nan"), 1.0, 2.0]
    assert across(values)(3.0) == WIDTH - MARGIN and across(values)(1.0) == MARGIN
    assert upwards(values)(3.0) == MARGIN and upwards(values)(1.0) == HEIGHT - MARGIN
    assert across([5.0])(5.0) == WIDTH / 2


def test_a_figure_is_hidden_from_whoever_has_it_read_out_and_names_are_escaped() -> None:
    svg = picture([dot(1, 2, "distilled", '"><script>')])
    assert svg.startswith('<svg class="small"') and 'aria-hidden="true"' in svg and "<text" not in svg
    assert "<script>" not in svg and 'data-arm="&#34;&gt;' in svg


def test_one_point_alone_is_a_dot() -> None:
    assert curve([(1, 2)], "baseline").startswith("<circle")
    assert str(curve([(1, 2), (3, 4)], "baseline")) == '<path class="baseline" d="M1 2L3 4"/>'


def test_intervals_stand_on_one_scale_with_zero_and_their_seeds() -> None:
    rows = [
        IntervalRow("distilled", "distilled", Estimate(2.0, 1.0, 3.0), (1.5, 2.5)),
        IntervalRow("compare1", "compare", Estimate(4.0, float("nan"), float("nan"))),
    ]
    svg = str(intervals(rows))
    assert svg.count("<circle") == 4 and svg.count('data-arm="distilled"') == 4 and svg.count("<path") == 2
    assert numbers(svg, "cx")[-1] == WIDTH - MARGIN and f"M{MARGIN} 0L{MARGIN} {HEIGHT}" in svg
    assert "nan" not in svg and intervals([]) is None


@pytest.mark.parametrize("number", [1, 3, 4, 20])
def test_many_rows_neither_leave_the_figure_nor_touch(number: int) -> None:
    row = IntervalRow("method1", "method", Estimate(2.0, 1.0, 3.0), (1.5, 2.5))
    svg = str(intervals([row] * number))
    heights = numbers(svg, "cy")
    assert all(0 < height < HEIGHT for height in heights)
    means = [float(y) for y in re.findall(r'cy="([\d.]+)" r="4"', svg)]
    assert len(means) == min(number, MAX_ROWS) and all(b - a > 8 for a, b in pairwise(means))
