"""The search is a pure function of the results, whatever the order in which they come."""

import itertools
import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.controller.search import Search, TrialResult
from harness.controller.search.pruners import NUM_TOLD
from harness.state.attempts.run_state import RunState
from harness.state.files.records import Trials
from harness.sweep.search.config import Dimension, SearchConfig
from tests.support.searches import (
    FIRST,
    NUM_EPOCHS,
    NUM_TRIALS,
    ProcessGroup,
    asked,
    complete,
    make,
    run_of,
    trained,
)


@pytest.fixture(scope="module")
def reference():
    """TPE with its runs finishing in the order they were asked."""
    search = make()
    complete(search)
    return search


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_the_order_of_completion_the_same_trials_are_asked(reference, random):
    search = make()
    complete(search, choose=random.choice)
    assert asked(search) == asked(reference)
    assert search.record() == reference.record()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, NUM_TRIALS), st.randoms(use_true_random=False))
def test_killed_and_recomputed_from_the_results_it_goes_on_the_same(reference, num_done, random):
    before = ProcessGroup(make())
    before.advance()
    for _ in range(num_done):
        if running := before.running():
            before.finish(random.choice(running))
            before.advance()
    after = ProcessGroup(make())
    after.done = before.done  # all that is left of the first process: the run folders
    after.advance()
    assert asked(after.search) == asked(before.search)
    while not after.search.finished:
        after.finish(random.choice(after.running()))
        after.advance()
    assert asked(after.search) == asked(reference)


def test_asking_again_without_news_changes_nothing():
    search = make()
    for _ in range(3):
        search.advance(lambda run_id: None)
        assert len(search.trials) == 8  # the next one could be pruned by what trials 0 to 4 come to
    assert not search.finished
    assert search.record().best is None


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_with_more_trials_the_first_ones_are_unchanged(sampler):
    few, many = make(sampler=sampler, num_trials=8), make(sampler=sampler, num_trials=14)
    complete(few)
    complete(many)
    assert len(few.trials) == 8
    assert asked(many)[:8] == asked(few)
    assert len({tuple(trial.params.values()) for trial in many.trials}) == 14


