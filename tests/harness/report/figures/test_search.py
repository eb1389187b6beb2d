"""The figures of a search show every trial."""

import re
from pathlib import Path

import pytest

from harness.report.analysis.search.reading import read_search
from harness.report.figures.drawing.style import drawing_style
from harness.report.figures.parallel import parallel_coordinates
from harness.report.figures.search import MAX_SPOTS, history, slice_by
from harness.report.figures.search_map import search_map
from harness.report.pages.sections.search_section import reading_part
from harness.report.study import find_findings
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_search import Make, hill, trial, trials_of


@pytest.mark.parametrize("code", list(LANGUAGES))
@pytest.mark.parametrize("metric", ["val_accuracy", "val_loss"])
def test_figures_show_every_trial(make: Make, tmp_path: Path, metric: str, code: str) -> None:
    trials = [
        *trials_of(hill, 12),
        trial(12, 0.1, 2.0, 0.5, "pruned"),
        trial(13, 0.2, 2.0, None, "failed"),
        trial(14, 0.3, 2.0, None, "running"),
        trial(15, 0.4, 2.0, 0.1 if metric == "val_accuracy" else 9.0),
    ]
    results = make(trials, metric=metric)
    found = find_findings(results, read_search(results, results.headline), None, (), (), tmp_path)
    assert found.search is not None
    with drawing_style():
        part = reading_part(found.search, found.advice, language(code))
    assert len(part.figures) == 3
    assert part.num_outside == 1 + (metric == "val_accuracy")
    for figure in part.figures:
        assert figure is not None
        assert figure.svg.count('class="spot"') == len(trials)
        assert figure.svg.count('<a href="runs/') == len(trials)
        for state in ("complete", "pruned", "failed", "open"):
            assert language(code)(f"trials-{state}") in figure.svg


def test_points_too_many_to_be_pointed_at_have_no_names(make: Make) -> None:
    results = make(trials_of(hill, MAX_SPOTS + 1))
    reading = read_search(results, results.headline)
    assert reading is not None
    with drawing_style():
        drawing = history(reading, language("en"))
    places = re.findall(r'<path d="M([^"]*)"[^>]* marker-mid=', drawing.svg)
    assert sum(len(path.split("L")) for path in places) > MAX_SPOTS - 10  # a mark or two stand alone
    assert 'class="spot"' not in drawing.svg


def test_the_data_are_the_trials(make: Make) -> None:
    trials = [*trials_of(hill, 3), trial(3, 0.1, 2.0, None, "failed")]
    results = make(trials)
    reading = read_search(results, results.headline)
    assert reading is not None
    with drawing_style():
        data = history(reading, language("en")).data
    assert [record["trial"] for record in data] == [0, 1, 2, 3]
    assert [record["run"] for record in data] == [one.run_id for one in trials]
    assert [record["val_accuracy_percent"] for record in data[:3]] == pytest.approx(
        [100 * one.value for one in trials[:3]]
    )
    assert data[3]["val_accuracy_percent"] is None and data[3]["state"] == "failed"
    assert data[3]["best_val_accuracy_percent_so_far"] == max(record["val_accuracy_percent"] for record in data[:3])


def test_no_figure_of_a_search_has_a_tick_beyond_100_percent(make: Make) -> None:
    """Where every trial reads all of val right, nothing but the room for the marks says how wide an axis is."""
    results = make(trials_of(lambda alpha, place: 1.0))
    reading = read_search(results, results.headline)
    assert reading is not None
    with drawing_style():
        drawn = [history(reading, language("en")), slice_by("alpha", reading, language("en"))]
        drawn += [search_map(reading, language("en")), parallel_coordinates(reading, language("en"))]
    for drawing in drawn:
        values = drawing.figure.axes[-1].yaxis  # the colours' bar, where there is one
        low, high = values.get_view_interval()
        assert high > 100
        ticks = [tick for tick in values.get_majorticklocs() if low <= tick <= high]
        assert ticks and max(ticks) == 100


def test_a_loss_has_the_ticks_that_it_needs(make: Make) -> None:
    results = make(trials_of(lambda alpha, place: 150 + 100 * place), metric="val_loss")
    reading = read_search(results, results.headline)
    assert reading is not None
    with drawing_style():
        drawing = history(reading, language("en"))
    assert max(drawing.figure.axes[0].get_yticks()) > 200
