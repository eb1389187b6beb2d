"""The search is a pure function of the results, whatever the order in which they come."""

import itertools
import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.controller.search import NUM_STARTUP_TRIALS, Search, TrialResult
from harness.state.records import Trials
from harness.state.run_state import RunState
from harness.sweep.search_config import Dimension, SearchConfig
from kd.config import DistillConfig
from kd.files import short_hash

FIRST = {"alpha": 0.5, "temperature": 2.0}
NUM_EPOCHS = 10
NUM_TRIALS = 14


def run_of(params):
    return f"search-{short_hash(dict(params))}"


def make(first=FIRST, **changes):
    config = SearchConfig(**({"num_trials": NUM_TRIALS} | changes))
    return Search(config, config.space_of(DistillConfig()), first, NUM_EPOCHS, run_of)


def quality(params):
    """Best at alpha 0.7 and temperature 6."""
    return 0.9 - (params["alpha"] - 0.7) ** 2 - 0.05 * math.log(params["temperature"] / 6) ** 2


class ProcessGroup:
    """Trains trials: knows how each run ends, and which have."""

    def __init__(self, search, outcome=None):
        self.search = search
        self.outcome = outcome or self.trained
        self.done = {}

    def trained(self, trial):
        final = quality(trial.params)
        values = [final - 0.2 / epoch for epoch in range(1, NUM_EPOCHS)] + [final]
        for epoch in sorted(trial.pruning.thresholds if trial.pruning else ()):
            if max(values[:epoch]) < trial.pruning.thresholds[epoch]:
                return TrialResult(RunState.PRUNED, values[:epoch], 1 - values[epoch - 1])
        return TrialResult(RunState.COMPLETE, values, 1 - final)

    def running(self):
        return [trial for trial in self.search.trials if trial.run_id not in self.done]

    def finish(self, trial):
        # A run shared by two trials ends as the first of them was planned.
        first = next(other for other in self.search.trials if other.run_id == trial.run_id)
        self.done[trial.run_id] = self.outcome(first)

    def advance(self):
        self.search.advance(self.done.get)


def complete(search, outcome=None, choose=lambda running: running[0]):
    """Run a search to its end, finishing one run at a time."""
    process_group = ProcessGroup(search, outcome)
    process_group.advance()
    while not search.finished:
        process_group.finish(choose(process_group.running()))
        process_group.advance()
    return process_group


def asked(search):
    return [(trial.number, trial.params, trial.run_id, trial.pruning) for trial in search.trials]


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
        at_once = NUM_STARTUP_TRIALS - 1  # results that no median is taken of
        assert len(search.trials) == min(NUM_TRIALS, max(len(in_order), at_once) + concurrency)
        assert len(search.told_trials()) == len(in_order)
        process_group.finish(random.choice(process_group.running()))
        process_group.advance()
    assert len(search.trials) == NUM_TRIALS


@pytest.mark.parametrize(("sampler", "num_at_once"), [("tpe", 13), ("random", 30), ("grid", 30)])
def test_trials_that_no_result_decides_are_asked_at_once(sampler, num_at_once):
    space = {"alpha": {"values": [n / 10 for n in range(10)]}, "temperature": {"values": [1, 2, 4]}}
    search = make(sampler=sampler, pruner="none", num_trials=30, space=space if sampler == "grid" else {})
    search.advance(lambda run_id: None)
    assert len(search.trials) == num_at_once


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


def test_tpe_listens_to_the_results():
    search = make(num_trials=14)
    complete(search, lambda trial: TrialResult(RunState.COMPLETE, [-quality(trial.params)] * NUM_EPOCHS, 0.0))
    plain = make(num_trials=14)
    complete(plain)
    assert search.trials[-1].params != plain.trials[-1].params


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


def test_a_shortened_grid_is_the_first_cells():
    space = {"alpha": {"values": [0.1, 0.9]}, "temperature": {"values": [1, 2, 3]}}
    search = make(sampler="grid", num_trials=4, space=space)
    complete(search)
    assert [(trial.params["alpha"], trial.params["temperature"]) for trial in search.trials] == [
        (0.1, 1),
        (0.1, 2),
        (0.1, 3),
        (0.9, 1),
    ]
    assert make(sampler="grid", num_trials=99, space=space).num_trials == 6


def test_equal_settings_share_a_run_and_its_result():
    space = {"alpha": {"values": [0.5]}, "temperature": {"values": [2, 4]}}
    search = make(sampler="random", num_trials=9, space=space)
    process_group = complete(search)
    assert len(process_group.done) == 2
    assert len(search.trials) == len(search.record().trials) == 9
    for trial, record in zip(search.trials, search.record().trials, strict=True):
        assert record.value == process_group.done[trial.run_id].values[-1]
    assert search.best.number == min(trial.number for trial in search.trials if trial.params["temperature"] == 4)


# How trials end.


def failing(numbers):
    def outcome(trial):
        if trial.number in numbers:
            return TrialResult(RunState.FAILED, [0.99] if trial.number % 2 else [], math.inf)
        return TrialResult(RunState.COMPLETE, [quality(trial.params)] * NUM_EPOCHS, 0.0)

    return outcome


