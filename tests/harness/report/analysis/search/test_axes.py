"""Dimensions as axes: which are numbers, and on which scale."""

import numpy as np
import pytest

from harness.report.analysis.search.axes import Axis, choices, number, numeric_axes, one_hot, places_of
from harness.sweep.search.config import Dimension
from tests.support.invented_search import trial


def test_numbers_are_axes_and_other_lists_are_choices() -> None:
    space = {
        "alpha": Dimension(low=0.0, high=1.0),
        "temperature": Dimension(values=(1, 4, 16)),
        "beta": Dimension(low=1, high=4, is_int=True),
        "student.optimizer.name": Dimension(values=("adam", "sgd")),
        "student.optimizer.nesterov": Dimension(values=(True, False)),
        "gamma": Dimension(values=("one",)),
    }
    axes = numeric_axes(space)
    assert axes == {"alpha": Axis(0, 1, False), "temperature": Axis(1, 16, True), "beta": Axis(1, 4, False)}
    assert choices(space) == {
        "student.optimizer.name": ("adam", "sgd"),
        "student.optimizer.nesterov": (True, False),
    }


def test_a_value_that_cannot_be_another_is_no_axis() -> None:
    fixed = {"alpha": Dimension(low=0.5, high=0.5), "beta": Dimension(values=(8.0,))}
    assert numeric_axes(fixed) == {} and choices(fixed) == {}


def test_a_list_of_even_steps_stays_linear() -> None:
    assert not numeric_axes({"beta": Dimension(values=(1.0, 2.0, 3.0))})["beta"].log
    assert not numeric_axes({"beta": Dimension(values=(0.0, 0.01, 0.1))})["beta"].log
    assert numeric_axes({"beta": Dimension(values=(0.1, 0.01, 0.001))})["beta"].log


def test_a_trial_is_a_number_on_each() -> None:
    assert number(trial(0, 0.25, 4.0, 0.9), "temperature") == 4.0


@pytest.mark.parametrize(("axis", "middle"), [(Axis(2.0, 8.0, False), 5.0), (Axis(2.0, 8.0, True), 4.0)])
def test_an_axis_goes_evenly_from_end_to_end_on_its_scale(axis: Axis, middle: float) -> None:
    assert axis.values(3) == pytest.approx(np.array([2.0, middle, 8.0]))
    assert axis.position([2.0, middle, 8.0]) == pytest.approx(np.array([0.0, 0.5, 1.0]))


@pytest.mark.parametrize(
    ("name", "dimension", "is_log"),
    [
        ("temperature", {"low": 1.0, "high": 20.0}, True),  # as its effect goes
        ("temperature", {"low": 0.0, "high": 20.0}, False),
        ("beta", {"low": 1.0, "high": 20.0}, False),
        ("beta", {"low": 1.0, "high": 20.0, "log": True}, True),
        ("beta", {"values": (1.0, 9.0)}, False),  # two values are on any scale
    ],
)
def test_which_scale_an_axis_has(name: str, dimension: dict[str, object], is_log: bool) -> None:
    assert numeric_axes({name: Dimension.model_validate(dimension)})[name].log is is_log


def test_two_values_of_a_list_are_as_far_apart_as_the_ends_of_an_axis() -> None:
    trials = [
        trial(0, 0.25, 1.0, 0.9).model_copy(update={"params": {"alpha": alpha, "name": name}})
        for alpha, name in ((0.0, "sgd"), (1.0, "sgd"), (1.0, "adam"))
    ]
    places = places_of(trials, {"alpha": Axis(0, 1, False)}, {"name": ("adam", "sgd")})
    assert places.shape == (3, 3) and places[:, 0].tolist() == [0.0, 1.0, 1.0]
    between = [float(np.linalg.norm(places[one] - places[other])) for one, other in ((0, 1), (1, 2), (0, 2))]
    assert between == pytest.approx([1.0, 1.0, 2**0.5])
    assert one_hot(3).shape == (3, 3)
