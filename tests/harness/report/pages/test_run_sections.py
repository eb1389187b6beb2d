"""The section that reads the search."""

from pathlib import Path

import pytest

from harness.report.analysis.search import (
    read_search,
)
from harness.report.build import report_files
from harness.report.text.language import language
from harness.state.records import TrialRecord
from tests.support.invented_search import GOOD, Make, best_of, hill, trial, trials_of


@pytest.mark.parametrize(
    "trials",
    [
        [],
        [trial(0, 0.5, 2.0, None, "running")],
        [trial(n, 0.5, 2.0 + n, 0.9, "pruned") for n in range(3)],
        [trial(n, 0.5, 2.0 + n, None, "failed") for n in range(3)],
        [trial(0, 0.5, 2.0, 0.9)],
    ],
)
def test_a_search_in_any_state_has_a_page(make: Make, tmp_path: Path, trials: list[TrialRecord]) -> None:
    results = make(trials)
    index = report_files(results.folder, tmp_path / "results" / ".data")["index.html"]
    assert 'id="search"' in index
    assert (language("en")("advice-heading") in index) == bool(trials)


@pytest.mark.thorough
def test_the_page_says_what_was_reckoned(make: Make, tmp_path: Path) -> None:
    trials = trials_of(hill)
    results = make(trials, best_of(trials), GOOD)
    reading = read_search(results)
    assert reading is not None and reading.noise is not None and reading.surface is not None
    index = report_files(results.folder, tmp_path / "results" / ".data")["index.html"]
    assert f"standard deviation of {100 * reading.noise.deviation:.2f} points" in index
    assert f"That is {100 * reading.surface.region_share:.0f} % of the searched map" in index
    assert language("en")("advice-settled", mapped="yes") in index
    assert f"{100 * reading.importances['temperature']:.0f} %" in index
