"""What figures show, as records in long form: an observation each, whose column's name holds its unit."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.report.analysis.chance.statistics import Estimate


def statistics(
    of: Mapping[str, Any],
    column: str,
    estimate: Estimate,
    seeds: Iterable[float] = (),
    published: Iterable[float] = (),
) -> Iterator[dict[str, Any]]:
    """A mean, the ends of its interval, every seed and every published figure, a record each.

    Args:
        of: What they are of: in every record.
        column: The name of the values' column.
        estimate: The ends are left out where there is no interval.
        seeds: One value a seed, in the order of the seeds.
        published: Figures of others.

    >>> for record in statistics({"arm": "baseline"}, "gain_points", Estimate(1.0, 0.5, 1.5), [0.75]):
    ...     print(record)
    {'arm': 'baseline', 'statistic': 'mean', 'number': None, 'gain_points': 1.0}
    {'arm': 'baseline', 'statistic': 'ci95_low', 'number': None, 'gain_points': 0.5}
    {'arm': 'baseline', 'statistic': 'ci95_high', 'number': None, 'gain_points': 1.5}
    {'arm': 'baseline', 'statistic': 'seed', 'number': 1, 'gain_points': 0.75}
    """
    ends = {"mean": estimate.mean, "ci95_low": estimate.low, "ci95_high": estimate.high}
    for name, value in ends.items():
        if math.isfinite(value):
            yield {**of, "statistic": name, "number": None, column: value}
    for name, values in (("seed", seeds), ("published", published)):
        for number, value in enumerate(values, start=1):
            yield {**of, "statistic": name, "number": number, column: value}


def grid(of: Mapping[str, Any], columns: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Columns of equal length as records.

    >>> list(grid({"arm": "teacher"}, {"epoch": [1, 2], "loss_nats": [0.5, 0.25]}))
    [{'arm': 'teacher', 'epoch': 1, 'loss_nats': 0.5}, {'arm': 'teacher', 'epoch': 2, 'loss_nats': 0.25}]
    """
    for values in zip(*columns.values(), strict=True):
        yield {**of, **dict(zip(columns, values, strict=True))}
