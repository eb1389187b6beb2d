"""The smoothed map on known ground, and which dimensions matter."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from scipy import stats

from harness.report.analysis.search.axes import Axis
from harness.report.analysis.search.surface import (
    LEAST_P,
    MAX_TRIALS_FOR_SHAPE,
    MIN_TRIALS_FOR_MAP,
    Process,
    SeedNoise,
    Surface,
    fit_process,
    outer_fence,
    surface_of,
)
from harness.state.files.records import TrialRecord
from harness.sweep.search.config import DEFAULT_SPACE, Dimension
from tests.support.invented_search import hill, trial, trials_of

SPACE = {name: dimension for name, dimension in DEFAULT_SPACE.items() if dimension is not None}


def fit_surface(trials: Sequence[TrialRecord], noise: SeedNoise | None, metric: str = "val_accuracy") -> Surface | None:
    process = fit_process(trials, SPACE, metric, noise)
    return None if process is None else surface_of(process)


def test_the_fence_is_tukeys() -> None:
    values = [0.90, 0.91, 0.92, 0.93, 0.94, 0.10]
    spread = stats.iqr(values)
    assert outer_fence(values, True) == pytest.approx(np.quantile(values, 0.25) - 3 * spread)
    assert outer_fence([-v for v in values], False) == pytest.approx(-outer_fence(values, True))


# The smoothed map


def peak(surface: Surface) -> tuple[float, float]:
    merit = surface.value_YX if surface.maximize else -surface.value_YX
    row, column = divmod(int(merit.argmax()), merit.shape[1])
    return float(surface.ys_Y[row]), float(Axis(1.0, 20.0, True).position(surface.xs_X[column]))


@pytest.mark.parametrize("metric", ["val_accuracy", "val_loss"])
def test_the_region_lies_around_the_true_best(metric: str) -> None:
    sign = 1 if metric == "val_accuracy" else -1
    trials = trials_of(lambda a, t: sign * hill(a, t))
    surface = fit_surface(trials, SeedNoise(0.005, 8), metric)
    assert surface is not None
    assert peak(surface) == pytest.approx((0.6, 0.5), abs=0.06)
    assert surface.tolerance >= 0.005
    assert surface.region_ends() is None  # a hill's top is round
    (low, _), (middle, ((alpha_low, alpha_high),)), (high, _) = surface.region_cuts()
    assert alpha_low < 0.6 < alpha_high and low < 20**0.5 < high and middle == pytest.approx(20**0.5, rel=0.2)
    assert 0.02 < surface.region_share < 0.5
    inside = [a for a, t in zip(*np.nonzero(surface.region_YX), strict=True) for a in [surface.ys_Y[a]]]
    truth = {(a, t): hill(a, t) for a in np.linspace(0, 1, 41) for t in np.linspace(0, 1, 41)}
    as_good = [a for (a, _), value in truth.items() if value >= 0.95 - surface.tolerance]
    assert min(inside) == pytest.approx(min(as_good), abs=0.1)
    assert max(inside) == pytest.approx(max(as_good), abs=0.1)


def test_a_curved_region_is_told_cut_by_cut_and_a_box_by_its_ends() -> None:
    """Along a ridge from corner to corner the box around the region is the whole map, which would be no answer."""
    ridge = fit_surface(trials_of(lambda a, t: 0.95 - 0.3 * (a - t) ** 2, 60), SeedNoise(0.003, 8))
    assert ridge is not None and ridge.region_ends() is None
    left, middle, right = (cut.ranges for cut in ridge.region_cuts())
    assert left[0][1] < middle[0][0] + 0.3 and middle[-1][1] < right[-1][1] and middle[0][0] > 0.2
    every = fit_surface(trials_of(lambda a, t: 0.9), SeedNoise(0.003, 8))
    assert every is not None and every.region_ends() == ((0.0, 1.0), (1.0, pytest.approx(20.0)))


def test_a_region_in_two_parts_has_two_ranges() -> None:
    inside = np.zeros((41, 41), bool)
    inside[3:10, 5:8] = inside[20:30, 5:8] = True
    surface = Surface(
        names=("alpha", "temperature"),
        ys_Y=np.linspace(0, 1, 41),
        xs_X=np.linspace(1, 5, 41),
        value_YX=np.where(inside, 0.9, 0.5),
        error_YX=np.zeros((41, 41)),
        tolerance=0.01,
        maximize=True,
    )
    assert surface.region_ends() is None
    ranges = ((pytest.approx(0.075), pytest.approx(0.225)), (0.5, pytest.approx(0.725)))
    assert [cut.ranges for cut in surface.region_cuts()] == [ranges] * 3
    assert [round(cut.x, 2) for cut in surface.region_cuts()] == [1.5, 1.6, 1.7]


def test_noise_alone_is_a_flat_map() -> None:
    random = np.random.default_rng(1)
    surface = fit_surface(trials_of(lambda a, t: 0.9 + 0.01 * random.normal()), SeedNoise(0.01, 8))
    assert surface is not None
    assert surface.region_share > 0.9


def test_a_collapsed_training_does_not_bend_the_map() -> None:
    trials = trials_of(hill)
    surface = fit_surface([*trials, trial(99, 0.95, 1.1, 0.1)], SeedNoise(0.005, 8))
    assert surface is not None
    assert peak(surface) == pytest.approx((0.6, 0.5), abs=0.15)


def test_what_is_far_from_every_trial_is_not_known() -> None:
    corner = [trial(n, 0.05 * a, 1 + 0.1 * t, 0.8 + 0.02 * a) for n, (a, t) in enumerate(np.ndindex(4, 3))]
    surface = fit_surface(corner, SeedNoise(0.002, 8))
    assert surface is not None
    assert surface.known_YX[0, 0] and not surface.known_YX[-1, -1]
    assert not (surface.region_YX & ~surface.known_YX).any()


def test_few_trials_or_one_axis_give_no_map() -> None:
    trials = trials_of(hill, MIN_TRIALS_FOR_MAP)
    assert fit_surface(trials, None) is not None
    assert fit_surface(trials[1:], None) is None
    fixed = SPACE | {"alpha": Dimension(low=0.5, high=0.5)}
    line = fit_process(trials, fixed, "val_accuracy", None)
    assert line is not None and list(line.axes) == ["temperature"]
    assert surface_of(line) is None
    nothing = fixed | {"temperature": Dimension(values=(4.0,))}
    assert fit_process(trials, nothing, "val_accuracy", None) is None


def test_many_trials_are_smoothed_too_and_twice_alike() -> None:
    trials = trials_of(hill, MAX_TRIALS_FOR_SHAPE + 60)
    first, second = (fit_surface(trials, SeedNoise(0.005, 8)) for _ in range(2))
    assert first is not None and second is not None
    assert peak(first) == pytest.approx((0.6, 0.5), abs=0.06)
    assert np.array_equal(first.value_YX, second.value_YX)


def test_equal_values_are_a_flat_map() -> None:
    trials = trials_of(lambda a, t: 0.9)
    surface = fit_surface(trials, None)
    assert surface is not None and surface.region_share > 0.9


# Which dimensions matter


def flat(value: Callable[[float, float], float], noise: float = 0.003, seed: int = 0) -> frozenset[str]:
    random = np.random.default_rng(seed)
    trials = trials_of(lambda a, t: value(a, t) + noise * random.normal(), 24, seed)
    process = fit_process(trials, SPACE, "val_accuracy", SeedNoise(noise, 8))
    assert process is not None
    return process.flat_dimensions()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("value", "names"),
    [
        (hill, set()),
        (lambda a, t: 0.9, {"alpha", "temperature"}),
        (lambda a, t: 0.95 - 0.05 * (1 - t), {"alpha"}),
        (lambda a, t: 0.95 - 0.06 * max(0.0, 0.5 - a), {"temperature"}),
        # As high everywhere along its top, which runs across both: neither is without effect.
        (lambda a, t: 0.95 - 0.03 * np.tanh(((a - t) / 0.2) ** 2), set()),
    ],
    ids=["hill", "nothing", "T alone", "alpha alone", "ridge"],
)
def test_a_dimension_is_flat_where_it_is_along_every_line(
    value: Callable[[float, float], float], names: set[str], seed: int
) -> None:
    assert flat(value, seed=seed) == names


@pytest.mark.thorough
def test_a_slope_of_three_noises_is_hardly_ever_called_flat_and_no_slope_nearly_always() -> None:
    """24 trials each; without the F-test a slope of two noises was called flat in half of the studies."""
    steep = [flat(lambda a, t: 0.9 + 0.009 * t, seed=seed) for seed in range(12)]
    none = [flat(lambda a, t: 0.9, seed=seed) for seed in range(12)]
    assert sum("temperature" in found for found in steep) <= 2
    assert sum("alpha" in found for found in steep) >= 10 and sum(len(found) == 2 for found in none) >= 9


def wide_trials(value: Callable[[Mapping[str, float], str], float], number: int = 60) -> list[TrialRecord]:
    """Trials of three numbers and a list."""
    random = np.random.default_rng(3)
    trials = []
    for place in range(number):
        alpha, rate, decay = random.random(3).tolist()
        name = ("adam", "sgd", "adamw")[int(random.integers(3))]
        params = {"alpha": alpha, "student.optimizer.lr": 10 ** (3 * rate - 4), "decay": decay, "name": name}
        result = value({"alpha": alpha, "rate": rate, "decay": decay}, name)
        record = {"number": place, "run_id": f"search-{place:08d}", "params": params, "state": "complete"}
        trials.append(TrialRecord.model_validate(record | {"value": result + 0.002 * random.normal()}))
    return trials


WIDE = {
    "alpha": Dimension(low=0.0, high=1.0),
    "student.optimizer.lr": Dimension(low=1e-4, high=0.1, log=True),
    "decay": Dimension(low=0.0, high=1.0),
    "name": Dimension(values=("adam", "sgd", "adamw")),
}


def wide(value: Callable[[Mapping[str, float], str], float]) -> Process:
    process = fit_process(wide_trials(value), WIDE, "val_accuracy", SeedNoise(0.002, 8))
    assert process is not None
    return process


def test_of_more_than_two_dimensions_there_is_no_map_but_what_matters_is_told() -> None:
    process = wide(lambda at, name: 0.9 - 0.1 * (at["rate"] - 0.5) ** 2 - 0.03 * (name == "sgd"))
    assert surface_of(process) is None
    assert process.flat_dimensions() == {"alpha", "decay"}


def test_a_list_is_smoothed_value_by_value() -> None:
    process = wide(lambda at, name: {"adam": 0.9, "sgd": 0.8, "adamw": 0.85}[name])
    values, _ = process.predict(process.places_PD)
    by_name = {name: [] for name in ("adam", "sgd", "adamw")}
    for trial_, value in zip(wide_trials(lambda at, name: 0.0), values, strict=True):
        by_name[str(trial_.params["name"])].append(value)
    means = {name: float(np.mean(found)) for name, found in by_name.items()}
    assert means == pytest.approx({"adam": 0.9, "sgd": 0.8, "adamw": 0.85}, abs=0.005)


def test_of_several_lists_each_has_the_effect_of_its_own_values() -> None:
    random, trials = np.random.default_rng(4), []
    for each in wide_trials(lambda at, name: 0.9):
        loss = ("kd", "dkd", "dist")[int(random.integers(3))]
        assert each.value is not None
        value = each.value + 0.05 * (loss == "dkd")
        trials.append(each.model_copy(update={"params": each.params | {"loss": loss}, "value": value}))
    space = WIDE | {"loss": Dimension(values=("kd", "dkd", "dist"))}
    process = fit_process(trials, space, "val_accuracy", SeedNoise(0.002, 8))
    assert process is not None
    p_values = process._p_values()
    assert min(p_values, key=lambda name: p_values[name] or 0.0) == "loss" and (p_values["loss"] or 1.0) < 1e-6
    assert all(p is not None and p > 1e-3 for name, p in p_values.items() if name != "loss"), p_values
    assert process.effective_dimensions() == {name for name, p in p_values.items() if p is not None and p < LEAST_P}


def test_every_dimension_asks_for_trials_of_its_own() -> None:
    trials = wide_trials(lambda at, name: at["rate"])
    assert fit_process(trials[:16], WIDE, "val_accuracy", None) is not None
    assert fit_process(trials[:15], WIDE, "val_accuracy", None) is None
