"""The search's reading against scipy: noise, the best so far, what is read of odd searches, what matters."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from harness.report.analysis.search.reading import (
    MAX_TRIALS_LISTED,
    best_so_far,
    find_importances,
    find_seed_noise,
    finished_trials,
    num_seeds,
    over_seeds,
    read_search,
    shown_state,
)
from harness.report.results.reading.reader import read_results
from harness.state.attempts.run_state import RunState
from harness.state.files.records import RepeatRecord
from harness.sweep.search.config import Dimension, SearchConfig
from tests.support.invented_methods import WIDE_SPACE, invent_methods
from tests.support.invented_search import Make, hill, trial, trials_of

CONFIG = SearchConfig(num_trials=24)
SPACE = CONFIG.dimensions


def test_seed_noise_is_the_pooled_deviation(make: Make) -> None:
    students = {"baseline": [0.90, 0.92, 0.91], "compare1": [0.95, 0.94, 0.99], "distilled": [0.97, 0.97, 0.96]}
    results = make([trial(0, 0.5, 2.0, 0.9)], 0, students)
    for metric in ("val_accuracy", "val_loss"):
        noise = find_seed_noise(results, metric)
        assert noise is not None and noise.degrees == 6
        pooled = np.mean([stats.tvar(values) for values in students.values()])
        assert noise.deviation == pytest.approx(math.sqrt(pooled))


def test_without_two_seeds_noise_is_not_known(make: Make) -> None:
    assert find_seed_noise(make([trial(0, 0.5, 2.0, 0.9)], 0, {"baseline": [0.9]}), "val_accuracy") is None


def test_best_so_far_skips_what_is_not_complete() -> None:
    trials = [
        trial(0, 0.5, 2.0, 0.99, "pruned"),
        trial(1, 0.5, 3.0, 0.90),
        trial(2, 0.5, 4.0, None, "failed"),
        trial(3, 0.5, 5.0, 0.80),
        trial(4, 0.5, 6.0, 0.95),
    ]
    assert best_so_far(trials, maximize=True) == (None, 0.90, 0.90, 0.90, 0.95)
    assert best_so_far(trials, maximize=False) == (None, 0.90, 0.90, 0.80, 0.80)


def test_equal_settings_share_a_run_and_count_once() -> None:
    one = trial(0, 0.5, 2.0, 0.9)
    again = trial(1, 0.5, 2.0, 0.9).model_copy(update={"run_id": one.run_id})
    lost = trial(2, 0.5, 3.0, float("nan"))
    assert [t.run_id for t in finished_trials([one, again, lost])] == [one.run_id]


@pytest.mark.parametrize("sampler", ["tpe", "grid"])
def test_importance_goes_to_what_matters(sampler: str) -> None:
    config = CONFIG
    trials = trials_of(lambda a, t: 0.9 + 0.1 * t + 0.001 * a, 40)
    if sampler == "grid":
        values = {"alpha": {"values": [0.1, 0.5, 0.9]}, "temperature": {"values": [1.0, 4.0, 16.0]}}
        config = SearchConfig.model_validate({"sampler": "grid", "space": values})
        cells = np.ndindex(3, 3)
        trials = [trial(n, (0.1, 0.5, 0.9)[a], (1.0, 4.0, 16.0)[t], 0.9 + 0.01 * t) for n, (a, t) in enumerate(cells)]
    found = find_importances(trials, config, config.dimensions)
    assert next(iter(found)) == "temperature"
    assert found["temperature"] > 0.8
    assert sum(found.values()) == pytest.approx(1)


def test_one_dimension_explains_all_or_nothing() -> None:
    trials = trials_of(hill, 24)
    fixed = {"alpha": Dimension(low=0.5, high=0.5), "temperature": SPACE["temperature"]}
    assert find_importances(trials, CONFIG, fixed) == {}
    assert find_importances(trials_of(lambda a, t: 0.9), CONFIG, SPACE) == {}
    assert find_importances(trials[:7], CONFIG, SPACE) == {}


def test_a_method_s_search_is_read_with_all_its_dimensions(tmp_path: Path) -> None:
    methods = ["kd", "hard"]
    folder = invent_methods(tmp_path, methods, search={"num_trials": 20, "space": WIDE_SPACE})
    results = read_results(folder)
    kd, hard = (read_search(results, found) for found in results.methods)
    assert kd is not None and hard is not None and kd.is_over is True
    assert kd.varied == tuple(WIDE_SPACE) and "temperature" not in hard.varied
    assert set(kd.importances) == set(WIDE_SPACE)
    assert next(iter(kd.importances)) == "alpha"
    assert kd.surface is None
    assert kd.best is results.methods[0].best
    alone = results.alone
    assert alone is not None
    reading = read_search(results, alone)
    assert reading is not None and reading.varied == ("student.optimizer.lr", "student.optimizer.name")
    assert reading.num_finals == 3


def test_a_search_that_has_not_begun_or_failed_is_read_as_that(tmp_path: Path) -> None:
    results = read_results(invent_methods(tmp_path, ["kd", "dkd"], failed=["kd"], searching=["dkd"]))
    failed, open_one = (read_search(results, found) for found in results.methods)
    assert failed is not None and failed.best is None and not failed.is_over and failed.num("failed") == 10
    assert open_one is not None and open_one.best is not None and not open_one.is_over
    given = read_results(invent_methods(tmp_path / "given", ["kd", "dkd"], search=None))
    assert [read_search(given, found) for found in given.methods] == [None, None]


def test_a_repeated_setting_is_shown_with_its_mean(make: Make) -> None:
    again = RepeatRecord(run_id="search-0000000a-s1001", state=RunState.COMPLETE, value=0.86)
    lost = RepeatRecord(run_id="search-0000000b-s1002", state=RunState.FAILED)
    lucky = trial(0, 0.5, 2.0, 0.92).model_copy(update={"repeats": (again, lost)})
    results = make([lucky, trial(1, 0.5, 3.0, 0.90)], 1)
    reading = read_search(results, results.headline)
    assert reading is not None and reading.best is not None
    assert [one.value for one in reading.trials] == pytest.approx([0.89, 0.90])
    assert reading.best.number == 1 and reading.num_repeated == 1
    assert [num_seeds(one) for one in reading.trials] == [2, 1]
    assert over_seeds(trial(2, 0.5, 4.0, 0.9)).value == 0.9


def test_the_chosen_trial_is_the_best_whatever_another_one_came_to(make: Make) -> None:
    """One seed's larger value does not choose where means do, nor an equal one with a larger loss."""
    results = make([trial(0, 0.5, 2.0, 0.95), trial(1, 0.5, 3.0, 0.90)], 1)
    reading = read_search(results, results.headline)
    assert reading is not None and reading.best is not None and reading.best.number == 1


