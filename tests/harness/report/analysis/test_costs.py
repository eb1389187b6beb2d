"""Sizes and latencies are the recorded ones."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import find_rows
from harness.report.analysis.costs import find_costs, latency_points, size_points
from harness.report.analysis.speed_ratio import speed_ratio
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from kd.config import TrainConfig
from kd.files import read_record
from kd.records import Speed, Turns
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


def test_the_students_ratios_are_of_the_recorded_turns(results: Results) -> None:
    teacher, student = find_costs(results, find_rows(results))
    assert (teacher.single_ratio, teacher.batch_ratio) == (None, None)
    assert results.speed is not None
    found = {1: student.single_ratio, 128: student.batch_ratio}
    for turns in results.speed.turns:
        passes = turns.passes_ms
        assert found[turns.batch_size] == speed_ratio([passes["mnist_cnn"]], passes["mnist_mlp"])


def test_results_without_turns_have_no_ratio(results: Results) -> None:
    assert results.speed is not None
    old = results.speed.model_dump(mode="json")
    del old["turns"]
    *_, student = find_costs(replace(results, speed=Speed.model_validate(old)), find_rows(results))
    assert student.single == results.speed.timings["mnist_mlp"][0]
    assert (student.single_ratio, student.batch_ratio) == (None, None)


def test_models_that_did_not_take_turns_at_a_batch_have_a_ratio_of_one_image_alone(results: Results) -> None:
    assert results.speed is not None
    one = Turns(batch_size=1, passes_ms={"mnist_cnn": (2.0,) * 9, "mnist_mlp": (1.0,) * 9})
    rest = Turns(batch_size=128, passes_ms={"mnist_mlp": (1.0,) * 9})
    speed = results.speed.model_copy(update={"turns": (one, rest)})
    *_, student = find_costs(replace(results, speed=speed), find_rows(results))
    assert student.single_ratio == (2.0, 2.0, 2.0, 9)
    assert student.batch_ratio is None


def test_an_ensemble_is_its_teachers_one_after_the_other(ensemble: Path) -> None:
    results, rows, costs = measure(ensemble)
    assert results.speed is not None
    passes = results.speed.turns[0].passes_ms
    names = [config.training.title for row in rows if isinstance(config := row.arm.runs[0].run.config, TrainConfig)]
    teachers = [name for name, row in zip(names, rows[1:], strict=True) if row.arm.kind == "teacher"]
    assert len(teachers) > 1
    assert costs[-1].single_ratio == speed_ratio([passes[name] for name in teachers], passes[names[-1]])
