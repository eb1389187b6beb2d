"""The search: Optuna as a pure function of the results so far.

Trial n is asked with a sampler seeded by (search seed, n) when exactly the results of trials
0 … n - concurrency have been told, in order of number; or at once, where these decide nothing about it.
Which job happens to finish first decides nothing either, so a sweep that was killed, or runs on
another cluster, chooses the same trials; and the whole study can be recomputed from the run folders
at any time.
"""

import itertools
import math
import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import optuna
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from harness.state.records import TrialRecord, Trials
from harness.state.run_state import RunState
from harness.state.search_space import distributions
from harness.sweep.params import Params
from harness.sweep.search_config import Dimension, SearchConfig, Value
from kd.records import Pruning

NUM_RANDOM_TRIALS = 10  # told before TPE looks at results at all
NUM_STARTUP_TRIALS = 5  # finished before the median means something
WARMUP_SHARE = 0.3  # of the epochs, never pruned
OPTUNA_STATES = {
    RunState.COMPLETE: TrialState.COMPLETE,
    RunState.PRUNED: TrialState.PRUNED,
    RunState.FAILED: TrialState.FAIL,
}
optuna.logging.set_verbosity(optuna.logging.WARNING)


class TrialResult(NamedTuple):
    """How a trial's run ended: the metric after each epoch, and the val loss that breaks ties."""

    state: RunState
    values: list[float]
    val_loss: float


class Trial(NamedTuple):
    """An asked trial, its run, and the thresholds it was given."""

    number: int
    params: dict[str, Value]
    run_id: str
    pruning: Pruning | None
    optuna_trial: optuna.Trial


class Search:
    """The study in memory.

    Args:
        config: How it is searched.
        space: What is searched.
        first: Values to begin with, of some or all dimensions: trial 0, where they lie in the space and the sampler
            is free to choose.
        num_epochs: Length of a trial's training.
        run_of: The run id of a setting.
    """

    def __init__(
        self,
        config: SearchConfig,
        space: Mapping[str, Dimension],
        first: Params,
        num_epochs: int,
        run_of: Callable[[Params], str],
    ) -> None:
        self._config = config
        self._space = space
        self._first = first
        self._num_epochs = num_epochs
        self._run_of = run_of
        self._maximize = config.metric == "val_accuracy"
        self.direction = StudyDirection.MAXIMIZE if self._maximize else StudyDirection.MINIMIZE
        self._study = optuna.create_study(direction=self.direction)
        self._cells = _grid_cells(space) if config.sampler == "grid" else []
        self.trials: list[Trial] = []
        self.pruning: dict[str, Pruning | None] = {}  # by run id: what its first trial was given
        self._results: list[TrialResult] = []
        self._records: list[TrialRecord] = []

    @property
    def num_trials(self) -> int:
        """How many trials the search has."""
        return self._config.planned_trials(self._space)

    @property
    def finished(self) -> bool:
        """Whether every trial's result is known."""
        return len(self._results) == self.num_trials

    def advance(self, result_of: Callable[[str], TrialResult | None], patience_s: float = math.inf) -> bool:
        """Tell what is known, in order, and ask what may be asked; says whether there was either.

        Args:
            result_of: The result of a run, or None while there is none.
            patience_s: Stop after so long; where that is decides nothing, the next call goes on from there.
        """
        before = len(self.trials), len(self._results)
        began = time.monotonic()
        while not self.finished:
            if len(self.trials) < self.num_trials and len(self._results) >= self._num_needed(len(self.trials)):
                self._ask()
            elif (result := result_of(self.trials[len(self._results)].run_id)) is not None:
                self._tell(result)
            else:
                break
            if time.monotonic() - began >= patience_s:
                break
        return before != (len(self.trials), len(self._results))

    @property
    def best(self) -> Trial | None:
        """The best complete trial; equal ones are told apart by val loss, then by number."""
        complete = [
            (trial, result)
            for trial, result in zip(self.trials, self._results, strict=False)
            if result.state == RunState.COMPLETE
        ]
        sign = -1 if self._maximize else 1
        ranked = sorted(complete, key=lambda pair: (sign * pair[1].values[-1], pair[1].val_loss, pair[0].number))
        return ranked[0][0] if ranked else None

    def record(self) -> Trials:
        """The search as ``trials.json`` holds it."""
        best = self.best if self.finished else None
        return Trials(trials=tuple(self._records), best=best.number if best else None)

    def told_trials(self) -> list[FrozenTrial]:
        """Optuna's own view of the trials whose results are known, in order of number."""
        return self._study.get_trials(deepcopy=False)[: len(self._results)]

    def _num_needed(self, number: int) -> int:
        """How many results must have been told before trial ``number`` is asked; 0 where they decide nothing."""
        told = max(0, number + 1 - self._config.concurrency)
        decides_setting = self._config.sampler == "tpe" and told >= NUM_RANDOM_TRIALS
        decides_pruning = self._config.pruner == "median" and told >= NUM_STARTUP_TRIALS
        return told if decides_setting or decides_pruning else 0

    def _ask(self) -> None:
        number = len(self.trials)
        if self._cells:
            self._study.enqueue_trial(self._cells[number])
        elif number == 0 and all(self._first[name] in self._space[name] for name in self._first):
            self._study.enqueue_trial({name: self._space[name].listed(value) for name, value in self._first.items()})
        self._study.sampler = _sampler(self._config, number)
        trial = self._study.ask(distributions(self._space))
        params = dict(trial.params)
        asked = Trial(number, params, self._run_of(params), self._thresholds(), trial)
        self.pruning.setdefault(asked.run_id, asked.pruning)
        self.trials.append(asked)
        self._records.append(TrialRecord(number=number, run_id=asked.run_id, params=params))

    def _tell(self, result: TrialResult) -> None:
        trial = self.trials[len(self._results)].optuna_trial
        for epoch, value in enumerate(result.values, start=1):
            trial.report(value, epoch)
        final = result.values[-1] if result.state == RunState.COMPLETE else None
        self._study.tell(trial, final, state=OPTUNA_STATES[result.state])
        self._results.append(result)
        known = {
            "state": result.state,
            "value": result.values[-1] if result.values else None,
        }
        record = self._records[trial.number].model_dump()
        self._records[trial.number] = TrialRecord.model_validate(record | known)

    def _thresholds(self) -> Pruning | None:
        """The median rule over the trials told so far, as numbers that the job can apply by itself."""
        complete = [result.values for result in self._results if result.state == RunState.COMPLETE]
        if self._config.pruner == "none" or len(complete) < NUM_STARTUP_TRIALS:
            return None
        first = max(1, round(self._num_epochs * WARMUP_SHARE))
        thresholds = {
            epoch: statistics.median(values[epoch - 1] for values in complete)
            for epoch in range(first, self._num_epochs)
        }
        return Pruning(metric=self._config.metric, thresholds=thresholds)


def _sampler(config: SearchConfig, number: int) -> optuna.samplers.BaseSampler:
    seed = config.seed + 7919 * number  # far apart, so that neighbours do not share a stream
    if config.sampler == "tpe":
        return optuna.samplers.TPESampler(seed=seed, n_startup_trials=NUM_RANDOM_TRIALS)
    return optuna.samplers.RandomSampler(seed=seed)


def _grid_cells(space: Mapping[str, Dimension]) -> list[dict[str, Value]]:
    values = [dimension.values or () for dimension in space.values()]
    return [dict(zip(space, cell, strict=True)) for cell in itertools.product(*values)]
