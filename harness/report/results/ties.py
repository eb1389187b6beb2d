"""Trials that a search cannot tell from the one it chose: their value on val is the same."""

import math
from typing import NamedTuple

from harness.state.attempts.run_state import RunState
from harness.state.files.records import Trials
from harness.sweep.search.config import SearchConfig
from kd.records import ValMetric


class Tie(NamedTuple):
    """The chosen trial, its value on val by the search's metric, and how many of its rivals have the same.

    ``num_in_all``: those that it was chosen among, and itself. ``is_repeated``: they were trained with further
    seeds, and the value is the mean over these.
    """

    trial: int
    value: float
    metric: ValMetric
    num_tied: int
    num_in_all: int
    is_repeated: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether no trial is worse: the search has told nothing."""
        return self.num_tied == self.num_in_all


def find_tie(trials: Trials, config: SearchConfig | None) -> Tie | None:
    """The trials that are as good as the chosen one; None before there is one, and where it is alone.

    Equal settings share a run and count once.
    """
    if trials.best is None or config is None:
        return None
    best = trials.trials[trials.best]
    values = {
        trial.run_id: trial.mean
        for trial in trials.trials
        if trial.state == RunState.COMPLETE and trial.mean is not None and bool(trial.repeats) == bool(best.repeats)
    }
    if best.mean is None:
        return None
    # means of the same values in another order differ in their last bits
    num_tied = sum(math.isclose(value, best.mean, rel_tol=1e-12) for value in values.values())
    return (
        Tie(best.number, best.mean, config.metric, num_tied, len(values), bool(best.repeats)) if num_tied > 1 else None
    )
