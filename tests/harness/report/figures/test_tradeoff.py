"""Accuracy against size and latency: the recorded numbers, in every language."""

from pathlib import Path

import pytest

from harness.report.analysis.costs import Cost, find_costs, latency_points, size_points
from harness.report.analysis.gains import Row, find_rows
from harness.report.build import report_files
from harness.report.figures.style import drawing_style
from harness.report.figures.tradeoff import scatter
from harness.report.results.reader import read_results
from harness.report.results.sweep_results import Results
from harness.report.text.language import LANGUAGES, language

pytestmark = pytest.mark.thorough

Measured = tuple[Results, tuple[Row, ...], tuple[Cost, ...]]


def measure(folder: Path) -> Measured:
    results = read_results(folder)
    rows = find_rows(results)
    return results, rows, find_costs(results, rows)


@pytest.fixture(scope="module")
def single(finished: Path) -> Measured:
    return measure(finished)


def test_points_are_the_measured_ones(single: Measured) -> None:
    results, rows, costs = single
    reference = results.plan.sweep.reference
    teacher, student = costs
    for points, field in ((size_points(rows, costs, reference), "size"), (latency_points(rows, costs, reference), "")):
        assert [point.arm.key for point in points] == ["teacher", "baseline", "distilled", "compare1"]
        assert [point.published for point in points] == [0.9, None, 0.88, None]
        for point, row in zip(points, rows, strict=True):
            assert point.accuracy == row.accuracy
            cost = teacher if point.arm.kind == "teacher" else student
            assert cost.size is not None and cost.single is not None
            assert point.price == (cost.size.num_parameters if field else cost.single.median_ms)
            assert point.spread == (None if field else cost.single.quartiles_ms)


def test_an_ensemble_has_a_size_and_no_latency(ensemble: Path) -> None:
    _, rows, costs = measure(ensemble)
    assert "teacher" in {point.arm.key for point in size_points(rows, costs, None)}
    timed = [point.arm.key for point in latency_points(rows, costs, None)]
    assert "teacher" not in timed and {"teacher1", "baseline", "distilled"} <= set(timed)


def test_one_price_is_no_figure(single: Measured) -> None:
    _, rows, costs = single
    assert size_points([row for row in rows if row.arm.kind != "teacher"], costs, None) == []
    assert scatter("size", [], language("en")) is None


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_figures_name_every_model(single: Measured, ensemble: Path, code: str) -> None:
    for results, rows, costs in (single, measure(ensemble)):
        for name, find in (("size", size_points), ("latency", latency_points)):
            points = find(rows, costs, results.plan.sweep.reference)
            with drawing_style():
                drawing = scatter(name, points, language(code))
            assert drawing is not None
            assert drawing.svg.count('class="spot"') == len(points)
            for point in points:
                assert f"{100 * point.accuracy.mean:.2f} %" in drawing.description


def test_the_page_has_them_beside_the_cost(finished: Path, sweep_dir: Path) -> None:
    index = report_files(finished, finished.parent / ".data")["index.html"]
    assert index.index('id="cost"') < index.index('id="tradeoff"')
    assert "Hollow: published, a paper" in index
    next(sweep_dir.glob("runs/test-*/speed.json")).unlink()
    index = report_files(sweep_dir, sweep_dir.parent / ".data")["index.html"]
    assert language("en")("tradeoff-size-caption") in index
    assert "quartiles of repeated passes" not in index
