"""The section that reads a search, of any number of dimensions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.search.reading import read_search
from harness.report.analysis.search.surface import SeedNoise, Surface
from harness.report.build import report_files
from harness.report.figures.drawing.style import drawing_style
from harness.report.pages.sections.search_section import caption_of, region_of, search_section
from harness.report.study import Study, advice_for
from harness.report.text.language import LANGUAGES, language
from harness.state.files.records import TrialRecord
from tests.support.invented_search import GOOD, Make, best_of, hill, trial, trials_of
from tests.support.pages import told


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
    index = told(report_files(results.folder, tmp_path / "results" / ".data"))
    assert 'id="search"' in index
    assert (language("en")("advice-heading") in index) == bool(trials)


@pytest.mark.thorough
def test_the_page_says_what_was_reckoned(make: Make, tmp_path: Path) -> None:
    trials = trials_of(hill)
    results = make(trials, best_of(trials), GOOD)
    reading = read_search(results, results.headline)
    assert reading is not None and reading.noise is not None and reading.surface is not None
    index = told(report_files(results.folder, tmp_path / "results" / ".data")).replace("\N{NO-BREAK SPACE}", " ")
    assert f"standard deviation of {100 * reading.noise.deviation:.2f} points" in index
    assert f"{100 * reading.surface.region_share:.0f} % of the searched map" in index
    assert language("en")("advice-settled", mapped="yes") in index
    assert f"{100 * reading.importances['temperature']:.0f} %" in index


@pytest.mark.parametrize(("code", "word"), [("en", "Grey"), ("zh", "灰带")])
def test_a_caption_speaks_of_a_band_where_one_is_drawn(make: Make, code: str, word: str) -> None:
    results = make([trial(0, 0.5, 2.0, 0.9)])
    reading = read_search(results, results.headline)
    assert reading is not None
    reading = replace(reading, best=reading.trials[0])
    for noise, is_drawn in ((None, False), (SeedNoise(0.01, 4), True)):
        said = caption_of("history", replace(reading, noise=noise), language(code))
        assert (word in said) == is_drawn


@pytest.mark.parametrize(("row", "is_alone"), [(0, True), (2, False)])
def test_where_the_student_alone_is_best_no_setting_is_called_as_good(row: int, is_alone: bool) -> None:
    value_YX = np.full((4, 3), 0.5)
    value_YX[row] = 0.9
    alphas, temperatures = np.linspace(0, 0.9, 4), np.array([1.0, 2.0, 4.0])
    errors_YX = np.full((4, 3), 0.001)
    surface = Surface(("alpha", "temperature"), alphas, temperatures, value_YX, errors_YX, 0.01, maximize=True)
    region = region_of(surface, language("en"))
    assert region is not None and region.is_alone == is_alone


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_many_dimensions_are_lines_slices_and_importances(several: Study, code: str) -> None:
    say, found = language(code), several.results.methods[1]
    search = several.searches[found.method.key]
    with drawing_style():
        section = search_section(several, found, search, advice_for(several.results, search), {}, say)
    assert section.map is not None and "optimizer.name" in section.map.svg
    assert section.part is not None and section.part.region is None
    assert len(section.part.figures) == 1 + 4
    assert section.part.importances is not None
    assert section.heading == say("search-heading", names=["α", "T", "optimizer.lr", "optimizer.name"])
    assert "24" in section.of_baseline and "optimizer.lr" in section.of_baseline


def test_the_baseline_s_own_search_has_its_dimensions_alone(several: Study) -> None:
    alone = several.results.alone
    assert alone is not None
    search = several.searches[alone.method.key]
    with drawing_style():
        section = search_section(several, alone, search, advice_for(several.results, search), {}, language("en"))
    assert section.map is None  # a number and a list: each has a slice
    assert section.part is not None and len(section.part.figures) == 1 + 2
    assert section.trials is not None and "α" not in str(section.trials)
    assert section.of_baseline == ""


def test_where_nothing_is_searched_the_setting_is_given(study: Study, make: Make) -> None:
    found = study.results.headline._replace(method=study.results.headline.method._replace(space={}))
    section = search_section(study, found, None, (), {}, language("en"))
    assert not section.is_searched and section.setting == "α 0.5, T 2"