def test_failed_trials_are_tolerated_and_never_best():
    search = make()
    complete(search, failing({0, 3, 4, 11}))
    states = [record.state for record in search.record().trials]
    assert [number for number, state in enumerate(states) if state == "failed"] == [0, 3, 4, 11]
    assert states.count("complete") == NUM_TRIALS - 4
    assert [trial.state.name for trial in search.told_trials()].count("FAIL") == 4
    assert (
        search.best.number
        == max(
            (trial for trial in search.trials if trial.number not in {0, 3, 4, 11}),
            key=lambda trial: quality(trial.params),
        ).number
    )


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_with_all_trials_failed_there_is_no_best(sampler):
    search = make(sampler=sampler)
    complete(search, failing(range(NUM_TRIALS)))
    assert search.finished
    assert search.best is None
    assert search.record().best is None
    assert {record.state for record in search.record().trials} == {"failed"}


def test_a_pruned_trial_is_never_best():
    search = make(num_trials=3)

    def outcome(trial):
        state = RunState.PRUNED if trial.number == 1 else RunState.COMPLETE
        return TrialResult(state, [0.99 if trial.number == 1 else 0.5 + trial.number / 100], 0.1)

    complete(search, outcome)
    assert search.best.number == 2
    assert [record.state for record in search.record().trials] == ["complete", "pruned", "complete"]
    assert [record.value for record in search.record().trials] == [0.5, 0.99, 0.52]


@pytest.mark.parametrize(
    ("metric", "values", "val_losses", "best"),
    [
        ("val_accuracy", [0.8, 0.9, 0.7, 0.9], [0.1, 0.3, 0.1, 0.2], 3),
        ("val_accuracy", [0.9, 0.9, 0.9, 0.9], [0.2, 0.1, 0.3, 0.1], 1),
        ("val_accuracy", [0.8, 0.7, 0.6, 0.5], [0.9, 0.1, 0.1, 0.1], 0),
        ("val_loss", [0.4, 0.2, 0.3, 0.5], [0.4, 0.2, 0.3, 0.5], 1),
        ("val_loss", [0.4, 0.2, 0.2, 0.5], [0.4, 0.2, 0.2, 0.5], 1),
    ],
)
def test_best_is_by_metric_then_val_loss_then_number(metric, values, val_losses, best):
    search = make(sampler="random", num_trials=4, metric=metric)
    ends = {
        number: TrialResult(RunState.COMPLETE, [0.0, value], loss)
        for number, (value, loss) in enumerate(zip(values, val_losses, strict=True))
    }
    complete(search, lambda trial: ends[trial.number])
    assert search.best.number == search.record().best == best
    assert search.best.params == search.trials[best].params


def test_best_counts_the_last_epoch_and_not_the_best_one():
    search = make(num_trials=2)
    ends = [[0.99, 0.5], [0.1, 0.6]]
    complete(search, lambda trial: TrialResult(RunState.COMPLETE, ends[trial.number], 0.1))
    assert search.best.number == 1


def test_optuna_minimises_val_loss():
    search = make(metric="val_loss", num_trials=30, concurrency=1, pruner="none")
    complete(search, lambda trial: TrialResult(RunState.COMPLETE, [1 - quality(trial.params)], 0.0))
    late = [quality(trial.params) for trial in search.trials[15:]]
    early = [quality(trial.params) for trial in search.trials[1:11]]
    assert statistics.mean(late) > statistics.mean(early)


# Pruning thresholds.


@pytest.mark.parametrize("metric", ["val_accuracy", "val_loss"])
def test_thresholds_are_the_median_of_the_complete_trials_told(metric):
    search = make(metric=metric, concurrency=2, sampler="random")

    def outcome(trial):
        if trial.number == 1:
            return TrialResult(RunState.FAILED, [9.0] * NUM_EPOCHS, 0.0)
        if trial.number == 2:
            return TrialResult(RunState.PRUNED, [9.0] * 4, 0.0)
        return TrialResult(RunState.COMPLETE, [trial.number + epoch / 100 for epoch in range(1, 11)], 0.0)

    complete(search, outcome)
    for trial in search.trials:
        told = [number for number in range(trial.number - 1) if number not in (1, 2)]
        if len(told) < NUM_STARTUP_TRIALS:
            assert trial.pruning is None
            continue
        assert trial.pruning.metric == metric
        assert list(trial.pruning.thresholds) == list(range(3, 10))  # after 30 % of 10 epochs, before the last
        for epoch, threshold in trial.pruning.thresholds.items():
            assert threshold == statistics.median(number + epoch / 100 for number in told)
    assert [trial.number for trial in search.trials if trial.pruning] == list(range(8, NUM_TRIALS))


def test_without_pruner_there_are_no_thresholds():
    search = make(pruner="none")
    complete(search)
    assert {trial.pruning for trial in search.trials} == {None}
    assert {record.state for record in search.record().trials} == {"complete"}


def test_some_of_the_reference_search_is_pruned(reference):
    states = [record.state for record in reference.record().trials]
    assert "pruned" in states
    assert states.count("complete") > NUM_STARTUP_TRIALS


def test_a_run_of_one_epoch_is_never_pruned():
    config = SearchConfig(num_trials=8)
    search = Search(config, config.dimensions, FIRST, 1, run_of)
    complete(search, lambda trial: TrialResult(RunState.COMPLETE, [0.5], 0.1))
    assert all(trial.pruning is None or not trial.pruning.thresholds for trial in search.trials)
