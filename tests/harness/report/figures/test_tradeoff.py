"""Accuracy against size and latency: the recorded numbers, in every language."""

from pathlib import Path

import pytest

from harness.report.analysis.costs import latency_points, size_points
from harness.report.figures.drawing.style import drawing_style
from harness.report.figures.tradeoff import scatter
from harness.report.text.language import LANGUAGES, language
from tests.support.measured_costs import Measured, measure

pytestmark = pytest.mark.thorough


def test_one_price_is_no_figure(single: Measured) -> None:
    _, rows, costs = single
    assert size_points([row for row in rows if row.arm.kind != "teacher"], costs, ()) == []
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
            seeds = [record["accuracy_percent"] for record in drawing.data if record["statistic"] == "seed"]
            assert seeds == pytest.approx([100 * value for point in points for value in point.seeds])
            assert sum(len(dots.get_offsets()) for dots in drawing.figure.axes[0].collections) == sum(
                1 + len(point.published) + (len(point.seeds) if len(point.seeds) > 1 else 0) for point in points
            )
            for point in points:
                assert f"{100 * point.accuracy.mean:.2f}{' %' if code == 'en' else '%'}" in drawing.description
