"""The space of a search, as a sweep file writes it."""

import json
import math

import pytest
from pydantic import ValidationError

from harness.sweep.search.config import DEFAULT_SPACE, Dimension, SearchConfig, num_settings
from kd.config import DistillConfig


def space(**dimensions: object) -> SearchConfig:
    return SearchConfig.model_validate({"space": dimensions})


def test_alpha_and_temperature_are_searched_unless_told_otherwise() -> None:
    assert SearchConfig().dimensions == DEFAULT_SPACE
    found = space(**{"student.optimizer.lr": {"low": 1e-4, "high": 0.1, "log": True}, "alpha": {"values": [0, 1]}})
    assert list(found.dimensions) == ["alpha", "temperature", "student.optimizer.lr"]
    assert found.dimensions["alpha"].values == (0, 1)
    assert list(space(temperature=None).dimensions) == ["alpha"]
    assert list(space(alpha=None, temperature=None, beta={"values": [1]}).dimensions) == ["beta"]


def test_every_spelling_of_a_name_is_one_dimension() -> None:
    lr, wider = {"low": 0.01, "high": 0.1}, {"low": 0.01, "high": 0.5}
    dotted = space(**{"student.optimizer.lr": lr, "distill.beta": {"values": [1]}})
    nested = space(student={"optimizer": {"lr": lr}}, distill={"beta": {"values": [1]}})
    assert dotted == nested
    both = space(**{"student.optimizer.lr": lr}, student={"optimizer": {"lr": {"high": 0.5}}})  # SET widens a range
    assert both == space(**{"student.optimizer.lr": wider})
    with pytest.raises(ValidationError, match="given twice"):
        space(**{"beta": {"values": [1]}, "distill.beta": {"values": [2]}})


@pytest.mark.parametrize("config", [SearchConfig(), space(alpha={"values": [0.5, 1]}, temperature=None)])
def test_it_survives_the_round_trip_with_whole_numbers_and_texts_as_they_are(config: SearchConfig) -> None:
    text = config.model_dump_json()
    again = SearchConfig.model_validate_json(text)
    assert again == config
    assert again.model_dump_json() == text
    mixed = space(**{"student.optimizer.name": {"values": ["sgd", "adam"]}, "beta": {"values": [1, 1.5, False]}})
    content = json.loads(mixed.model_dump_json())["space"]
    assert content["beta"]["values"] == [1, 1.5, False]
    assert list(map(type, content["beta"]["values"])) == [int, float, bool]


def test_an_old_sweeps_space_is_read_as_it_was() -> None:
    old = {
        "alpha": {"low": 0.0, "high": 1.0, "log": False, "values": None},
        "temperature": {"low": 1.0, "high": 20.0, "log": True, "values": None},
    }
    assert space(**old) == SearchConfig()
    assert SearchConfig().model_dump(mode="json")["space"] == old


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"low": 1}, "give low and high, or values"),
        ({"low": 1, "high": 2, "values": [1]}, "not both"),
        ({"low": 1, "high": 2.5, "int": True}, "low and high must be whole numbers with int, got 1.0 and 2.5"),
        ({"values": []}, "at least 1 item"),
        ({"values": [None]}, "a number, a text, true or false is wanted"),
        ({"values": [[1]]}, "a number, a text, true or false is wanted"),
        ({"values": [math.nan]}, "a number, a text, true or false is wanted"),
    ],
)
def test_what_is_no_dimension_is_refused(content: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        space(alpha=content)


def test_what_lies_in_a_dimension() -> None:
    whole = Dimension.model_validate({"low": 1, "high": 4, "int": True})
    assert [value in whole for value in (1, 4.0, 2.5, 5, True, "2")] == [True, True, False, False, False, False]
    assert (whole.num_values, Dimension(low=0, high=1).num_values, Dimension(low=1, high=1).num_values) == (
        4,
        math.inf,
        1,
    )
    words = Dimension(values=("sgd", "adam"))
    assert "sgd" in words
    assert "rmsprop" not in words
    with pytest.raises(TypeError, match="not all numbers"):
        _ = words.ends


def test_the_temperature_is_left_out_where_the_loss_has_none() -> None:
    assert list(SearchConfig().space_of(DistillConfig(loss="hard"))) == ["alpha"]
    grid = SearchConfig.model_validate(
        {"sampler": "grid", "space": {"alpha": {"values": [0, 0.5]}, "temperature": {"values": [1, 2, 4]}}}
    )
    assert grid.planned_trials(grid.space_of(DistillConfig())) == 6
    assert grid.planned_trials(grid.space_of(DistillConfig(loss="hard"))) == 2


def test_nothing_to_search_is_refused() -> None:
    with pytest.raises(ValidationError, match="nothing is left to search"):
        space(alpha=None, temperature=None)


@pytest.mark.parametrize(
    ("content", "is_said"),
    [
        ({"num_trials": 24, "concurrency": 16}, True),
        ({"num_trials": 24, "concurrency": 8}, False),
        ({"num_trials": 24, "concurrency": 9, "sampler": "gp"}, True),
        ({"num_trials": 8, "concurrency": 8}, False),  # tpe draws so many blindly anyway
        ({"num_trials": 24, "concurrency": 16, "sampler": "random"}, False),
        ({"num_trials": 24, "concurrency": 16, "sampler": "qmc"}, False),
    ],
)
def test_a_sampler_that_can_hardly_listen_is_said(content: dict[str, object], is_said: bool) -> None:
    config = SearchConfig.model_validate(content)
    note = config.note(config.dimensions)
    assert (note is not None) == is_said
    assert note is None or f"search.concurrency {config.concurrency} is more than a third of 24 trials" in note


def test_there_are_no_more_trials_than_settings() -> None:
    listed = space(alpha={"values": [0.1, 0.5]}, temperature={"low": 1, "high": 4, "int": True})
    assert num_settings(listed.dimensions) == listed.planned_trials(listed.dimensions) == 8
    assert SearchConfig().planned_trials(SearchConfig().dimensions) == 20


@pytest.mark.parametrize(
    ("repeats", "trials", "planned"),
    [(0, 24, 0), (2, 20, 6), (2, 2, 4), (2, 1, 0), (None, 47, 0), (None, 48, 6), (5, 24, 15)],
)
def test_repeats_are_of_the_best_of_several(repeats: int | None, trials: int, planned: int) -> None:
    config = SearchConfig(num_trials=trials, repeats=repeats)
    assert config.planned_repeats(config.dimensions) == planned


def test_cmaes_needs_two_ranges() -> None:
    with pytest.raises(ValidationError, match="cmaes needs two ranges at least"):
        SearchConfig.model_validate({"sampler": "cmaes", "space": {"temperature": None}})
    with pytest.raises(ValidationError, match="cmaes needs two ranges at least"):
        SearchConfig.model_validate({"sampler": "cmaes", "space": {"alpha": {"values": [0, 1]}}})
    SearchConfig.model_validate({"sampler": "cmaes"})
