"""Whether the best setting of a search lies at an end of what was searched, and what would widen that."""

from typing import NamedTuple

import numpy as np
from pydantic import ValidationError

from harness.report.analysis.search.axes import Axis, number, numeric_axes
from harness.report.analysis.search.reading import SearchReading
from harness.report.results.sweep_results import Results
from harness.report.results.ties import find_tie
from harness.sweep.search.config import Dimension
from harness.sweep.search.params import student_with, with_params

EDGE_SHARE = 0.05  # of a range, at either end: a best trial there may have a better one beyond
WIDENING = 2.0  # factor by which a range on a log scale is widened
STEP = 0.5  # of its length, by which any other range is widened


class Edge(NamedTuple):
    """An end of a searched range that the best setting is near to.

    ``is_natural``: nothing lies beyond, as of alpha 0 and 1. ``change``: what to put into SET to widen the range.
    """

    name: str
    value: float
    end: float
    is_low: bool
    is_log: bool
    is_natural: bool
    change: str | None


def find_edges(results: Results, reading: SearchReading) -> tuple[Edge, ...]:
    """Of every dimension that matters: along one that does not, the best trial's place is luck.

    So it is along all where every trial has the same value.
    """
    tie = find_tie(reading.found.trials, reading.config, results.trial_scores)
    if reading.best is None or (tie is not None and tie.is_whole):
        return ()
    axes = {name: axis for name, axis in numeric_axes(reading.space).items() if name not in reading.flat}
    found = (_edge(name, number(reading.best, name), axis, results, reading) for name, axis in axes.items())
    return tuple(edge for edge in found if edge is not None)


def _edge(name: str, value: float, axis: Axis, results: Results, reading: SearchReading) -> Edge | None:
    """Of listed values an end is the first or the last itself: what lies near it was tried beside it."""
    position, dimension = float(axis.position(value)), reading.space[name]
    share = EDGE_SHARE if dimension.values is None else 0.0
    is_low, is_high = position <= share, position >= 1 - share
    if not (is_low or is_high):
        return None
    end = axis.low if is_low else axis.high
    edge = Edge(name, value, end, is_low, axis.log, is_natural=name == "alpha" and end in (0.0, 1.0), change=None)
    if edge.is_natural:
        return edge
    wider = _wider(name, axis, dimension, is_low)
    if not _can_be(name, wider, results, reading):
        return None  # the range ends by its nature
    is_shared = reading.config.dimensions.get(name) == dimension  # and not one that the method has for itself
    change = f"search.space.{name}.{_widened(dimension, wider, is_low)}" if is_shared else None
    return edge._replace(change=change)


def _wider(name: str, axis: Axis, dimension: Dimension, is_low: bool) -> float:
    """A new end beyond the old one."""
    end, length = (axis.low if is_low else axis.high), axis.high - axis.low
    if name == "alpha":
        return float(not is_low)
    if axis.log:
        wider = end / WIDENING if is_low else end * WIDENING
    else:
        wider = round(end - STEP * length if is_low else end + STEP * length, 12)  # 0.2 - 0.5 * 0.4 is not quite 0
        wider = max(0.0, wider) if end >= 0 else wider
    return float(np.floor(wider) if is_low else np.ceil(wider)) if _is_whole(dimension) else float(f"{wider:.3g}")


def _can_be(name: str, wider: float, results: Results, reading: SearchReading) -> bool:
    """Whether there is such a setting: a range may end where its quantity does."""
    dimension, method = reading.space[name], reading.found.method
    if dimension.ends[0] <= wider <= dimension.ends[1]:
        return False
    params = {name: int(wider) if _is_whole(dimension) else wider}
    try:
        student_with(results.plan.sweep.student, params)
        with_params(method.distill or results.plan.sweep.base_loss, params)
    except ValidationError:
        return False
    return True


def _is_whole(dimension: Dimension) -> bool:
    return dimension.is_int or all(isinstance(value, int) for value in dimension.values or (0.5,))


def _widened(dimension: Dimension, wider: float, is_low: bool) -> str:
    if dimension.values is None:
        return f"{'low' if is_low else 'high'}={wider:g}"
    values = ",".join(f"{value:g}" for value in sorted({*map(float, dimension.values), wider}))
    return f"values=[{values}]"
