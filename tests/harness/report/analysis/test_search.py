"""The search's reading against scipy, scikit-learn's answers on known ground, and advice rule by rule."""

import math

import numpy as np
import pytest
from scipy import stats

from harness.report.analysis.search import (
    MAX_TRIALS_FOR_IMPORTANCE,
    MAX_TRIALS_FOR_SHAPE,
    MIN_TRIALS_FOR_MAP,
    Axis,
    SeedNoise,
    Surface,
    best_so_far,
    find_importances,
    find_seed_noise,
    finished_trials,
    fit_surface,
    outer_fence,
)
from harness.sweep.search_config import SearchConfig
from tests.support.invented_search import Make, hill, trial, trials_of

CONFIG = SearchConfig(num_trials=24)


# What is reckoned


def test_seed_noise_is_the_pooled_deviation(make: Make) -> None:
    students = {"baseline": [0.90, 0.92, 0.91], "compare1": [0.95, 0.94, 0.99], "distilled": [0.97, 0.97, 0.96]}
    results = make([trial(0, 0.5, 2.0, 0.9)], 0, students)
    for metric in ("val_accuracy", "val_loss"):
        noise = find_seed_noise(results, metric)
        assert noise is not None and noise.degrees == 6
        pooled = np.mean([stats.tvar(values) for values in students.values()])
        assert noise.deviation == pytest.approx(math.sqrt(pooled))


def test_without_two_seeds_noise_is_not_known(make: Make) -> None:
    assert find_seed_noise(make([trial(0, 0.5, 2.0, 0.9)], 0, {"baseline": [0.9]}), "val_accuracy") is None


def test_best_so_far_skips_what_is_not_complete() -> None:
    trials = [
        trial(0, 0.5, 2.0, 0.99, "pruned"),
        trial(1, 0.5, 3.0, 0.90),
        trial(2, 0.5, 4.0, None, "failed"),
        trial(3, 0.5, 5.0, 0.80),
        trial(4, 0.5, 6.0, 0.95),
    ]
    assert best_so_far(trials, maximize=True) == (None, 0.90, 0.90, 0.90, 0.95)
    assert best_so_far(trials, maximize=False) == (None, 0.90, 0.90, 0.80, 0.80)


def test_equal_settings_share_a_run_and_count_once() -> None:
    one = trial(0, 0.5, 2.0, 0.9)
    again = trial(1, 0.5, 2.0, 0.9).model_copy(update={"run_id": one.run_id})
    lost = trial(2, 0.5, 3.0, float("nan"))
    assert [t.run_id for t in finished_trials([one, again, lost])] == [one.run_id]


def test_the_fence_is_tukeys() -> None:
    values = [0.90, 0.91, 0.92, 0.93, 0.94, 0.10]
    spread = stats.iqr(values)
    assert outer_fence(values, True) == pytest.approx(np.quantile(values, 0.25) - 3 * spread)
    assert outer_fence([-v for v in values], False) == pytest.approx(-outer_fence(values, True))


# The smoothed map


def peak(surface: Surface) -> tuple[float, float]:
    merit = surface.value_AT if surface.maximize else -surface.value_AT
    row, column = divmod(int(merit.argmax()), merit.shape[1])
    return float(surface.alphas_A[row]), float(Axis(1.0, 20.0, True).position(surface.temperatures_T[column]))


@pytest.mark.parametrize("metric", ["val_accuracy", "val_loss"])
def test_the_region_lies_around_the_true_best(metric: str) -> None:
    sign = 1 if metric == "val_accuracy" else -1
    trials = trials_of(lambda a, t: sign * hill(a, t))
    config = CONFIG.model_copy(update={"metric": metric})
    surface = fit_surface(trials, config, SeedNoise(0.005, 8))
    assert surface is not None
    assert peak(surface) == pytest.approx((0.6, 0.5), abs=0.06)
    assert surface.tolerance >= 0.005
    (alpha_low, alpha_high), (t_low, t_high) = surface.region_ends() or ((1, 0), (1, 0))
    assert alpha_low < 0.6 < alpha_high and t_low < 20**0.5 < t_high
    assert 0.02 < surface.region_share < 0.5
    inside = [a for a, t in zip(*np.nonzero(surface.region_AT), strict=True) for a in [surface.alphas_A[a]]]
    truth = {(a, t): hill(a, t) for a in np.linspace(0, 1, 41) for t in np.linspace(0, 1, 41)}
    as_good = [a for (a, _), value in truth.items() if value >= 0.95 - surface.tolerance]
    assert min(inside) == pytest.approx(min(as_good), abs=0.1)
    assert max(inside) == pytest.approx(max(as_good), abs=0.1)


