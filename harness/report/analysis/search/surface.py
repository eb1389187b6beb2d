"""The complete trials smoothed by a Gaussian process: how good every setting looks, and how well that is known.

Axes: P places in the searched space, each a row of numbers from 0 to 1; Y and X of a map.
"""

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.search.axes import Axis, choices, numeric_axes, one_hot, places_of
from harness.report.analysis.search.effects import effect_p_value
from harness.report.analysis.search.observations import Observations
from harness.state.files.records import TrialRecord
from harness.sweep.search.config import Dimension, Value

MIN_TRIALS_FOR_MAP = 8  # complete: three numbers of the smooth map's shape are fitted to them
MIN_TRIALS_A_DIMENSION = 4  # complete, where there are more than two dimensions: a length is fitted to each
MAX_TRIALS_FOR_SHAPE = 200  # the shape is fitted to so many; the cost grows with their cube
MAX_LINES = 64  # through trials, by which is told whether a dimension matters
GRID = 41
FLAT_SHARE = 0.8  # of the lines along a dimension: with so much as good as their best, it hardly matters
LEAST_P = 0.05  # below it a dimension has an effect, however small it looks on the map
BOX_SHARE = 0.9  # of the box around a region that lies in it: with less its two ranges say what is not so
CUTS = (0.0, 0.5, 1.0)  # of the region's width
FENCE = 3.0  # quartile ranges: Tukey's outer fence

Floats = NDArray[np.float64]


class SeedNoise(NamedTuple):
    """How far a value moves when only the seed changes: one standard deviation, pooled over settings.

    ``degrees``: of freedom, runs minus settings.
    """

    deviation: float
    degrees: int


