"""Accuracy against what a model costs: its size, and its latency."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.report.answer import Row
from harness.report.costs import Cost
from harness.report.results import Arm
from harness.report.statistics import Estimate
from harness.sweep import Reference


class Point(NamedTuple):
    """One arm: its accuracy, as measured and as published, and its price; ``spread`` are the quartiles of a latency."""

    arm: Arm
    accuracy: Estimate
    published: float | None
    price: float
    spread: tuple[float, float] | None


def size_points(rows: Sequence[Row], costs: Sequence[Cost], reference: Reference | None) -> list[Point]:
    """By number of parameters; empty where all models have the same size."""
    return _different([
        Point(row.arm, row.accuracy, _published(row.arm, reference), float(cost.size.num_parameters), None)
        for row, cost in _priced(rows, costs)
        if row.accuracy is not None and cost.size is not None
    ])  # fmt: skip


def latency_points(rows: Sequence[Row], costs: Sequence[Cost], reference: Reference | None) -> list[Point]:
    """By milliseconds for one image; an ensemble has no timing of its own and is left out."""
    return _different([
        Point(row.arm, row.accuracy, _published(row.arm, reference), cost.single.median_ms, cost.single.quartiles_ms)
        for row, cost in _priced(rows, costs)
        if row.accuracy is not None and cost.single is not None
    ])  # fmt: skip


def _priced(rows: Sequence[Row], costs: Sequence[Cost]) -> list[tuple[Row, Cost]]:
    by_key = {cost.key: cost for cost in costs}
    return [(row, by_key[row.arm.key if row.arm.kind == "teacher" else "student"]) for row in rows]


def _different(points: list[Point]) -> list[Point]:
    return points if len({point.price for point in points}) > 1 else []


def _published(arm: Arm, reference: Reference | None) -> float | None:
    return None if reference is None else reference.model_dump().get(arm.key)
