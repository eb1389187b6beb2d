"""The map of a search: of any two numbers, and of no other search."""

import pytest

from harness.report.analysis.search.reading import read_search
from harness.report.figures.drawing.style import drawing_style
from harness.report.figures.search_map import map_names, search_map
from harness.report.study import Study
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_search import GOOD, Make, best_of, hill, trials_of


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_trial_is_named_and_the_best_said(make: Make, code: str) -> None:
    trials = trials_of(hill)
    results = make(trials, best_of(trials), GOOD)
    reading = read_search(results, results.headline)
    assert reading is not None and map_names(reading) == ("alpha", "temperature")
    with drawing_style():
        drawing = search_map(reading, language(code))
    assert drawing is not None
    assert drawing.svg.count('class="spot"') == len(trials)
    assert all(f'<a href="runs/{trial.run_id}.html">' in drawing.svg for trial in trials)
    best = reading.best
    assert best is not None and f"{best.params['alpha']:.3g}" in drawing.description


def test_a_fixed_number_or_more_dimensions_leave_no_map(make: Make, several: Study) -> None:
    wide = read_search(several.results, several.results.methods[0])
    assert wide is not None and map_names(wide) is None and search_map(wide, language("en")) is None
    results = make(trials_of(hill), None, None, space={"alpha": {"values": [0.5]}})
    line = read_search(results, results.headline)
    assert line is not None and line.varied == ("temperature",) and map_names(line) is None


def test_any_two_numbers_make_a_map(several: Study) -> None:
    found = several.results.methods[0]
    names = ("alpha", "student.optimizer.lr")
    space = {name: found.method.space[name] for name in names}
    trials = tuple(
        trial.model_copy(update={"params": {name: trial.params[name] for name in names}})
        for trial in found.trials.trials
    )
    two = found._replace(
        method=found.method._replace(space=space), trials=found.trials.model_copy(update={"trials": trials})
    )
    reading = read_search(several.results, two)
    assert reading is not None and map_names(reading) == names
    with drawing_style():
        drawing = search_map(reading, language("en"))
    assert drawing is not None and "optimizer.lr" in drawing.svg
    assert drawing.figure.axes[0].get_xscale() == "log" and drawing.figure.axes[0].get_yscale() == "linear"
