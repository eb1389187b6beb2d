"""Lines across all searched dimensions, one a trial."""

import re
from pathlib import Path

import pytest

from harness.report.analysis.search.reading import SearchReading, read_search
from harness.report.figures.drawing.style import drawing_style
from harness.report.figures.parallel import parallel_coordinates
from harness.report.results.reading.reader import read_results
from harness.report.study import Study
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_methods import WIDE_SPACE, invent_methods


@pytest.fixture
def wide(several: Study) -> SearchReading:
    reading = read_search(several.results, several.results.methods[0])
    assert reading is not None
    return reading


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_dimension_and_every_listed_value_is_written(wide: SearchReading, code: str) -> None:
    with drawing_style():
        drawing = parallel_coordinates(wide, language(code))
    assert drawing is not None
    for text in ("optimizer.lr", "optimizer.name", "adam", "sgd", "0.0001"):
        assert text in drawing.svg
    assert drawing.svg.count('<polyline class="spot"') == len(wide.trials)


def test_every_line_leads_to_its_run_and_says_its_values(wide: SearchReading) -> None:
    with drawing_style():
        drawing = parallel_coordinates(wide, language("en"))
    assert drawing is not None
    links = re.findall(
        r'<a href="runs/([^"]+)\.html"><title>([^<]*)</title><polyline class="spot" points="([^"]*)"', drawing.svg
    )
    assert sorted(run for run, _, _ in links) == sorted(trial.run_id for trial in wide.trials)
    assert all(len(points.split()) == 2 * len(wide.varied) for _, _, points in links)
    by_run = {trial.run_id: trial for trial in wide.trials}
    assert all(title.startswith(f"trial {by_run[run].number}:") for run, title, _ in links)


def test_a_line_a_trial_and_the_best_twice(wide: SearchReading) -> None:
    with drawing_style():
        drawing = parallel_coordinates(wide, language("en"))
    assert drawing is not None
    assert len(drawing.figure.axes[0].lines) == len(wide.trials) + 1


def test_before_a_trial_is_complete_nothing_is_drawn(tmp_path: Path) -> None:
    search = {"num_trials": 3, "space": WIDE_SPACE}
    results = read_results(invent_methods(tmp_path, ["kd", "dkd"], failed=["kd"], search=search))
    reading = read_search(results, results.methods[0])
    assert reading is not None
    with drawing_style():
        assert parallel_coordinates(reading, language("en")) is None
