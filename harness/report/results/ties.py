"""Trials that a search cannot tell from the one it chose: their value on val is the same."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from harness.state.attempts.run_state import RunState
from harness.state.files.records import Trials
from harness.sweep.search.config import SearchConfig
from kd.records import Scores, ValMetric
from kd.scores import has_learned_nothing


class Tie(NamedTuple):
    """The chosen trial, its value on val by the search's metric, and how many of its rivals have the same.

    ``num_in_all``: those that it was chosen among, and itself. ``is_repeated``: they were trained with further
    seeds, and the value is the mean over these. ``learned_nothing``: none of the models, so that there was nothing to
    tell.
    """

    trial: int
    value: float
    metric: ValMetric
    num_tied: int
    num_in_all: int
    is_repeated: bool = False
    learned_nothing: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether no trial is worse: the search has told nothing."""
        return self.num_tied == self.num_in_all


def find_tie(trials: Trials, config: SearchConfig | None, val: Mapping[str, Scores]) -> Tie | None:
    """The trials that are as good as the chosen one; None before there is one, and where it is alone.

    Equal settings share a run and count once.

    Args:
        trials: Of a search.
        config: The search's; None of a sweep without one.
        val: Scores on val by run, as far as they are known.
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
    if num_tied < 2:
        return None
    learned_nothing = all(run_id in val and has_learned_nothing(val[run_id]) for run_id in values)
    return Tie(best.number, best.mean, config.metric, num_tied, len(values), bool(best.repeats), learned_nothing)
