"""How trials end, and which one is chosen."""

import math
import statistics

import pytest

from harness.controller.search import Search, TrialResult
from harness.controller.search.pruners import NUM_TOLD
from harness.state.attempts.run_state import RunState
from harness.state.files.records import Trials
from harness.sweep.search.config import SearchConfig
from tests.support.searches import FIRST, NUM_EPOCHS, NUM_TRIALS, complete, make, quality, run_of

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
        if len(told) < NUM_TOLD["median"]:
            assert trial.pruning is None
            continue
        assert trial.pruning.metric == metric
        assert list(trial.pruning.thresholds) == list(range(6, 10))  # after 60 % of 10 epochs, before the last
        for epoch, threshold in trial.pruning.thresholds.items():
            assert threshold == statistics.median(number + epoch / 100 for number in told)
    assert [trial.number for trial in search.trials if trial.pruning] == list(range(8, NUM_TRIALS))


def test_without_pruner_there_are_no_thresholds():
    search = make(pruner="none")
    complete(search)
    assert {trial.pruning for trial in search.trials} == {None}
    assert {record.state for record in search.record().trials} == {"complete"}


def test_a_run_of_one_epoch_is_never_pruned():
    config = SearchConfig(num_trials=8)
    search = Search(config, config.dimensions, FIRST, 1, run_of)
    complete(search, lambda trial: TrialResult(RunState.COMPLETE, [0.5], 0.1))
    assert all(trial.pruning is None or not trial.pruning.thresholds for trial in search.trials)


# The best are trained again before one is chosen.


def values_by_run(search, values):
    """Results in which only the last value is looked at, by trial number and repeat; None: it failed."""

    def result_of(run_id):
        for trial, record in zip(search.trials, search.record().trials, strict=True):
            for n, name in enumerate([trial.run_id, *(repeat.run_id for repeat in record.repeats)]):
                if name == run_id:
                    value = values[trial.number][n]
                    if value is None:
                        return TrialResult(RunState.FAILED, [], math.inf)
                    return TrialResult(RunState.COMPLETE, [value], 1 - value)
        return None

    return result_of


REPEATED = {0: [0.70], 1: [0.90, 0.80, 0.82], 2: [0.88, 0.89, 0.90], 3: [0.60], 4: [0.86, 0.85, 0.85]}


def repeating(values):
    """A search whose best three are repeated, and its end."""
    search = make(sampler="random", num_trials=5, top=3, repeats=2, pruner="none")
    search.advance(lambda run_id: None)
    while search.advance(values_by_run(search, values)):
        pass
    return search


def test_the_choice_is_by_the_mean_over_the_seeds_of_the_best():
    search = repeating(REPEATED)
    assert search.finished
    assert search.best.number == search.record().best == 2  # and not 1, the luckiest
    records = search.record().trials
    assert [len(record.repeats) for record in records] == [0, 2, 2, 0, 2]
    assert [record.repeats[0].run_id for record in records if record.repeats] == [
        run_of(search.trials[n].params, 1) for n in (1, 2, 4)
    ]
    assert records[2].mean == pytest.approx(0.89)
    assert records[2].value == 0.88
    assert [trial.value for trial in search.told_trials()] == [0.7, 0.9, 0.88, 0.6, 0.86]  # the journal is of trials
    assert Trials.model_validate_json(search.record().model_dump_json()) == search.record()


def test_before_the_repeats_are_known_nothing_is_chosen():
    search = make(sampler="random", num_trials=5, top=3, repeats=2, pruner="none")
    search.advance(lambda run_id: None)
    trials = {trial.run_id: TrialResult(RunState.COMPLETE, [REPEATED[trial.number][0]], 0.0) for trial in search.trials}
    assert search.advance(trials.get)
    assert not search.finished
    assert search.record().best is None
    assert sum(len(record.repeats) for record in search.record().trials) == 6
    assert not search.advance(trials.get)


def test_a_repeat_that_failed_is_left_out_of_the_mean():
    search = repeating(REPEATED | {2: [0.88, None, None], 1: [0.9, None, 0.82]})
    assert search.finished
    assert search.best.number == 2
    assert [repeat.state for repeat in search.record().trials[2].repeats] == ["failed", "failed"]


@pytest.mark.parametrize("num_complete", [0, 1, 2])
def test_where_there_is_nothing_to_choose_from_nothing_is_repeated(num_complete):
    search = repeating({number: [0.5 if number < num_complete else None, 0.6, 0.6] for number in range(5)})
    assert search.finished
    assert sum(len(record.repeats) for record in search.record().trials) == (4 if num_complete == 2 else 0)
    assert (search.record().best is None) == (num_complete == 0)
