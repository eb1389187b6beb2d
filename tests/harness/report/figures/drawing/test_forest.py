"""A forest plot draws what it is given: means, intervals, seeds and published figures, in their places."""

import math

import pytest

from harness.report.analysis.chance.statistics import Estimate
from harness.report.figures.drawing.forest import SEEDS_BELOW, ForestRow, forest
from harness.report.figures.drawing.style import Drawing, drawing_style

ROWS = [
    ForestRow("teacher", "teacher", "teacher", Estimate(99.0, math.nan, math.nan), (99.0,)),
    ForestRow("distilled", "distilled", "distilled", Estimate(95.0, 94.0, 96.5), (94.5, 95.5), published=(90.0,)),
]


def draw(rows: list[ForestRow] = ROWS, zero: bool = False) -> Drawing:
    with drawing_style():
        return forest("f", rows, "per cent", "two rows", "accuracy_percent", zero)


def test_rows_have_their_mean_and_their_seeds_below_it() -> None:
    axes = draw().figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["teacher", "distilled"]
    places = {tuple(point) for dots in axes.collections for point in dots.get_offsets().tolist()}
    assert {(99.0, 0.0), (95.0, 1.0)} <= places
    assert {(99.0, SEEDS_BELOW), (94.5, 1 + SEEDS_BELOW), (95.5, 1 + SEEDS_BELOW)} <= places
    low, high = axes.get_ylim()
    assert low > high  # the first row is the upper one


def test_an_interval_is_a_line_and_none_is_none() -> None:
    lines = [tuple(line.get_xdata()) for line in draw().figure.axes[0].lines]
    assert [line for line in lines if len(line) == 2] == [(94.0, 96.5)]


@pytest.mark.parametrize("zero", [False, True])
def test_everything_drawn_is_on_the_axis(zero: bool) -> None:
    low, high = draw(zero=zero).figure.axes[0].get_xlim()
    assert low < (0.0 if zero else 90.0)
    assert zero or low > 80
    assert high > 99.0


def test_a_lone_value_has_room_around_it() -> None:
    low, high = (
        draw([ForestRow("x", "teacher", "teacher", Estimate(50.0, math.nan, math.nan))]).figure.axes[0].get_xlim()
    )
    assert low < 50 < high


def test_equal_figures_are_equal_bytes() -> None:
    assert draw().svg == draw().svg


def test_the_data_are_what_is_drawn() -> None:
    data = {
        (record["arm"], record["statistic"], record["number"]): record["accuracy_percent"] for record in draw().data
    }
    assert data == {
        ("teacher", "mean", None): 99.0,
        ("teacher", "seed", 1): 99.0,
        ("distilled", "mean", None): 95.0,
        ("distilled", "ci95_low", None): 94.0,
        ("distilled", "ci95_high", None): 96.5,
        ("distilled", "seed", 1): 94.5,
        ("distilled", "seed", 2): 95.5,
        ("distilled", "published", 1): 90.0,
    }


def test_no_tick_says_that_more_than_all_is_right() -> None:
    all_right = Estimate(100.0, math.nan, math.nan)
    perfect = [ForestRow(name, name, name, all_right, (100.0,)) for name in ("teacher", "baseline")]
    axis = draw(perfect).figure.axes[0].xaxis
    assert axis.get_view_interval()[1] > 100
    assert max(axis.get_majorticklocs()) == 100
    assert max(draw(perfect, zero=True).figure.axes[0].get_xticks()) > 100  # differences know no such end