@pytest.mark.parametrize(("metric", "listed"), [("val_accuracy", range(60, 10, -1)), ("val_loss", range(1, 51))])
def test_of_too_many_trials_the_best_are_listed(make: Make, metric: str, listed: range) -> None:
    trials = [trial(n, (n + 1) / 100, 2.0, n / 100) for n in range(61)]
    trials[0] = trial(0, 0.01, 2.0, 2.0 if metric == "val_accuracy" else -1.0, "pruned")
    results = make(trials, metric=metric, num_trials=61)
    reading = read_search(results, results.headline)
    assert reading is not None and reading.maximize == (metric == "val_accuracy")
    assert [one.number for one in reading.listed] == list(listed)
    few = replace(reading, trials=reading.trials[:MAX_TRIALS_LISTED])
    assert few.listed == list(few.trials)


def test_before_the_first_trial_or_without_a_dimension_there_is_no_reading(make: Make) -> None:
    results = make([trial(0, 0.5, 2.0, 0.9)], 0)
    found = results.headline
    assert read_search(results, found) is not None
    assert read_search(results, found._replace(trials=found.trials.model_copy(update={"trials": ()}))) is None
    assert read_search(results, found._replace(method=found.method._replace(space={}))) is None


def test_what_is_not_over_is_open(make: Make) -> None:
    states = ["complete", "running", "not started", "pruned", "failed"]
    trials = [trial(n, n / 10, 2.0, 0.9 if state == "complete" else None, state) for n, state in enumerate(states)]
    assert [shown_state(one) for one in trials] == ["complete", "open", "open", "pruned", "failed"]
    results = make([one for one in trials if one.state != "running"])
    reading = read_search(results, results.headline)
    assert reading is not None and reading.num_open == 1
