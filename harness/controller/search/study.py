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

from harness.controller.search.pruners import NUM_TOLD, Told, thresholds
from harness.controller.search.samplers import fixed_settings, make_sampler, untried
from harness.state.attempts.run_state import RunState
from harness.state.files.records import RepeatRecord, TrialRecord, Trials
from harness.state.stages.search_space import distributions
from harness.sweep.search.config import NUM_BLIND, Dimension, SearchConfig, Value
from harness.sweep.search.params import Params
from kd.records import Pruning

NUM_REDRAWS = 10  # of a setting that was asked for already, before one is taken that was not
OPTUNA_STATES = {
    RunState.COMPLETE: TrialState.COMPLETE,
    RunState.PRUNED: TrialState.PRUNED,
    RunState.FAILED: TrialState.FAIL,
}


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
        run_of: The run id of a setting, and of the setting trained for the n-th time more, with another seed.
    """

    def __init__(
        self,
        config: SearchConfig,
        space: Mapping[str, Dimension],
        first: Params,
        num_epochs: int,
        run_of: Callable[[Params, int], str],
    ) -> None:
        self._config = config
        self._space = space
        self._first = first
        self._num_epochs = num_epochs
        self._run_of = run_of
        self.direction = StudyDirection.MAXIMIZE if config.maximize else StudyDirection.MINIMIZE
        self._distributions = distributions(space)
        self._study = optuna.create_study(direction=self.direction)
        self._sampler = config.sampler_of(space)
        self._fixed = fixed_settings(config, space)
        self._num_repeats = config.num_repeats(space)
        self.trials: list[Trial] = []
        self._tried: set[tuple[Value, ...]] = set()
        self.pruning: dict[str, Pruning | None] = {}  # by run id: what its first trial was given
        self._results: list[TrialResult] = []
        self._records: list[TrialRecord] = []
        self._repeats: dict[int, list[str]] = {}  # by the number of a trial among the best, once all are told: run ids
        self._repeated: dict[str, TrialResult] = {}  # by run id

    @property
    def num_trials(self) -> int:
        """How many trials the search has."""
        return self._config.planned_trials(self._space)

    @property
    def finished(self) -> bool:
        """Whether the results of every trial and of every repeat are known."""
        return self._is_told and all(run_id in self._repeated for run_id in itertools.chain(*self._repeats.values()))

    @property
    def _is_told(self) -> bool:
        return len(self._results) == self.num_trials

    def advance(self, result_of: Callable[[str], TrialResult | None], patience_s: float = math.inf) -> bool:
        """Tell what is known, in order, and ask what may be asked; says whether there was either.

        Args:
            result_of: The result of a run, or None while there is none.
            patience_s: Stop after so long; where that is decides nothing, the next call goes on from there.
        """
        before = self._num_known
        began = time.monotonic()
        while not self._is_told:
            if len(self.trials) < self.num_trials and len(self._results) >= self._num_needed(len(self.trials)):
                self._ask()
            elif (result := result_of(self.trials[len(self._results)].run_id)) is not None:
                self._tell(result)
            else:
                break
            if time.monotonic() - began >= patience_s:
                break
        if self._is_told and self._num_repeats and not self._repeats:
            self._repeats = self._plan_repeats()
        for run_id in itertools.chain(*self._repeats.values()):
            if run_id not in self._repeated and (result := result_of(run_id)) is not None:
                self._repeated[run_id] = result
        return before != self._num_known

    @property
    def _num_known(self) -> tuple[int, int, int]:
        return len(self.trials), len(self._results), len(self._repeated)

    @property
    def best(self) -> Trial | None:
        """The best complete trial; equal ones are told apart by val loss, then by number.

        Where some are repeated it is one of them, and both are means over all seeds that were trained to the end.
        """
        contenders = [self.trials[number] for number in self._repeats] or self._complete
        return min(contenders, key=self._rank, default=None)

    @property
    def _complete(self) -> list[Trial]:
        ended = zip(self.trials, self._results, strict=False)
        return [trial for trial, result in ended if result.state == RunState.COMPLETE]

    def _plan_repeats(self) -> dict[int, list[str]]:
        """The best complete trials, where there are two or more to choose from, and the runs that repeat each."""
        best = sorted(self._complete, key=self._rank)[: self._config.top]
        seeds = range(1, self._num_repeats + 1)
        return {each.number: [self._run_of(each.params, n) for n in seeds] for each in best} if len(best) > 1 else {}

    def _rank(self, trial: Trial) -> tuple[float, float, int]:
        """The less the better: the metric and the val loss, each a mean over seeds, and the number."""
        repeats = (self._repeated.get(run_id) for run_id in self._repeats.get(trial.number, ()))
        known = [result for result in repeats if result is not None and result.state == RunState.COMPLETE]
        results = [self._results[trial.number], *known]
        sign = -1 if self._config.maximize else 1
        value = statistics.fmean(result.values[-1] for result in results)
        return sign * value, statistics.fmean(result.val_loss for result in results), trial.number

    def record(self) -> Trials:
        """The search as ``trials.json`` holds it."""
        best = self.best if self.finished else None
        records = [
            record.model_copy(update={"repeats": tuple(map(self._repeat_record, self._repeats[record.number]))})
            if record.number in self._repeats
            else record
            for record in self._records
        ]
        return Trials(trials=tuple(records), best=best.number if best else None)

    def _repeat_record(self, run_id: str) -> RepeatRecord:
        result = self._repeated.get(run_id)
        if result is None:
            return RepeatRecord(run_id=run_id)
        return RepeatRecord(run_id=run_id, state=result.state, value=result.values[-1] if result.values else None)

    def told_trials(self) -> list[FrozenTrial]:
        """Optuna's own view of the trials whose results are known, in order of number."""
        known = self._study.get_trials(deepcopy=False)
        return [known[trial.optuna_trial.number] for trial in self.trials[: len(self._results)]]

    def _num_needed(self, number: int) -> int:
        """How many results must have been told before trial ``number`` is asked; 0 where they decide nothing."""
        told = max(0, number + 1 - self._config.concurrency)
        decides_setting = told >= NUM_BLIND.get(self._sampler, math.inf)
        decides_pruning = told >= NUM_TOLD[self._config.pruner]
        return told if decides_setting or decides_pruning else 0

    def _ask(self) -> None:
        number = len(self.trials)
        trial = self._draw(number)
        params = dict(trial.params)
        asked = Trial(number, params, self._run_of(params, 0), self._thresholds(number), trial)
        self.pruning.setdefault(asked.run_id, asked.pruning)
        self.trials.append(asked)
        self._tried.add(tuple(params.values()))
        self._records.append(TrialRecord(number=number, run_id=asked.run_id, params=params))

    def _draw(self, number: int) -> optuna.Trial:
        """A setting that no trial before has; a repeat would cost nothing, tell nothing, and count."""
        wanted = self._given(number)
        for redraw in range(NUM_REDRAWS):
            trial = self._ask_optuna(number, redraw, wanted)
            if tuple(trial.params.values()) not in self._tried:
                return trial
            self._study.tell(trial, state=TrialState.FAIL)  # as which no sampler looks at it
        return self._ask_optuna(number, NUM_REDRAWS, untried(self._space, self._tried, number))

    def _ask_optuna(self, number: int, redraw: int, wanted: Params | None) -> optuna.Trial:
        if wanted is not None:
            self._study.enqueue_trial(dict(wanted))
        self._study.sampler = make_sampler(self._sampler, self._config, number, redraw)
        return self._study.ask(self._distributions)

    def _given(self, number: int) -> Params | None:
        """A setting that is not for the sampler to choose."""
        if self._fixed:
            return self._fixed[number]
        if number == 0 and all(value in self._space[name] for name, value in self._first.items()):
            return {name: self._space[name].listed(value) for name, value in self._first.items()}
        return None

    def _tell(self, result: TrialResult) -> None:
        number = len(self._results)
        trial = self.trials[number].optuna_trial
        for epoch, value in enumerate(result.values, start=1):
            trial.report(value, epoch)
        final = result.values[-1] if result.state == RunState.COMPLETE else None
        self._study.tell(trial, final, state=OPTUNA_STATES[result.state])
        self._results.append(result)
        known = {"state": result.state, "value": result.values[-1] if result.values else None}
        self._records[number] = self._records[number].model_copy(update=known)

    def _thresholds(self, number: int) -> Pruning | None:
        if self._config.pruner == "none":
            return None
        told = [Told(each, result.state, result.values) for each, result in enumerate(self._results)]
        return thresholds(self._config, self._num_epochs, number, told)