def test_noise_alone_is_a_flat_map() -> None:
    random = np.random.default_rng(1)
    surface = fit_surface(trials_of(lambda a, t: 0.9 + 0.01 * random.normal()), CONFIG, SeedNoise(0.01, 8))
    assert surface is not None
    assert surface.region_share > 0.9


def test_a_collapsed_training_does_not_bend_the_map() -> None:
    trials = trials_of(hill)
    surface = fit_surface([*trials, trial(99, 0.95, 1.1, 0.1)], CONFIG, SeedNoise(0.005, 8))
    assert surface is not None
    assert peak(surface) == pytest.approx((0.6, 0.5), abs=0.15)


def test_what_is_far_from_every_trial_is_not_known() -> None:
    corner = [trial(n, 0.05 * a, 1 + 0.1 * t, 0.8 + 0.02 * a) for n, (a, t) in enumerate(np.ndindex(4, 3))]
    surface = fit_surface(corner, CONFIG, SeedNoise(0.002, 8))
    assert surface is not None
    assert surface.known_AT[0, 0] and not surface.known_AT[-1, -1]
    assert not (surface.region_AT & ~surface.known_AT).any()


def test_few_trials_or_one_axis_give_no_map() -> None:
    trials = trials_of(hill, MIN_TRIALS_FOR_MAP)
    assert fit_surface(trials, CONFIG, None) is not None
    assert fit_surface(trials[1:], CONFIG, None) is None
    fixed = SearchConfig.model_validate({"space": {"alpha": {"low": 0.5, "high": 0.5}}})
    assert fit_surface(trials, fixed, None) is None
    assert find_importances(trials, fixed) == {}


def test_many_trials_are_smoothed_too_and_twice_alike() -> None:
    trials = trials_of(hill, MAX_TRIALS_FOR_SHAPE + 60)
    first, second = (fit_surface(trials, CONFIG, SeedNoise(0.005, 8)) for _ in range(2))
    assert first is not None and second is not None
    assert peak(first) == pytest.approx((0.6, 0.5), abs=0.06)
    assert np.array_equal(first.value_AT, second.value_AT)


def test_equal_values_are_a_flat_map_without_importances() -> None:
    trials = trials_of(lambda a, t: 0.9)
    surface = fit_surface(trials, CONFIG, None)
    assert surface is not None and surface.region_share > 0.9
    assert find_importances(trials, CONFIG) == {}


@pytest.mark.parametrize("sampler", ["tpe", "grid"])
def test_importance_goes_to_what_matters(sampler: str) -> None:
    config = CONFIG
    trials = trials_of(lambda a, t: 0.9 + 0.1 * t + 0.001 * a, 40)
    if sampler == "grid":
        values = {"alpha": {"values": [0.1, 0.5, 0.9]}, "temperature": {"values": [1.0, 4.0, 16.0]}}
        config = SearchConfig.model_validate({"sampler": "grid", "space": values})
        cells = np.ndindex(3, 3)
        trials = [trial(n, (0.1, 0.5, 0.9)[a], (1.0, 4.0, 16.0)[t], 0.9 + 0.01 * t) for n, (a, t) in enumerate(cells)]
    found = find_importances(trials, config)
    assert next(iter(found)) == "temperature"
    assert found["temperature"] > 0.9
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.thorough
def test_many_trials_are_ranked_by_evenly_spaced_ones() -> None:
    trials = trials_of(lambda a, t: 0.9 + 0.1 * a + 0.001 * t, 2 * MAX_TRIALS_FOR_IMPORTANCE)
    found = find_importances(trials, CONFIG)
    assert found == find_importances(trials[::2], CONFIG)
    assert found["alpha"] > 0.9


# Advice: each rule once met and once not


# The page
