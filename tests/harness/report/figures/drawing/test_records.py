"""Records in long form, as a reader of the files has them."""

import math

from harness.report.analysis.chance.statistics import Estimate
from harness.report.figures.drawing.records import grid, statistics


def test_a_mean_without_an_interval_has_no_ends() -> None:
    records = list(statistics({"arm": "teacher"}, "accuracy_percent", Estimate(97.0, math.nan, math.nan), [97.0]))
    assert [record["statistic"] for record in records] == ["mean", "seed"]
    assert all(record["arm"] == "teacher" and record["accuracy_percent"] == 97.0 for record in records)


def test_published_figures_are_told_from_seeds() -> None:
    records = list(statistics({}, "accuracy_percent", Estimate(1.0, 0.0, 2.0), [0.5, 1.5], [3.0]))
    assert [(one["statistic"], one["number"]) for one in records] == [
        ("mean", None), ("ci95_low", None), ("ci95_high", None), ("seed", 1), ("seed", 2), ("published", 1),
    ]  # fmt: skip


def test_no_columns_are_no_records() -> None:
    assert list(grid({"arm": "teacher"}, {"epoch": []})) == []
