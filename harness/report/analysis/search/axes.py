"""A search's dimensions as axes: of numbers, which have a place between two ends, and of choices, which have none."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.state.files.records import TrialRecord
from harness.sweep.search.config import Dimension, Value


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


def numeric_axes(space: Mapping[str, Dimension]) -> dict[str, Axis]:
    """The dimensions that have two different ends; temperature by its logarithm, as its effect goes.

    A list of numbers whose neighbours are nearer to equal ratios than to equal steps is on a log scale too.

    >>> grid = Dimension(values=(0.001, 0.01, 0.1))
    >>> numeric_axes({"student.optimizer.lr": grid, "alpha": Dimension(low=0.5, high=0.5)})
    {'student.optimizer.lr': Axis(low=0.001, high=0.1, log=True)}
    """
    axes = {}
    for name, dimension in space.items():
        if dimension.is_numeric and dimension.ends[0] < dimension.ends[1]:
            low, high = dimension.ends
            axes[name] = Axis(
                low, high, low > 0 and (name == "temperature" or dimension.log or _is_geometric(dimension))
            )
    return axes


def choices(space: Mapping[str, Dimension]) -> dict[str, tuple[Value, ...]]:
    """The dimensions that are lists of anything but numbers, with more than one value."""
    return {
        name: dimension.values
        for name, dimension in space.items()
        if dimension.values is not None and not dimension.is_numeric and dimension.num_values > 1
    }


def number(trial: TrialRecord, name: str) -> float:
    """What a trial was asked for, of a dimension of numbers."""
    return float(trial.params[name])


def places_of(
    trials: Sequence[TrialRecord], axes: Mapping[str, Axis], lists: Mapping[str, tuple[Value, ...]]
) -> NDArray[np.float64]:
    """Where trials lie [P, D]: a column a number, then one for each value of each list."""
    columns = [axis.position([number(trial, name) for trial in trials])[:, None] for name, axis in axes.items()]
    for name, values in lists.items():
        columns.append(one_hot(len(values))[[values.index(trial.params[name]) for trial in trials]])
    return np.hstack(columns)


def one_hot(number: int) -> NDArray[np.float64]:
    """Rows that are one apart from one another."""
    return np.eye(number) / math.sqrt(2)


def _is_geometric(dimension: Dimension) -> bool:
    values = sorted({float(value) for value in dimension.values or ()})
    if len(values) < 3 or values[0] <= 0:
        return False
    return _unevenness([math.log(value) for value in values]) < _unevenness(values)


def _unevenness(values: Sequence[float]) -> float:
    """Largest step over the smallest one."""
    steps = np.diff(values)
    return float(steps.max() / steps.min())