@pytest.mark.parametrize("concurrency", [1, 2, 5, 50])
@settings(max_examples=5, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_trial_n_waits_for_the_results_up_to_n_minus_concurrency(concurrency, random):
    search = make(sampler="random", concurrency=concurrency)
    process_group = ProcessGroup(search)
    process_group.advance()
    while not search.finished:
        in_order = list(itertools.takewhile(lambda trial: trial.run_id in process_group.done, search.trials))
        at_once = NUM_TOLD["median"] - 1  # results that no median is taken of
        assert len(search.trials) == min(NUM_TRIALS, max(len(in_order), at_once) + concurrency)
        assert len(search.told_trials()) == len(in_order)
        process_group.finish(random.choice(process_group.running()))
        process_group.advance()
    assert len(search.trials) == NUM_TRIALS


@pytest.mark.parametrize(
    ("sampler", "pruner", "num_at_once"),
    [
        ("tpe", "none", 13),
        ("gp", "none", 13),
        ("cmaes", "none", 4),
        ("random", "none", 30),
        ("qmc", "none", 30),
        ("grid", "none", 30),
        ("grid", "median", 8),
        ("qmc", "successive_halving", 5),
        ("random", "hyperband", 5),
    ],
)
def test_trials_that_no_result_decides_are_asked_at_once(sampler, pruner, num_at_once):
    space = {"alpha": {"values": [n / 10 for n in range(10)]}, "temperature": {"values": [1, 2, 4]}}
    search = make(sampler=sampler, pruner=pruner, num_trials=30, space=space if sampler == "grid" else {})
    search.advance(lambda run_id: None)
    assert len(search.trials) == num_at_once


CONTRACT = [
    (sampler, pruner)
    for sampler in ("tpe", "gp", "cmaes", "qmc", "random", "grid")
    for pruner in ("none", "median", "successive_halving", "hyperband")
]


def contract_search(sampler, pruner):
    grid = {
        "alpha": {"values": [0.1, 0.5, 0.7, 0.9]},
        "temperature": {"values": [1, 2, 4, 6, 12]},
        "student.label_smoothing": {"values": [0, 0.1]},
    }
    mixed = {"student.batch_size": {"low": 16, "high": 256, "log": True, "int": True}, "beta": {"values": ["a", "b"]}}
    space = grid if sampler == "grid" else mixed
    number = 14 if sampler == "gp" else 18  # a Gaussian process takes its time
    return make(
        sampler=sampler, pruner=pruner, prune_from=0.2, space=space, num_trials=number, concurrency=2, top=2, repeats=2
    )


@pytest.mark.parametrize(("sampler", "pruner"), CONTRACT)
def test_any_search_is_a_pure_function_of_its_results(sampler, pruner):
    """Killed at any moment, its runs ending in any order: the same trials, thresholds, repeats and choice."""
    plain = contract_search(sampler, pruner)
    complete(plain, one_in_seven_fails)
    assert plain.finished
    assert len(plain.trials) == plain.num_trials >= NUM_TRIALS
    assert pruner == "none" or any(trial.pruning for trial in plain.trials)
    random = Random(0)
    group = ProcessGroup(contract_search(sampler, pruner), one_in_seven_fails)
    group.advance()
    while not group.search.finished:
        running = group.running()
        for trial in random.sample(running, min(len(running), random.randint(1, 4))):
            group.finish(trial)
        if random.random() < 0.3:
            group = group.after_a_kill(contract_search(sampler, pruner))
        group.advance()
    assert asked(group.search) == asked(plain)
    assert group.search.record() == plain.record()
    assert [trial.state for trial in group.search.told_trials()] == [trial.state for trial in plain.told_trials()]


def one_in_seven_fails(trial):
    if trial.number % 7 == 3:
        return TrialResult(RunState.FAILED, [], math.inf)
    return trained(trial)


def test_asked_at_once_or_one_by_one_trials_are_the_same(monkeypatch):
    at_once = make(num_trials=20)
    complete(at_once)
    monkeypatch.setattr(Search, "_num_needed", lambda self, number: max(0, number - 3))
    one_by_one = make(num_trials=20)
    complete(one_by_one)
    assert asked(at_once) == asked(one_by_one)
    assert any(trial.pruning for trial in at_once.trials)


def test_concurrency_is_part_of_what_tpe_knows():
    one, other = make(concurrency=1, num_trials=14), make(concurrency=6, num_trials=14)
    complete(one)
    complete(other)
    # Optuna's TPE draws its first 10 trials blindly; after them it uses what it was told.
    assert [trial.params for trial in one.trials[:10]] == [trial.params for trial in other.trials[:10]]
    assert one.trials[-1].params != other.trials[-1].params


@pytest.mark.parametrize(("sampler", "listens"), [("tpe", True), ("gp", True), ("cmaes", True), ("qmc", False)])
def test_a_sampler_listens_to_the_results(sampler, listens):
    ends = []
    for sign in (1, -1):
        search = make(num_trials=14, sampler=sampler, pruner="none")
        results = [TrialResult(RunState.COMPLETE, [sign * n % 7], 0.0) for n in range(14)]
        complete(search, lambda trial, results=results: results[trial.number])
        ends.append([trial.params for trial in search.trials])
    assert ends[0][:4] == ends[1][:4]
    assert (ends[0][-1] != ends[1][-1]) == listens


def test_the_sweeps_own_setting_is_trial_0():
    for sampler in ("tpe", "random"):
        search = make(sampler=sampler)
        search.advance(lambda run_id: None)
        assert search.trials[0].params == FIRST
    outside = make(first={"alpha": 0.5, "temperature": 50})
    outside.advance(lambda run_id: None)
    assert outside.trials[0].params["temperature"] <= 20


def test_settings_stay_in_the_space():
    space = {"alpha": {"low": 0.25, "high": 0.5}, "temperature": {"values": [1, 3, 9]}}
    search = make(sampler="random", space=space)
    complete(search)
    assert all(0.25 <= trial.params["alpha"] <= 0.5 for trial in search.trials)
    assert {trial.params["temperature"] for trial in search.trials} == {1, 3, 9}


def test_a_search_knows_nothing_of_its_dimensions_but_their_values():
    space = {
        "student.optimizer.lr": Dimension(low=1e-4, high=0.1, log=True),
        "student.batch_size": Dimension(low=2, high=5, is_int=True),
        "student.optimizer.name": Dimension(values=("sgd", "adam")),
        "student.optimizer.nesterov": Dimension(values=(False, True)),
    }
    first = {"student.optimizer.lr": 0.01, "student.optimizer.name": "adam"}  # the rest is left open
    search = Search(SearchConfig(num_trials=NUM_TRIALS), space, first, NUM_EPOCHS, run_of)
    complete(search, lambda trial: TrialResult(RunState.COMPLETE, [trial.params["student.optimizer.lr"]] * 10, 0.0))
    assert first.items() <= search.trials[0].params.items()
    for trial in search.trials:
        assert list(trial.params) == list(space)
        assert all(value in space[name] for name, value in trial.params.items())
        assert type(trial.params["student.batch_size"]) is int
        assert type(trial.params["student.optimizer.nesterov"]) is bool
    assert search.record() == Trials.model_validate_json(search.record().model_dump_json())


def test_the_seed_of_the_search_decides():
    settings_of = {}
    for seed in (1000, 1001):
        search = make(sampler="random", seed=seed)
        complete(search)
        settings_of[seed] = [tuple(trial.params.values()) for trial in search.trials[1:]]
    assert not set(settings_of[1000]) & set(settings_of[1001])


@given(st.lists(st.integers(0, 10), min_size=1, max_size=4, unique=True), st.sampled_from([1, 3, 100]))
@settings(max_examples=20, deadline=None)
def test_a_grid_is_exhaustive_and_in_order(tenths, concurrency):
    alphas, temperatures = [value / 10 for value in tenths], [1.0, 4.0, 2.0]
    space = {"alpha": {"values": alphas}, "temperature": {"values": temperatures}}
    search = make(sampler="grid", num_trials=None, space=space, concurrency=concurrency)
    complete(search)
    assert search.num_trials == 3 * len(alphas)
    assert [(trial.params["alpha"], trial.params["temperature"]) for trial in search.trials] == list(
        itertools.product(alphas, temperatures)
    )


def test_a_setting_is_tried_once_and_a_search_ends_with_the_last_there_is():
    space = {"alpha": {"values": [0.5, 0.25]}, "temperature": {"low": 2, "high": 5, "int": True}}
    for sampler in ("tpe", "gp", "random", "qmc"):
        search = make(sampler=sampler, num_trials=99, space=space, first={"alpha": 0.25, "temperature": 4.0})
        complete(search)
        assert search.num_trials == 8
        assert {tuple(trial.params.values()) for trial in search.trials} == set(
            itertools.product([0.5, 0.25], [2, 3, 4, 5])
        )
        assert [record.value for record in search.record().trials].count(None) == 0
        assert [trial.params for trial in search.told_trials()] == [trial.params for trial in search.trials]


def test_a_setting_that_failed_is_not_tried_again():
    space = {"alpha": {"values": [0.1, 0.5, 0.9]}, "temperature": {"values": [2]}}
    search = make(num_trials=9, space=space, first={})
    complete(search, lambda trial: TrialResult(RunState.FAILED, [], 0.0))
    assert sorted(trial.params["alpha"] for trial in search.trials) == [0.1, 0.5, 0.9]


def test_some_of_the_reference_search_is_pruned(reference):
    states = [record.state for record in reference.record().trials]
    assert "pruned" in states
    assert states.count("complete") > NUM_TOLD["median"]
