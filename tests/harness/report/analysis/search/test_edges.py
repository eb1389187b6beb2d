"""Whether the best setting lies at an end, and what widens it; every rule is in the tests of the advice too."""

from dataclasses import replace
from typing import Any

import pytest

from harness.report.analysis.search.edges import find_edges
from harness.report.analysis.search.reading import read_search
from harness.report.study import Study
from harness.sweep.search.config import Dimension
from tests.support.invented_search import GOOD, Make, best_of, trial, trials_of


@pytest.mark.parametrize(
    ("alpha", "temperature", "expected"),
    [
        (0.5, 5.0, []),
        (0.5, 19.5, [("temperature", False, False, "search.space.temperature.high=40")]),
        (0.5, 1.05, [("temperature", True, False, "search.space.temperature.low=0.5")]),
        (0.01, 5.0, [("alpha", True, True, None)]),
        (0.99, 5.0, [("alpha", False, True, None)]),
        (0.99, 1.0, [("alpha", False, True, None), ("temperature", True, False, "search.space.temperature.low=0.5")]),
    ],
)
def test_ends(make: Make, alpha: float, temperature: float, expected: list[object]) -> None:
    trials = [*trials_of(lambda a, t: 0.8 - (a - alpha) ** 2, 5), trial(5, alpha, temperature, 0.9)]
    results = make(trials, best_of(trials), GOOD)
    reading = read_search(results, results.headline)
    assert reading is not None
    found = find_edges(results, reading)
    assert [(edge.name, edge.is_low, edge.is_natural, edge.change) for edge in found] == expected


def test_before_there_is_a_best_there_is_no_end(make: Make) -> None:
    results = make([trial(0, 0.5, 5.0, None, "running")])
    reading = read_search(results, results.headline)
    assert reading is not None and find_edges(results, reading) == ()


@pytest.mark.parametrize(
    ("name", "dimension", "best", "changes"),
    [
        ("student.batch_size", {"low": 5, "high": 99, "log": True, "is_int": True}, 5, ["low=2"]),
        ("student.batch_size", {"low": 1, "high": 4, "is_int": True}, 4, ["high=6"]),
        ("student.label_smoothing", {"low": 0.0, "high": 0.5}, 0.5, ["high=0.75"]),
        ("student.label_smoothing", {"low": 0.0, "high": 0.9}, 0.9, []),  # 1 is no label smoothing
        ("scale", {"low": 0.1, "high": 2.0}, 0.1, []),  # and 0 no scale
        ("student.label_smoothing", {"low": 0.2, "high": 0.6}, 0.2, ["low=0"]),
        ("student.label_smoothing", {"low": 0.3, "high": 0.5}, 0.3, ["low=0.2"]),
        ("student.label_smoothing", {"low": 0.1, "high": 0.5}, 0.1, ["low=0"]),
        ("student.label_smoothing", {"low": 0.0, "high": 0.5}, 0.0, []),  # nothing is below it
        ("student.batch_size", {"values": [16, 32, 64]}, 64, ["values=[16,32,64,128]"]),
        ("student.batch_size", {"values": [5, 10, 20]}, 5, ["values=[2,5,10,20]"]),
        ("student.label_smoothing", {"values": [0.1, 0.2, 0.3]}, 0.3, ["values=[0.1,0.2,0.3,0.4]"]),
        ("alpha", {"low": 0.2, "high": 0.8}, 0.8, ["high=1"]),
        ("alpha", {"low": 0.2, "high": 0.8}, 0.2, ["low=0"]),
    ],
)
def test_a_range_is_widened_to_values_that_can_be(
    several: Study, name: str, dimension: dict[str, Any], best: float, changes: list[str]
) -> None:
    found = several.results.methods[1]
    reading = read_search(several.results, found)
    assert reading is not None and reading.best is not None
    space = {name: Dimension.model_validate(dimension)}
    moved = replace(
        reading,
        found=found._replace(method=found.method._replace(space=space)),
        best=reading.best.model_copy(update={"params": {name: best}}),
        config=reading.config.model_copy(update={"space": space}),
        flat=frozenset(),
    )
    edges = find_edges(several.results, moved)
    assert [edge.change for edge in edges] == [f"search.space.{name}.{change}" for change in changes]
    assert [(edge.value, edge.end, edge.is_natural) for edge in edges] == [(best, best, False)] * len(changes)
    of_its_own = replace(moved, config=reading.config)
    assert [edge.change for edge in find_edges(several.results, of_its_own)] == [None] * len(changes)


def test_where_all_trials_have_one_value_the_best_ones_place_is_luck(make: Make) -> None:
    trials = [*trials_of(lambda a, t: 0.9, 5), trial(5, 0.5, 19.9, 0.9)]
    results = make(trials, 5, GOOD)
    reading = read_search(results, results.headline)
    assert reading is not None and find_edges(results, replace(reading, flat=frozenset())) == ()
