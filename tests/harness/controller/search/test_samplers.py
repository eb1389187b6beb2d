"""Plans that no result decides, and samplers that are each a trial's own."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.samplers import CmaEsSampler, GPSampler, RandomSampler, TPESampler

from harness.controller.search.samplers import all_settings, fixed_settings, make_sampler, untried
from harness.sweep.search.config import Dimension, SearchConfig

FOUR_BY_FOUR = {"alpha": {"values": [0.1, 0.3, 0.6, 0.9]}, "temperature": {"values": [1, 2, 4, 8]}}


def settings_of(sampler: str, num_trials: int | None, space: object, seed: int = 1000) -> list[tuple[object, ...]]:
    config = SearchConfig.model_validate({"sampler": sampler, "num_trials": num_trials, "space": space, "seed": seed})
    return [tuple(setting.values()) for setting in fixed_settings(config, config.dimensions)]


def test_each_sampler_is_optunas() -> None:
    kinds = {"tpe": TPESampler, "gp": GPSampler, "cmaes": CmaEsSampler, "random": RandomSampler}
    for name, kind in kinds.items():
        assert type(make_sampler(name, SearchConfig(), 3, 0)) is kind


def test_one_range_is_too_few_for_cmaes() -> None:
    config = SearchConfig.model_validate({"sampler": "cmaes"})
    assert config.sampler_of(config.dimensions) == "cmaes"
    assert config.sampler_of({"student.optimizer.lr": Dimension(low=1e-4, high=0.1)}) == "tpe"


def test_a_whole_grid_is_in_the_order_of_the_file() -> None:
    assert settings_of("grid", None, FOUR_BY_FOUR) == list(itertools.product([0.1, 0.3, 0.6, 0.9], [1, 2, 4, 8]))


@pytest.mark.parametrize("seed", range(5))
def test_a_shortened_grid_is_spread_over_all_its_values(seed: int) -> None:
    four = settings_of("grid", 4, FOUR_BY_FOUR, seed)
    assert {alpha for alpha, _ in four} == {0.1, 0.3, 0.6, 0.9}
    assert {temperature for _, temperature in four} == {1, 2, 4, 8}
    eight = settings_of("grid", 8, FOUR_BY_FOUR, seed)
    assert eight[:4] == four  # more trials add cells to those there were
    assert len(set(eight)) == 8


@given(st.integers(1, 17), st.integers(0, 50))
def test_a_grid_has_as_many_different_cells_as_asked(num_trials: int, seed: int) -> None:
    found = settings_of("grid", num_trials, FOUR_BY_FOUR, seed)
    assert len(found) == len(set(found)) == min(num_trials, 16)


def test_a_sobol_sequence_fills_ranges_lists_and_whole_numbers_evenly() -> None:
    space = {
        "alpha": {"low": 0.25, "high": 0.75},
        "temperature": {"values": [1, 4]},
        "student.batch_size": {"low": 10, "high": 13, "int": True},
    }
    found = settings_of("qmc", 64, space)
    assert found[:10] == settings_of("qmc", 10, space)
    alphas, temperatures, sizes = zip(*found, strict=True)
    assert [sum(0.25 + k / 16 <= alpha < 0.25 + (k + 1) / 16 for alpha in alphas) for k in range(8)] == [8] * 8
    assert [temperatures.count(value) for value in (1, 4)] == [32, 32]
    assert [sizes.count(value) for value in (10, 11, 12, 13)] == [16] * 4
    assert found != settings_of("qmc", 64, space, seed=1)


def test_one_setting_that_was_not_tried() -> None:
    space = {
        "a": Dimension(values=("x", "y")),
        "b": Dimension(low=1, high=2, is_int=True),
        "c": Dimension(low=3, high=3),
    }
    assert len(list(all_settings(space))) == 4
    tried = {("x", 1, 3.0), ("y", 1, 3.0), ("y", 2, 3.0)}
    assert untried(space, tried, 7) == {"a": "x", "b": 2, "c": 3.0}
    assert untried(space, tried | {("x", 2, 3.0)}, 7) is None
    assert untried({"a": Dimension(low=0, high=1)}, set(), 0) is None
