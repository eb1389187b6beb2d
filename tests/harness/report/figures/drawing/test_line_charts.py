"""Curves as SVG: what a path says is what was measured."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.figures.drawing.line_charts import Chart, Curve, path_of, thinned
from tests.support.pages import points_of

EPOCHS = np.arange(1.0, 61.0)


def lines_of(chart: Chart) -> list[str]:
    """The paths of the curves, without grid and bands."""
    return re.findall(r'<path class="\w+(?: d\d)?"(?: data-arm="\w+")? d="([^"]*)"', chart.svg)


def view_of(chart: Chart) -> list[float]:
    return [float(number) for number in re.findall(r'viewBox="([^"]*)"', chart.svg)[1].split()]


@given(st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=60))
def test_a_path_says_every_point(values: list[int]) -> None:
    x = np.arange(len(values))
    at, read = zip(*points_of(path_of(x, np.array(values, float))), strict=True)
    assert np.interp(x, at, read) == pytest.approx(values)


@given(st.integers(1, 500), st.integers(1, 100))
def test_thinned_keeps_both_ends_and_the_limit(number: int, limit: int) -> None:
    kept = thinned(number, limit)
    assert kept[0] == 0
    assert kept[-1] == number - 1
    assert len(kept) <= limit + 1
    assert set(np.diff(kept)[1:]) <= {-(-number // limit)}


def test_accuracies_are_read_off_to_a_hundredth_of_a_point() -> None:
    accuracy = 100 * np.random.default_rng(0).uniform(0.5, 0.99, 60)
    chart = Chart("accuracy", (Curve("val", "baseline", EPOCHS, accuracy),), digits=2)
    at, read = zip(*points_of(lines_of(chart)[0]), strict=True)
    assert -np.interp(EPOCHS, at, read) / 100 == pytest.approx(accuracy, abs=0.005)
    assert 'data-reading="100 2"' in chart.svg


@pytest.mark.parametrize(("coarse", "share"), [(False, 0.0006), (True, 0.006)])
def test_losses_are_read_off_a_logarithmic_axis(coarse: bool, share: float) -> None:
    loss = np.geomspace(12.0, 0.003, 60) * np.random.default_rng(0).uniform(0.8, 1.2, 60)
    chart = Chart("loss", (Curve("val", "baseline", EPOCHS, loss),), log=True, coarse=coarse)
    per_decade = int(re.findall(r'data-reading="log10 (\d+)"', chart.svg)[0])
    at, read = zip(*points_of(lines_of(chart)[0]), strict=True)
    assert 10 ** (-np.interp(EPOCHS, at, read) / per_decade) == pytest.approx(loss, rel=share)


def test_a_loss_of_zero_takes_the_axis_back_to_linear() -> None:
    chart = Chart("loss", (Curve("val", "baseline", EPOCHS, np.linspace(2.0, 0.0, 60)),), log=True)
    assert not chart.is_log
    assert 'data-reading="1000"' in chart.svg


def test_everything_drawn_lies_within_the_view() -> None:
    random = np.random.default_rng(0)
    stack = random.uniform(0.1, 3.0, (5, 60))
    curve = Curve("val", "distilled", EPOCHS, stack.mean(axis=0), stack.min(axis=0), stack.max(axis=0), arm="distilled")
    chart = Chart("loss", (curve,))
    left, top, width, height = view_of(chart)
    band = re.findall(r'class="band distilled" data-arm="distilled" d="([^"]*)"', chart.svg)
    for x, y in points_of(band[0]) + points_of(lines_of(chart)[0]):
        assert left <= x <= left + width
        assert top <= y <= top + height


def test_single_runs_are_held_hidden_and_leave_the_axes_alone() -> None:
    curve = Curve("val", "distilled", EPOCHS, np.linspace(1.0, 2.0, 60), arm="distilled")
    run = Curve("val, seed 0", "distilled", EPOCHS, np.linspace(1.0, 9.0, 60), arm="distilled", run='a"b')
    chart = Chart("loss", (curve,), runs=(run,))
    assert view_of(chart) == view_of(Chart("loss", (curve,)))
    (path,) = re.findall(r"<path class=\"distilled run\"[^>]*>", chart.svg)
    assert 'data-arm="distilled" data-run="a&#34;b" hidden' in path
    assert [text for _, values in chart.rows(3) for text in values] == [chart.text(y) for y in curve.y[[0, 19, 39, 59]]]


def test_the_start_may_lie_below_the_axis() -> None:
    accuracy = np.concatenate(([1.0], np.linspace(90.0, 95.0, 59)))
    curves = (Curve("val", "baseline", EPOCHS, accuracy),)
    _, top, _, height = view_of(Chart("accuracy", curves, digits=2, is_share=True))
    assert 85 < -(top + height) / 100 < 91
    _, top, _, height = view_of(Chart("accuracy", curves, digits=2))
    assert -(top + height) / 100 < 1


@pytest.mark.parametrize(("level", "ends"), [(100.0, (0, 100)), (0.0, (0, 1))])
def test_a_share_has_no_tick_below_0_or_above_100_percent(level: float, ends: tuple[float, float]) -> None:
    curve = Curve("val", "baseline", EPOCHS, np.full(60, level))
    chart = Chart("accuracy", (curve,), digits=2, is_share=True)
    ticks = [float(tick.text.replace("−", "-")) for tick in chart.y_axis.ticks]
    assert level in ticks and ends[0] <= min(ticks) and max(ticks) <= ends[1]
    any_number = Chart("value", (curve,), digits=2).y_axis
    assert any_number.low < level < any_number.high


def test_a_value_that_is_not_finite_leaves_a_gap() -> None:
    loss = np.array([3.0, np.nan, 2.0, np.inf, 1.0])
    chart = Chart("loss", (Curve("train", "baseline", EPOCHS[:5], loss),), log=True)
    assert [x for x, _ in points_of(lines_of(chart)[0])] == [1, 3, 5]
    assert lines_of(chart)[0].count("M") == 3
    assert [row for _, row in chart.rows(10)] == [["3"], ["–"], ["2"], ["–"], ["1"]]


@pytest.mark.parametrize("values", [[0.001], [0.001, 0.001], [0.0, 0.0], [5e-5, 5e-5, 1e-7]])
def test_flat_and_short_curves_are_drawn(values: list[float]) -> None:
    chart = Chart(
        "rate", (Curve("rate", "baseline", np.arange(1.0, 1 + len(values)), np.array(values)),), from_zero=True
    )
    _, _, width, height = view_of(chart)
    assert width > 0
    assert height > 0
    texts = re.findall(r"<text y=-?\d+>([^<]*)</text>", chart.svg)
    assert texts
    assert max(map(len, texts)) <= 7


@pytest.mark.parametrize("is_log", [False, True])
def test_axes_of_one_value_say_every_number_once(is_log: bool) -> None:
    chart = Chart("loss", (Curve("train", "baseline", EPOCHS[:1], np.ones(1)),), log=is_log)
    across, down = (
        re.findall(r"<text[^>]*>([^<]*)", group) for group in re.findall(r"<g class=[xy]>.*?</g>", chart.svg)
    )
    for texts in (across, down):
        assert len(set(texts)) == len(texts) >= 1
    places = [int(place) for place in re.findall(r"<text y=(\d+)>", chart.svg)]
    assert all(abs(one - other) > 12 for one, other in itertools.pairwise(places))


def test_names_are_escaped() -> None:
    chart = Chart('<b>"loss"', (Curve("x", "baseline", EPOCHS[:2], EPOCHS[:2], arm='a"b'),))
    assert "<b>" not in chart.svg
    assert 'a"b' not in chart.svg


def test_the_data_are_the_values_and_bands_are_holes_where_there_are_none() -> None:
    band = Curve("b", "baseline", EPOCHS[:2], np.array([0.5, 0.25]), np.array([0.4, 0.2]), np.array([0.6, 0.3]),
                 arm="baseline")  # fmt: skip
    line = Curve("t", "teacher", EPOCHS[:2], np.array([0.1, np.nan]), arm="teacher")
    run = Curve("b, seed 0", "baseline", EPOCHS[:1], np.array([0.6]), arm="baseline", run="baseline-s0")
    records = list(Chart("loss", (band, line), runs=(run,), name="val_loss_nats").records)
    assert records[0] == {
        "quantity": "val_loss_nats", "arm": "baseline", "run": None, "epoch": 1.0, "mean": 0.5, "lowest": 0.4,
        "highest": 0.6,
    }  # fmt: skip
    assert [(one["arm"], one["run"], one["epoch"], one["mean"], one["lowest"]) for one in records[2:]] == [
        ("teacher", None, 1.0, 0.1, None), ("teacher", None, 2.0, None, None),
        ("baseline", "baseline-s0", 1.0, 0.6, None),
    ]  # fmt: skip


def test_the_curves_of_one_run_say_each_its_quantity() -> None:
    curves = tuple(Curve(name, "teacher", EPOCHS[:1], np.ones(1), quantity=name) for name in ("val_loss_nats", "rate"))
    assert [one["quantity"] for one in Chart("of a run", curves, name="loss").records] == ["val_loss_nats", "rate"]
