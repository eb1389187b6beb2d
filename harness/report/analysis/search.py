"""What the trials tell: how much of their differences is luck, which settings are as good as the best, what matters.

A trial's value is the search's metric on val, accuracy or loss, after its last epoch. Axes: A alphas, T temperatures.
"""

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.results.sweep_results import Results
from harness.state.records import TrialRecord
from harness.state.run_state import OVER, RunState
from harness.sweep.search_config import SearchConfig

MIN_TRIALS_FOR_MAP = 8  # complete: three numbers of the smooth map's shape are fitted to them
MAX_TRIALS_FOR_SHAPE = 200  # the shape is fitted to so many; the cost grows with their cube
MAX_TRIALS_FOR_IMPORTANCE = 100  # fANOVA is fitted to so many; of 700 it takes half a minute
GRID = 41
FENCE = 3.0  # quartile ranges: Tukey's outer fence


MAX_TRIALS_LISTED = 50


class SeedNoise(NamedTuple):
    """How far a value moves when only the seed changes: one standard deviation, pooled over settings.

    ``degrees``: of freedom, runs minus settings.
    """

    deviation: float
    degrees: int


class Axis(NamedTuple):
    """A searched range as numbers from 0 to 1."""

    low: float
    high: float
    log: bool

    def position(self, values: float | Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
        """Where values lie.

        >>> Axis(1.0, 16.0, True).position([1.0, 4.0, 16.0]).tolist()
        [0.0, 0.5, 1.0]
        """
        low, high, at = (np.log(x) if self.log else np.asarray(x, float) for x in (self.low, self.high, values))
        return np.asarray((at - low) / (high - low))

    def values(self, num_values: int) -> NDArray[np.float64]:
        """Evenly spaced values from end to end."""
        return np.geomspace(self.low, self.high, num_values) if self.log else np.linspace(
            self.low, self.high, num_values
        )  # fmt: skip


@dataclass(frozen=True)
class Surface:
    """The smoothed value of every setting.

    ``value_AT`` and its standard error ``error_AT`` are on a grid of ``alphas_A`` and ``temperatures_T``.
    ``tolerance`` is the noise of one training: as much worse may a setting look and still count as good as the best.
    """

    alphas_A: NDArray[np.float64]
    temperatures_T: NDArray[np.float64]
    value_AT: NDArray[np.float64]
    error_AT: NDArray[np.float64]
    tolerance: float
    maximize: bool

    @property
    def known_AT(self) -> NDArray[np.bool_]:  # noqa: N802
        """Where trials lie near enough for the smoothed value to be known as well as one training shows it."""
        return self.error_AT <= self.tolerance

    @property
    def margin_AT(self) -> NDArray[np.float64]:  # noqa: N802
        """How far inside the region a setting lies: positive where it is as good as the best, and known."""
        merit_AT = self.value_AT if self.maximize else -self.value_AT
        known_AT = self.known_AT
        best = merit_AT[known_AT].max() if known_AT.any() else np.inf
        return np.asarray(np.minimum(merit_AT - best, -self.error_AT) + self.tolerance)

    @property
    def region_AT(self) -> NDArray[np.bool_]:  # noqa: N802
        """The settings that are as good as the best: within the tolerance of it, and known."""
        return self.margin_AT >= 0

    @property
    def region_share(self) -> float:
        """How much of the searched map the region is, temperature by its logarithm."""
        return float(self.region_AT.mean())

    def region_ends(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Lowest and highest alpha, and temperature, of the region; None where nothing is known."""
        region_AT = self.region_AT
        if not region_AT.any():
            return None
        alphas, temperatures = self.alphas_A[region_AT.any(axis=1)], self.temperatures_T[region_AT.any(axis=0)]
        return (float(alphas[0]), float(alphas[-1])), (float(temperatures[0]), float(temperatures[-1]))


@dataclass(frozen=True)
class SearchReading:
    """The search as the report shows it.

    ``importances``: each parameter's share of what the settings explain, empty where too few trials tell.
    ``final_mean``: the best setting's value over the final seeds, which did not choose it.
    """

    trials: tuple[TrialRecord, ...]
    best: TrialRecord | None
    best_so_far: tuple[float | None, ...]
    maximize: bool
    noise: SeedNoise | None
    surface: Surface | None
    importances: dict[str, float]
    final_mean: float | None
    num_finals: int

    def num(self, state: str) -> int:
        """How many trials are in a state."""
        return sum(trial.state == state for trial in self.trials)

    @property
    def num_open(self) -> int:
        """How many trials are not over."""
        return sum(trial.state not in OVER for trial in self.trials)


def read_search(results: Results) -> SearchReading | None:
    """The search so far; None where the sweep has none, or no trial was asked."""
    config = results.plan.sweep.search
    if config is None or not results.trials:
        return None
    maximize = config.metric == "val_accuracy"
    noise = find_seed_noise(results, config.metric)
    complete = finished_trials(results.trials)
    finals = _last_values(results, "distilled", config.metric)
    return SearchReading(
        trials=results.trials,
        best=_best(results, complete, maximize),
        best_so_far=best_so_far(results.trials, maximize),
        maximize=maximize,
        noise=noise,
        surface=fit_surface(complete, config, noise),
        importances=find_importances(complete, config),
        final_mean=float(np.mean(finals)) if finals else None,
        num_finals=len(finals),
    )


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


def find_seed_noise(results: Results, metric: str) -> SeedNoise | None:
    """The spread over seeds of the students' final runs; None where no setting has two that differ."""
    by_arm = [_last_values(results, arm.key, metric) for arm in results.arms if arm.kind != "teacher"]
    groups = [np.array(values) for values in by_arm if len(values) > 1]
    degrees = sum(len(values) - 1 for values in groups)
    if not degrees:
        return None
    squares = sum(float(((values - values.mean()) ** 2).sum()) for values in groups)
    # Where all values happen to be equal, as two seeds on few images may be, nothing is known of how far they move.
    return SeedNoise(math.sqrt(squares / degrees), degrees) if squares > 0 else None


def outer_fence(values: Sequence[float] | NDArray[np.floating], maximize: bool) -> float:
    """The limit beyond which a bad value is an outlier: three quartile ranges outside the quartiles.

    A training that collapsed would otherwise squeeze every difference among the others to nothing.

    References:
        Tukey, Exploratory Data Analysis, 1977.
    """
    low, high = np.quantile(values, [0.25, 0.75])
    return float(low - FENCE * (high - low) if maximize else high + FENCE * (high - low))


def axes_of(config: SearchConfig) -> dict[str, Axis]:
    """The searched alphas and temperatures; temperature by its logarithm, as its effect goes."""
    searched = {name: config.space.get(name) for name in ("alpha", "temperature")}
    return {
        name: Axis(*dimension.ends, dimension.log or name == "temperature")
        for name, dimension in searched.items()
        if dimension is not None and dimension.is_numeric
    }


def fit_surface(trials: Sequence[TrialRecord], config: SearchConfig, noise: SeedNoise | None) -> Surface | None:
    """Smooth the values of complete trials by a Gaussian process with a noise term.

    The kernel is Matérn 5/2 with a length for each axis, plus white noise of at least the variance over
    seeds: that one seed gave all trials makes them look smoother than another seed would. Beyond the
    outer fence a value counts as the worst inside it.

    Args:
        trials: As ``finished_trials`` gives them.
        config: The search.
        noise: Over seeds.

    Returns:
        None with fewer than ``MIN_TRIALS_FOR_MAP`` trials, or where alpha or temperature was not searched.

    References:
        Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, chapter 5.
    """
    axes = axes_of(config)
    if len(trials) < MIN_TRIALS_FOR_MAP or len(axes) < len(config.dimensions) or not _has_map(axes):
        return None
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
    from threadpoolctl import threadpool_limits

    maximize = config.metric == "val_accuracy"
    alpha, temperature = axes["alpha"], axes["temperature"]
    settings = [trial.setting for trial in trials]
    places = np.column_stack(
        [alpha.position([s.alpha for s in settings]), temperature.position([s.temperature for s in settings])]
    )
    values = np.array([t.value for t in trials], float)
    values = _without_outliers(values, maximize)
    centre, scale = float(values.mean()), float(values.std()) or 1.0
    least = 1e-4 if noise is None else min(1.0, max(1e-4, (noise.deviation / scale) ** 2))
    kernel = ConstantKernel(1.0, (1e-3, 1e2)) * Matern([0.5, 0.5], (0.2, 10.0), nu=2.5) + WhiteKernel(
        max(0.1, least), (least, 10.0)
    )
    alphas_A, temperatures_T = alpha.values(GRID), temperature.values(GRID)
    grid = np.stack(np.meshgrid(alpha.position(alphas_A), temperature.position(temperatures_T), indexing="ij"), axis=-1)
    targets = (values - centre) / scale
    every = slice(None, None, -(-len(trials) // MAX_TRIALS_FOR_SHAPE))
    with threadpool_limits(1), warnings.catch_warnings():  # one thread: the same sums in the same order
        warnings.simplefilter("ignore", ConvergenceWarning)  # a flat map ends at a bound, which is its answer
        shape = GaussianProcessRegressor(kernel).fit(places[every], targets[every]).kernel_
        signal, white = shape.k1, shape.k2
        process = GaussianProcessRegressor(signal, alpha=white.noise_level, optimizer=None).fit(places, targets)
        mean, error = process.predict(grid.reshape(-1, 2), return_std=True)
    return Surface(
        alphas_A=alphas_A,
        temperatures_T=temperatures_T,
        value_AT=(centre + scale * mean).reshape(GRID, GRID),
        error_AT=(scale * error).reshape(GRID, GRID),
        tolerance=max(scale * math.sqrt(white.noise_level), noise.deviation if noise else 0.0),
        maximize=maximize,
    )


def _without_outliers(values: NDArray[np.float64], maximize: bool) -> NDArray[np.float64]:
    fence = outer_fence(values, maximize)
    if maximize:
        return np.asarray(np.maximum(values, values[values >= fence].min()))
    return np.asarray(np.minimum(values, values[values <= fence].max()))


def find_importances(trials: Sequence[TrialRecord], config: SearchConfig) -> dict[str, float]:
    """Each parameter's share of what settings explain, by Optuna's fANOVA; the largest first.

    Of more than ``MAX_TRIALS_FOR_IMPORTANCE`` trials every second one is taken, or every third, and so on.

    Returns:
        Empty with fewer than ``MIN_TRIALS_FOR_MAP`` trials, where all values are equal, or where alpha or
        temperature was not searched.

    References:
        Hutter et al., An efficient approach for assessing hyperparameter importance, ICML 2014.
    """
    if len(trials) < MIN_TRIALS_FOR_MAP or len({trial.value for trial in trials}) == 1:
        return {}
    space = {name: dim for name, dim in config.dimensions.items() if name in trials[0].params}
    if sum(dimension.num_values > 1 for dimension in space.values()) < 2:
        return {}
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    from harness.state.search_space import study_of

    every = trials[:: -(-len(trials) // MAX_TRIALS_FOR_IMPORTANCE)]
    found = get_param_importances(study_of(config, space, every), evaluator=FanovaImportanceEvaluator(seed=0))
    return {name: float(share) for name, share in found.items()}


def _has_map(axes: Mapping[str, Axis]) -> bool:
    """Whether both alpha and temperature were searched."""
    return len(axes) == 2 and all(axis.low < axis.high for axis in axes.values())


def _best(results: Results, complete: Sequence[TrialRecord], maximize: bool) -> TrialRecord | None:
    """The chosen trial, or the best until one is chosen."""
    chosen = results.chosen
    if chosen is not None:
        return next((t for t in complete if (t.alpha, t.temperature) == (chosen.alpha, chosen.temperature)), None)
    sign = -1 if maximize else 1
    return min(complete, key=lambda trial: (sign * (trial.value or 0.0), trial.number), default=None)


def _last_values(results: Results, key: str, metric: str) -> list[float]:
    """The metric after the last epoch, of an arm's complete runs."""
    arm = results.arm(key)
    complete = [run for run in (arm.runs if arm else ()) if run.state == RunState.COMPLETE]
    histories = [run.history for run in complete if run.history and run.history.epochs]
    return [float(getattr(history.epochs[-1], metric)) for history in histories]


def listed_trials(results: Results) -> list[TrialRecord]:
    """The trials that the front page lists: all, or the best of too many."""
    search = results.plan.sweep.search
    if search is None or len(results.trials) <= MAX_TRIALS_LISTED:
        return list(results.trials)
    sign = -1 if search.metric == "val_accuracy" else 1
    scored = [trial for trial in results.trials if trial.state == RunState.COMPLETE and trial.value is not None]
    return sorted(scored, key=lambda trial: sign * (trial.value or 0.0))[:MAX_TRIALS_LISTED]
