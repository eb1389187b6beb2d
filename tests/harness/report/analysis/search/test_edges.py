"""Whether the best setting lies at an end, and what widens it; every rule is in the tests of the advice too."""

import pytest

from harness.report.analysis.search.edges import find_edges
from harness.report.analysis.search.reading import read_search
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
