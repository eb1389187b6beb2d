"""Thresholds by hand: who goes on at a rung, and which rungs a bracket has."""

from collections import Counter

import pytest

from harness.controller.search.pruners import NUM_TOLD, Told, thresholds
from harness.state.attempts.run_state import RunState
from harness.sweep.search.config import SearchConfig

NUM_EPOCHS = 27


def told(*finals: float, state: RunState = RunState.COMPLETE, epochs: int = NUM_EPOCHS) -> list[Told]:
    return [Told(n, state, [final] * epochs) for n, final in enumerate(finals)]


def config(pruner: str, **changes: object) -> SearchConfig:
    return SearchConfig.model_validate({"pruner": pruner, "prune_from": 0.1} | changes)


@pytest.mark.parametrize(("metric", "limit"), [("val_accuracy", 0.6), ("val_loss", 0.2)])
def test_the_best_third_goes_on_at_each_rung(metric: str, limit: float) -> None:
    found = thresholds(config("successive_halving", metric=metric), NUM_EPOCHS, 5, told(0.1, 0.2, 0.5, 0.6, 0.7))
    assert found is not None
    assert list(found.thresholds) == [3, 9]  # 27 is the end
    assert set(found.thresholds.values()) == {limit}  # with this trial they are six, and two of them go on


def test_with_two_rivals_at_least_one_of_three_goes_on() -> None:
    assert thresholds(config("successive_halving"), NUM_EPOCHS, 1, told(0.5)) is None
    found = thresholds(config("successive_halving"), NUM_EPOCHS, 2, told(0.5, 0.7))
    assert found is not None and found.thresholds == {3: 0.7, 9: 0.7}


def test_rivals_are_those_that_came_to_the_rung() -> None:
    rivals = [*told(0.8, 0.7), *told(0.9, 0.9, state=RunState.PRUNED, epochs=3), *told(1, 1, state=RunState.FAILED)]
    found = thresholds(config("successive_halving"), NUM_EPOCHS, 6, rivals)
    assert found is not None and found.thresholds == {3: 0.9, 9: 0.8}


def test_hyperband_spares_some_trials_the_early_rungs() -> None:
    first_rungs: Counter[int | None] = Counter()
    for number in range(34, 68):
        found = thresholds(config("hyperband"), NUM_EPOCHS, number, told(*[0.5] * number))
        first_rungs[min(found.thresholds) if found else None] += 1
    assert first_rungs == {3: 18, 9: 10, None: 6}  # 9 : 5 : 3


def test_no_trial_ends_before_its_share_of_the_epochs() -> None:
    for pruner in ("median", "successive_halving", "hyperband"):
        for share in (0.0, 0.3, 0.6):
            found = thresholds(config(pruner, prune_from=share), 30, 20, told(*[0.5] * 20, epochs=30))
            assert found is None or min(found.thresholds) >= max(1, round(30 * share))
    median = thresholds(config("median", prune_from=0.6), 30, 5, told(0.1, 0.2, 0.3, 0.4, 0.5, epochs=30))
    assert median is not None and median.thresholds == dict.fromkeys(range(18, 30), 0.3)
    assert thresholds(config("none"), 30, 9, told(*[0.5] * 9, epochs=30)) is None


def test_a_threshold_is_of_what_the_others_had_by_the_same_epoch() -> None:
    rising = [Told(n, RunState.COMPLETE, [epoch / 100 for epoch in range(1, NUM_EPOCHS + 1)]) for n in range(9)]
    halving, median = (thresholds(config(pruner), NUM_EPOCHS, 9, rising) for pruner in ("successive_halving", "median"))
    assert halving is not None and halving.thresholds == {3: 0.03, 9: 0.09}
    assert median is not None and median.thresholds == {epoch: epoch / 100 for epoch in range(3, NUM_EPOCHS)}


def test_the_median_is_of_enough_complete_trials() -> None:
    enough = NUM_TOLD["median"]
    few = [*told(*[0.5] * (enough - 1)), *told(0.9, 0.9, state=RunState.PRUNED, epochs=3)]
    assert thresholds(config("median"), NUM_EPOCHS, 9, few) is None
    found = thresholds(config("median"), NUM_EPOCHS, 9, [*few, *told(0.5)])
    assert found is not None and set(found.thresholds.values()) == {0.5}
