"""When a trial ends early, as numbers that its job can apply by itself.

They are fixed when the trial is asked, from the results told by then: whether a controller watches decides nothing.
"""

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from harness.state.attempts.run_state import RunState
from harness.sweep.search.config import SearchConfig
from kd.records import Pruning

REDUCTION = 3  # of the trials at a rung, one in so many goes on
NUM_TOLD = {"none": math.inf, "median": 5, "successive_halving": REDUCTION - 1, "hyperband": REDUCTION - 1}
"""Results without which a pruner ends nothing."""


class Told(NamedTuple):
    """A trial whose result is known: its number, how it ended, and the metric after each epoch."""

    number: int
    state: RunState
    values: Sequence[float]


def thresholds(config: SearchConfig, num_epochs: int, number: int, told: Sequence[Told]) -> Pruning | None:
    """What trial ``number`` has to reach, epoch by epoch; None where nothing can end it.

    Args:
        config: The search.
        num_epochs: Length of a trial's training.
        number: Of the trial.
        told: The results that are known when it is asked.
    """
    first = max(1, round(num_epochs * config.prune_from))
    if config.pruner == "median":
        found = _median(told, range(first, num_epochs))
    elif config.pruner == "successive_halving":
        found = _rungs(config, told, first, num_epochs)
    elif config.pruner == "hyperband":
        brackets = _brackets(number + 1, first, num_epochs)
        rivals = [each for each in told if brackets[each.number] == brackets[number]]
        found = _rungs(config, rivals, first * REDUCTION ** brackets[number], num_epochs)
    else:
        return None
    return Pruning(metric=config.metric, thresholds=found) if found else None


def _median(told: Sequence[Told], epochs: range) -> dict[int, float]:
    """The median of the complete trials, at every epoch."""
    complete = [each.values for each in told if each.state == RunState.COMPLETE]
    if len(complete) < NUM_TOLD["median"]:
        return {}
    return {epoch: statistics.median(values[epoch - 1] for values in complete) for epoch in epochs}


def _rungs(config: SearchConfig, told: Sequence[Told], first: int, num_epochs: int) -> dict[int, float]:
    """The best third of those that came to a rung goes on, this trial counted among them.

    References:
        Li et al., A system for massively parallel hyperparameter tuning, MLSys 2020 (ASHA).
    """
    found, rung = {}, first
    while rung < num_epochs:
        values = [each.values[rung - 1] for each in told if each.state != RunState.FAILED and len(each.values) >= rung]
        num_promoted = (len(values) + 1) // REDUCTION
        if num_promoted:
            found[rung] = sorted(values, reverse=config.maximize)[num_promoted - 1]
        rung *= REDUCTION
    return found


def _brackets(num_trials: int, first: int, num_epochs: int) -> list[int]:
    """Hyperband's bracket of each trial: how many of the rungs it skips; in the last one nothing ends early.

    A bracket is given trials in proportion to 3^rungs / (rungs + 1), and each trial goes to the one that is furthest
    behind its share, so that all fill evenly.

    References:
        Li et al., Hyperband: a novel bandit-based approach to hyperparameter optimization, JMLR 18, 2018.
    """
    num_rungs = 0
    while first * REDUCTION**num_rungs < num_epochs:
        num_rungs += 1
    weights = [math.ceil((num_rungs + 1) * REDUCTION**rungs / (rungs + 1)) for rungs in range(num_rungs, -1, -1)]
    found: list[int] = []
    counts = [0] * len(weights)
    for number in range(1, num_trials + 1):
        behind = [weight * number / sum(weights) - count for weight, count in zip(weights, counts, strict=True)]
        bracket = behind.index(max(behind))
        counts[bracket] += 1
        found.append(bracket)
    return found