@dataclass(frozen=True)
class Surface:
    """The smoothed value of every setting of two searched numbers.

    ``value_YX`` and its standard error ``error_YX`` are on a grid of ``ys_Y`` (upwards) and ``xs_X`` (to the right).
    ``tolerance`` is the noise of one training: as much worse may a setting look and still count as good as the best.
    """

    names: tuple[str, str]
    ys_Y: Floats
    xs_X: Floats
    value_YX: Floats
    error_YX: Floats
    tolerance: float
    maximize: bool

    @property
    def known_YX(self) -> NDArray[np.bool_]:  # noqa: N802
        """Where trials lie near enough for the smoothed value to be known as well as one training shows it."""
        return self.error_YX <= self.tolerance

    @property
    def margin_YX(self) -> Floats:  # noqa: N802
        """How far inside the region a setting lies: positive where it is as good as the best, and known."""
        merit_YX = self.value_YX if self.maximize else -self.value_YX
        known_YX = self.known_YX
        best = merit_YX[known_YX].max() if known_YX.any() else np.inf
        return np.asarray(np.minimum(merit_YX - best, -self.error_YX) + self.tolerance)

    @property
    def region_YX(self) -> NDArray[np.bool_]:  # noqa: N802
        """The settings that are as good as the best: within the tolerance of it, and known."""
        return self.margin_YX >= 0

    @property
    def region_share(self) -> float:
        """How much of the searched map the region is, each axis on its own scale."""
        return float(self.region_YX.mean())

    def region_ends(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Lowest and highest value of the region upwards, and to the right, where these two ranges are the region.

        Returns:
            None where nothing is known, and where much of the box between the ends is not in the region: a curved one
            has no ranges of its own.
        """
        region_YX = self.region_YX
        rows, columns = np.nonzero(region_YX)
        if not rows.size:
            return None
        (low_y, high_y), (low_x, high_x) = ((int(each.min()), int(each.max())) for each in (rows, columns))
        if region_YX[low_y : high_y + 1, low_x : high_x + 1].mean() < BOX_SHARE:
            return None
        ys, xs = self.ys_Y, self.xs_X
        return (float(ys[low_y]), float(ys[high_y])), (float(xs[low_x]), float(xs[high_x]))

    def region_cuts(self) -> tuple["Cut", ...]:
        """The region from bottom to top at a few places to the right, evenly spread over those that it has."""
        columns = np.flatnonzero(self.region_YX.any(axis=0))
        chosen = dict.fromkeys(int(np.quantile(columns, share, method="nearest")) for share in CUTS if columns.size)
        return tuple(Cut(float(self.xs_X[column]), _runs(self.region_YX[:, column], self.ys_Y)) for column in chosen)


class Cut(NamedTuple):
    """The region where the map's right-hand value is this: the ranges of the other one, from below."""

    x: float
    ranges: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Process:
    """The trials smoothed, over any number of dimensions.

    ``axes``: of numbers, a column each, in this order; ``choices``: then a column for each value of each list.
    ``places_PD`` and ``values_P``: of the trials.
    """

    axes: Mapping[str, Axis]
    choices: Mapping[str, tuple[Value, ...]]
    places_PD: Floats
    values_P: Floats
    model: Any
    centre: float
    scale: float
    tolerance: float
    maximize: bool

    def predict(self, places_PD: Floats) -> tuple[Floats, Floats]:
        """Value and standard error at places."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # the same sums in the same order
            mean, error = self.model.predict(places_PD, return_std=True)
        return self.centre + self.scale * mean, self.scale * error

    def flat_dimensions(self) -> frozenset[str]:
        """Dimensions that hardly matter: on lines along them through the trials nearly all is as good as the best.

        A line is looked at for itself, so that a narrow ridge across the space, whose top is as high everywhere, makes
        no dimension of it look flat. And an F-test on the trials finds no effect: a map of few trials smooths a slope
        of one or two noises away, and would call it flat in half of the studies.
        """
        every = slice(None, None, -(-len(self.places_PD) // MAX_LINES))
        bases = self.places_PD[every]
        flat = (name for name, line in self._lines() if self._share_as_good(bases, line) >= FLAT_SHARE)
        p_values = self._p_values()
        # Where too few trials tell, nothing is said of them.
        return frozenset(name for name in flat if (p := p_values[name]) is not None and p >= LEAST_P)

    def effective_dimensions(self) -> frozenset[str]:
        """Dimensions of which the F-test finds an effect; of the others it may be that nobody can tell."""
        return frozenset(name for name, p in self._p_values().items() if p is not None and p < LEAST_P)

    def _p_values(self) -> dict[str, float | None]:
        """Of no effect, by dimension."""
        return {name: effect_p_value(self.places_PD, self.values_P, line[0]) for name, line in self._lines()}

    def _lines(self) -> Iterator[tuple[str, tuple[slice, Floats]]]:
        """By dimension: its columns, and what they hold along a line."""
        for column, name in enumerate(self.axes):
            yield name, (slice(column, column + 1), np.linspace(0.0, 1.0, GRID)[:, None])
        column = len(self.axes)
        for name, values in self.choices.items():
            yield name, (slice(column, column + len(values)), one_hot(len(values)))
            column += len(values)

    def _share_as_good(self, bases_PD: Floats, line: tuple[slice, Floats]) -> float:
        columns, steps = line
        places = np.repeat(bases_PD[:, None], len(steps), axis=1)
        places[:, :, columns] = steps
        value, error = (each.reshape(places.shape[:2]) for each in self.predict(places.reshape(-1, places.shape[2])))
        merit, known = value if self.maximize else -value, error <= self.tolerance
        best = np.where(known, merit, -np.inf).max(axis=1, keepdims=True)
        return float((known & (merit >= best - self.tolerance)).mean())


def fit_process(
    trials: Sequence[TrialRecord],
    space: Mapping[str, Dimension],
    metric: str,
    noise: SeedNoise | None,
    more: Observations | None = None,
) -> Process | None:
    """Smooth the values of complete trials, and what else is known, by a Gaussian process with a noise term.

    The kernel is Matérn 5/2 with a length for each dimension, plus white noise of at least the variance over
    seeds: that one seed gave all trials makes them look smoother than another seed would. Beyond the
    outer fence a value counts as the worst inside it. Of a list that is no numbers every value has an axis of its own.

    Args:
        trials: As ``finished_trials`` gives them.
        space: What was searched.
        metric: By which.
        noise: Over seeds.
        more: The baseline and the pruned trials, as ``observe`` gives them.

    Returns:
        None with too few trials, or where nothing has more than one value.

    References:
        Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, chapter 5.
    """
    axes, lists = numeric_axes(space), choices(space)
    num_dimensions = len(axes) + len(lists)
    if not num_dimensions or len(trials) < max(MIN_TRIALS_FOR_MAP, MIN_TRIALS_A_DIMENSION * num_dimensions):
        return None
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
    from threadpoolctl import threadpool_limits

    maximize = metric != "val_loss"
    of_trials, values = places_of(trials, axes, lists), np.array([t.value for t in trials], float)
    places = of_trials if more is None else np.vstack([of_trials, more.places_PD])
    values = _without_outliers(values if more is None else np.concatenate([values, more.values_P]), maximize)
    centre, scale = float(values.mean()), float(values.std()) or 1.0
    least = 1e-4 if noise is None else min(1.0, max(1e-4, (noise.deviation / scale) ** 2))
    kernel = ConstantKernel(1.0, (1e-3, 1e2)) * Matern([0.5] * places.shape[1], (0.2, 10.0), nu=2.5) + WhiteKernel(
        max(0.1, least), (least, 10.0)
    )
    targets = (values - centre) / scale
    every = slice(None, None, -(-len(places) // MAX_TRIALS_FOR_SHAPE))
    with threadpool_limits(1), warnings.catch_warnings():  # one thread: the same sums in the same order
        warnings.simplefilter("ignore", ConvergenceWarning)  # a flat map ends at a bound, which is its answer
        shape = GaussianProcessRegressor(kernel).fit(places[every], targets[every]).kernel_
        signal, white = shape.k1, shape.k2
        model = GaussianProcessRegressor(signal, alpha=white.noise_level, optimizer=None).fit(places, targets)
    return Process(
        axes=axes,
        choices=lists,
        places_PD=of_trials,
        values_P=values[: len(of_trials)],
        model=model,
        centre=centre,
        scale=scale,
        tolerance=max(scale * math.sqrt(white.noise_level), noise.deviation if noise else 0.0),
        maximize=maximize,
    )


def surface_of(process: Process) -> Surface | None:
    """The smoothed map of a search of two numbers; None of any other search."""
    if len(process.axes) != 2 or process.choices:
        return None
    (y_name, y_axis), (x_name, x_axis) = process.axes.items()
    ys, xs = y_axis.values(GRID), x_axis.values(GRID)
    grid = np.stack(np.meshgrid(y_axis.position(ys), x_axis.position(xs), indexing="ij"), axis=-1)
    value, error = process.predict(grid.reshape(-1, 2))
    return Surface(
        names=(y_name, x_name),
        ys_Y=ys,
        xs_X=xs,
        value_YX=value.reshape(GRID, GRID),
        error_YX=error.reshape(GRID, GRID),
        tolerance=process.tolerance,
        maximize=process.maximize,
    )


def outer_fence(values: Sequence[float] | NDArray[np.floating], maximize: bool) -> float:
    """The limit beyond which a bad value is an outlier: three quartile ranges outside the quartiles.

    A training that collapsed would otherwise squeeze every difference among the others to nothing.

    References:
        Tukey, Exploratory Data Analysis, 1977.
    """
    low, high = np.quantile(values, [0.25, 0.75])
    return float(low - FENCE * (high - low) if maximize else high + FENCE * (high - low))


def _runs(is_in: NDArray[np.bool_], values: Floats) -> tuple[tuple[float, float], ...]:
    """Ranges of values that are in, without a gap each."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_in, [False]]).astype(int)))
    return tuple((float(values[first]), float(values[end - 1])) for first, end in edges.reshape(-1, 2))


def _without_outliers(values: Floats, maximize: bool) -> Floats:
    fence = outer_fence(values, maximize)
    if maximize:
        return np.asarray(np.maximum(values, values[values >= fence].min()))
    return np.asarray(np.minimum(values, values[values <= fence].max()))
