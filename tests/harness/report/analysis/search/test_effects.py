"""A test of whether a dimension has an effect: its size, its power, and when it does not tell."""

import numpy as np
import pytest

from harness.report.analysis.search.effects import effect_p_value

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
