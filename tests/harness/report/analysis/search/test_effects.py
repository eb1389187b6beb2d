"""A test of whether a dimension has an effect: its size, its power, and when it does not tell."""

import numpy as np
import pytest
from scipy import stats

from harness.report.analysis.search.effects import FEWEST_FREE, effect_p_value

FIRST, SECOND = slice(0, 1), slice(1, 2)


def rejections(slope: float, columns: slice, number: int = 24, studies: int = 200) -> float:
    """How often no effect of the dimension is rejected at 5 %, where the first one has this slope in noises."""
    found = []
    for seed in range(studies):
        random = np.random.default_rng(seed)
        places = random.random((number, 2))
        p = effect_p_value(places, slope * places[:, 0] + random.normal(size=number), columns)
        assert p is not None
        found.append(p < 0.05)
    return float(np.mean(found))


def test_where_there_is_none_it_errs_in_one_of_twenty() -> None:
    assert rejections(0.0, FIRST) == pytest.approx(0.05, abs=0.035)
    assert rejections(5.0, SECOND) == pytest.approx(0.05, abs=0.035)  # whatever the other one does


def test_an_effect_is_found() -> None:
    assert rejections(5.0, FIRST) > 0.9


def test_a_curve_and_an_interaction_are_effects() -> None:
    places = np.random.default_rng(0).random((40, 2))
    noise = 0.01 * np.random.default_rng(1).normal(size=40)
    curve = effect_p_value(places, (places[:, 0] - 0.5) ** 2 + noise, FIRST)
    both = effect_p_value(places, (places[:, 0] - 0.5) * (places[:, 1] - 0.5) + noise, SECOND)
    assert curve is not None and both is not None and curve < 1e-6 and both < 1e-6


def test_a_list_has_a_column_a_value() -> None:
    names = np.random.default_rng(0).integers(0, 3, 40)
    places = np.hstack([np.random.default_rng(1).random((40, 1)), np.eye(3)[names] / np.sqrt(2)])
    noise = 0.01 * np.random.default_rng(2).normal(size=40)
    one_of_them = effect_p_value(places, (names == 1) + noise, slice(1, 4))
    none_of_them = effect_p_value(places, places[:, 0] + noise, slice(1, 4))
    assert one_of_them is not None and none_of_them is not None and one_of_them < 1e-6 and none_of_them > 0.01


def test_equal_values_and_too_few_trials() -> None:
    places = np.random.default_rng(0).random((20, 2))
    assert effect_p_value(places, np.full(20, 0.9), FIRST) == 1.0
    assert effect_p_value(places[:8], places[:8, 0], FIRST) is None
    assert effect_p_value(np.full((20, 2), 0.5), np.arange(20.0), FIRST) is None


def by_hand(x: np.ndarray, y: np.ndarray, values: np.ndarray, has_product: bool) -> float:
    """Of no effect of x, by the sums of squares that a quadratic leaves with and without it."""
    without = [np.ones(len(x)), y, y**2]
    full = [*without, x, x**2, *([x * y] if has_product else [])]
    left, more = (np.linalg.lstsq(np.stack(terms, axis=1), values, rcond=None)[1][0] for terms in (full, without))
    num_free = len(x) - len(full)
    return float(stats.f.sf(((more - left) / (len(full) - 3)) / (left / num_free), len(full) - 3, num_free))


@pytest.mark.parametrize(("number", "has_product"), [(5 + FEWEST_FREE, False), (11, False), (12, True), (30, True)])
def test_it_is_the_f_test_of_a_quadratic_with_products_where_trials_are_plenty(number: int, has_product: bool) -> None:
    random = np.random.default_rng(number)
    places, noise = random.random((number, 2)), random.normal(size=number)
    values = 1.5 * places[:, 0] * places[:, 1] + noise
    for columns, (x, y) in ((FIRST, places.T), (SECOND, places.T[::-1])):
        assert effect_p_value(places, values, columns) == pytest.approx(by_hand(x, y, values, has_product))


def test_of_a_fit_without_a_rest_it_is_all_or_nothing() -> None:
    places = np.random.default_rng(0).random((20, 2))
    assert (effect_p_value(places, places[:, 0], FIRST), effect_p_value(places, places[:, 0], SECOND)) == (0.0, 1.0)
    assert effect_p_value(places, 1e-9 * places[:, 0], FIRST) == 0.0  # however small the values are


def test_a_list_of_two_values_adds_one_term() -> None:
    names = np.arange(20) % 2
    places = np.hstack([np.random.default_rng(1).random((20, 1)), np.eye(2)[names] / np.sqrt(2)])
    noise = 0.01 * np.random.default_rng(2).normal(size=20)
    p = effect_p_value(places, names + noise, slice(1, 3))
    assert p is not None and p < 1e-6
