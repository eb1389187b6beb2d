"""A search as the report shows it: its trials, the noise they are seen through, and what follows from them.

A trial's value is the search's metric on val, accuracy or loss, after its last epoch.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.report.analysis.search.observations import observe
from harness.report.analysis.search.surface import SeedNoise, Surface, fit_process, surface_of
from harness.report.results.sweep_results import MethodResult, Results
from harness.state.attempts.run_state import OVER, RunState
from harness.state.files.records import TrialRecord
from harness.sweep.search.config import Dimension, SearchConfig
from kd.records import ValMetric

MIN_TRIALS_FOR_IMPORTANCE = 8  # complete
MIN_A_DIMENSION = 10  # complete trials, the rule of Loeppky, Sacks and Welch, Technometrics 2009
MAX_TRIALS_LISTED = 50


@dataclass(frozen=True)
class SearchReading:
    """A search as the report shows it.

    ``trials``: all of them, each where its run stands, and with the mean over its seeds where it was repeated.
    ``tolerance``: the noise of one training, None where too few trials are complete to smooth them.
    ``flat``: dimensions along which every value does as well as the best, as far as one training can tell, that have
    no effect by test, and that no importance contradicts. ``effective``: those that have one by test.
    ``importances``: each dimension's share of what tells the best trials from the others, empty where too few trials
    tell. ``final_mean``: the best setting's value over the final seeds, which did not choose it. ``num_beside``: what
    the map rests on beside the complete trials.
    """

    found: MethodResult
    config: SearchConfig
    trials: tuple[TrialRecord, ...]
    best: TrialRecord | None
    best_so_far: tuple[float | None, ...]
    noise: SeedNoise | None
    surface: Surface | None
    tolerance: float | None
    flat: frozenset[str]
    importances: dict[str, float]
    final_mean: float | None
    num_finals: int
    num_beside: int = 0
    effective: frozenset[str] = frozenset()

    @property
    def space(self) -> Mapping[str, Dimension]:
        """What was searched."""
        return self.found.method.space

    @property
    def varied(self) -> tuple[str, ...]:
        """The dimensions of more than one value."""
        return tuple(name for name, dimension in self.space.items() if dimension.num_values > 1)

    @property
    def maximize(self) -> bool:
        """Whether more is better."""
        return self.config.maximize

    @property
    def is_over(self) -> bool:
        """Whether it has chosen."""
        return self.found.params is not None

    def num(self, state: str) -> int:
        """How many trials are in a state."""
        return sum(trial.state == state for trial in self.trials)

    @property
    def num_repeated(self) -> int:
        """How many settings were trained with further seeds, so that the best of their means was chosen."""
        return sum(bool(trial.repeats) for trial in self.trials)

    @property
    def num_open(self) -> int:
        """How many trials are not over."""
        return sum(trial.state not in OVER for trial in self.trials)

    @property
    def listed(self) -> list[TrialRecord]:
        """The trials that a page lists: all, or the best of too many."""
        if len(self.trials) <= MAX_TRIALS_LISTED:
            return list(self.trials)
        sign = -1 if self.maximize else 1
        scored = [trial for trial in self.trials if trial.state == RunState.COMPLETE and trial.value is not None]
        return sorted(scored, key=lambda trial: sign * (trial.value or 0.0))[:MAX_TRIALS_LISTED]


def read_search(results: Results, found: MethodResult) -> SearchReading | None:
    """A search so far; None where the method has none, or no trial was asked.

    Args:
        results: The sweep.
        found: The method, or the student alone.
    """
    config, space = results.plan.sweep.search, found.method.space
    trials = tuple(map(over_seeds, found.trials.trials))
    if config is None or not trials or not space:
        return None
    noise = find_seed_noise(results, config.metric)
    complete = finished_trials(trials)
    beside = observe(results, found, complete, config.metric)
    process = fit_process(complete, space, config.metric, noise, beside)
    importances = find_importances(complete, config, space)
    finals = _last_values(results, found.arm, config.metric)
    return SearchReading(
        found=found,
        config=config,
        trials=trials,
        best=_best(trials, found.trials.best, complete, config.maximize),
        best_so_far=best_so_far(trials, config.maximize),
        noise=noise,
        surface=surface_of(process) if process else None,
        tolerance=process.tolerance if process else None,
        flat=uncontradicted(process.flat_dimensions(), importances) if process else frozenset(),
        effective=process.effective_dimensions() if process else frozenset(),
        importances=importances,
        final_mean=float(np.mean(finals)) if finals else None,
        num_finals=len(finals),
        num_beside=len(beside.values_P),
    )


def uncontradicted(flat: frozenset[str], importances: Mapping[str, float]) -> frozenset[str]:
    """Flat dimensions of which the importances do not say the contrary: that one of them matters more than the average.

    Where all are flat there is nothing to share out, and the shares mean nothing.

    >>> sorted(uncontradicted(frozenset({"alpha"}), {"alpha": 0.84, "temperature": 0.16}))
    []
    >>> sorted(uncontradicted(frozenset({"alpha", "temperature"}), {"alpha": 0.84, "temperature": 0.16}))
    ['alpha', 'temperature']
    """
    if flat >= importances.keys():
        return flat
    return frozenset(name for name in flat if importances.get(name, 0.0) <= 1 / len(importances))


def over_seeds(trial: TrialRecord) -> TrialRecord:
    """A trial with the mean over the seeds of its setting, where it was repeated; by that the search has chosen."""
    return trial.model_copy(update={"value": trial.mean}) if trial.repeats and trial.mean is not None else trial


def num_seeds(trial: TrialRecord) -> int:
    """Trainings of a trial's setting that its value is the mean of."""
    return 1 + sum(repeat.state == RunState.COMPLETE for repeat in trial.repeats)


