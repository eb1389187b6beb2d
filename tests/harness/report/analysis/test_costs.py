"""Sizes and latencies are the recorded ones."""

from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import find_rows
from harness.report.analysis.costs import find_costs, latency_points, size_points
from harness.report.results.reader import read_results
from harness.report.results.sweep_results import Results
from kd.files import read_record
from kd.records import Speed
from tests.support.measured_costs import Measured, measure

pytestmark = pytest.mark.thorough


def test_points_are_the_measured_ones(single: Measured) -> None:
    results, rows, costs = single
    reference = results.plan.sweep.reference
    teacher, student = costs
    for points, field in ((size_points(rows, costs, reference), "size"), (latency_points(rows, costs, reference), "")):
        assert [point.arm.key for point in points] == ["teacher", "baseline", "distilled", "compare1"]
        assert [point.published for point in points] == [(0.9,), (), (0.88,), ()]
        for point, row in zip(points, rows, strict=True):
            assert point.accuracy == row.accuracy
            cost = teacher if point.arm.kind == "teacher" else student
            assert cost.size is not None and cost.single is not None
            assert point.price == (cost.size.num_parameters if field else cost.single.median_ms)
            assert point.spread == (None if field else cost.single.quartiles_ms)


def test_an_ensemble_has_a_size_and_no_latency(ensemble: Path) -> None:
    _, rows, costs = measure(ensemble)
    assert "teacher" in {point.arm.key for point in size_points(rows, costs, ())}
    timed = [point.arm.key for point in latency_points(rows, costs, ())]
    assert "teacher" not in timed and {"teacher1", "baseline", "distilled"} <= set(timed)


@pytest.fixture(scope="module")
def results(finished: Path) -> Results:
    return read_results(finished)


def test_costs_are_the_recorded_ones(results: Results, finished: Path) -> None:
    teacher, student = find_costs(results, find_rows(results))
    assert (teacher.model, student.model) == ("mnist_cnn", "mnist_mlp")
    speed = read_record(next(finished.glob("runs/test-*/speed.json")), Speed)
    for cost, role in ((teacher, "teacher"), (student, "baseline")):
        weights = next(finished.glob(f"runs/{role}-*/model/model.safetensors"))
        assert cost.size is not None
        assert cost.size.num_bytes == weights.stat().st_size
        assert (cost.single, cost.batch) == speed.timings[cost.model]
