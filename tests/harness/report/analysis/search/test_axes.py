"""Dimensions as axes: which are numbers, and on which scale."""

from harness.report.analysis.search.axes import Axis, choices, number, numeric_axes
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