def shown_state(trial: TrialRecord) -> str:
    """A trial's state as figures tell them apart: all that are not over are "open"."""
    return trial.state if trial.state in OVER else "open"


def finished_trials(trials: Iterable[TrialRecord]) -> list[TrialRecord]:
    """Complete trials with a finite value, each run once: equal settings share their run."""
    complete = (trial for trial in trials if trial.state == RunState.COMPLETE)
    by_run = {each.run_id: each for each in complete if each.value is not None and math.isfinite(each.value)}
    return sorted(by_run.values(), key=lambda trial: trial.number)


def best_so_far(trials: Sequence[TrialRecord], maximize: bool) -> tuple[float | None, ...]:
    """The best complete value up to each trial; None before the first."""
    sign = 1.0 if maximize else -1.0
    merits = [sign * t.value if t.state == RunState.COMPLETE and t.value is not None else np.nan for t in trials]
    best = sign * np.fmax.accumulate(np.array(merits))
    return tuple(None if math.isnan(value) else float(value) for value in best)


def find_seed_noise(results: Results, metric: ValMetric) -> SeedNoise | None:
    """The spread over seeds of the students' final runs; None where no setting has two that differ."""
    by_arm = [_last_values(results, arm.key, metric) for arm in results.arms if arm.kind != "teacher"]
    groups = [np.array(values) for values in by_arm if len(values) > 1]
    degrees = sum(len(values) - 1 for values in groups)
    if not degrees:
        return None
    squares = sum(float(((values - values.mean()) ** 2).sum()) for values in groups)
    # Where all values happen to be equal, as two seeds on few images may be, nothing is known of how far they move.
    return SeedNoise(math.sqrt(squares / degrees), degrees) if squares > 0 else None


def find_importances(
    trials: Sequence[TrialRecord], config: SearchConfig, space: Mapping[str, Dimension]
) -> dict[str, float]:
    """Each dimension's share of what tells the best tenth of the trials from all, by Optuna's default; largest first.

    Returns:
        Empty with fewer than ``MIN_TRIALS_FOR_IMPORTANCE`` trials, where all values are equal, or where fewer than
        two dimensions have more than one value.

    References:
        Watanabe, Bansal and Hutter, PED-ANOVA: Efficiently quantifying hyperparameter importance in arbitrary
        subspaces, IJCAI 2023.
    """
    searched = {name: dimension for name, dimension in space.items() if dimension.num_values > 1}
    if len(trials) < MIN_TRIALS_FOR_IMPORTANCE or len({trial.value for trial in trials}) == 1 or len(searched) < 2:
        return {}
    from optuna.importance import get_param_importances

    from harness.state.stages.search_space import study_of

    found = get_param_importances(study_of(config, space, trials), params=list(searched))
    return dict(sorted(((name, float(share)) for name, share in found.items()), key=lambda pair: -pair[1]))


def _best(
    trials: Sequence[TrialRecord], chosen: int | None, complete: Sequence[TrialRecord], maximize: bool
) -> TrialRecord | None:
    """The chosen trial, or the best until one is chosen."""
    if chosen is not None:
        return trials[chosen]
    sign = -1 if maximize else 1
    return min(complete, key=lambda trial: (sign * (trial.value or 0.0), trial.number), default=None)


def _last_values(results: Results, key: str, metric: ValMetric) -> list[float]:
    """The metric after the last epoch, of an arm's complete runs."""
    arm = results.arm(key)
    complete = [run for run in (arm.runs if arm else ()) if run.state == RunState.COMPLETE]
    values = (run.last_value(metric) for run in complete)
    return [value for value in values if value is not None]
