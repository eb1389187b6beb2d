"""Who is within a point of the teacher, who is the smallest of them, and who is not worth its price."""

from pathlib import Path
from typing import Any

import pytest

from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.analysis.family import MARGIN, Family, is_within
from harness.report.study import family_of, read_studies
from tests.support.invented_family import Invented, invent_family


def family(results: Path, students: dict[str, Invented], **more: Any) -> Family:
    folder = invent_family(results, students, **more)
    found = family_of(read_studies(folder, results / ".data"))
    assert found is not None
    return found


def gain(mean: float, low: float, high: float, seeds: int = 3) -> Gain:
    estimate = Estimate(mean, low, high)
    return Gain(estimate, None, estimate, seeds, 100, 0.9, 0.9 + mean)


@pytest.mark.parametrize(
    ("mean", "low", "high", "said"),
    [
        (-0.005, -MARGIN, 0.0, "yes"),
        (0.02, 0.01, 0.03, "yes"),
        (-0.005, -0.0101, 0.0, "maybe"),
        (-0.02, -0.03, -MARGIN, "maybe"),
        (-0.02, -0.03, -0.0101, "no"),
    ],
)
def test_the_interval_says_who_is_within(mean: float, low: float, high: float, said: str) -> None:
    assert is_within(gain(mean, low, high)) == said
    assert is_within(gain(mean, low, high, seeds=2)) is None


def test_the_smallest_within_is_the_smallest_by_parameters(tmp_path: Path) -> None:
    found = family(
        tmp_path,
        {"large": Invented(0.95, 9000), "middle": Invented(0.948, 3000), "edge": Invented(0.9405, 2000),
         "bad": Invented(0.8, 500)},
    )  # fmt: skip
    assert [row.within for row in found.rows] == ["yes", "yes", "maybe", "no"]
    assert found.smallest("yes") is found.rows[1] and found.smallest("maybe") is found.rows[2]
    assert [row.key for row in found.known] == ["bad", "edge", "middle", "large"]
    assert found.chosen.key == "middle" and found.is_final and not found.holes


def test_difference_and_interval_are_those_of_each_seed_against_the_one_teacher(tmp_path: Path) -> None:
    found = family(tmp_path, {"a": Invented(0.93)}, seeds=4)
    (row,) = found.rows
    assert row.behind is not None and row.behind.num_seeds == 4 and len(row.behind.by_seed) == 4
    assert row.behind.both.mean == pytest.approx(-0.02, abs=0.004)
    assert row.accuracy is not None and row.behind.after == pytest.approx(row.accuracy.mean)


def test_dominated_is_who_is_no_better_in_anything_and_worse_in_something(tmp_path: Path) -> None:
    found = family(
        tmp_path,
        {
            "good": Invented(0.94, 2000, ms=2.0),
            "slow": Invented(0.93, 2000, ms=3.0),
            "quick": Invented(0.92, 3000, ms=0.5),
            "small": Invented(0.8, 100, ms=4.0),
        },
    )
    good, slow, quick, small = found.rows
    assert (good.dominated_by, slow.dominated_by, quick.dominated_by, small.dominated_by) == ("", "good", "", "")
    assert slow.dominated_in == {"bytes", "macs", "latency"}
    assert quick.dominated_in == {"bytes", "macs"}
    assert small.dominated_in == {"latency"}


def test_a_student_larger_than_a_better_teacher_is_dominated_by_it(tmp_path: Path) -> None:
    found = family(tmp_path, {"giant": Invented(0.94, 50_000, ms=9.0), "tiny": Invented(0.8, 10)})
    assert [row.dominated_by for row in found.rows] == ["teacher", ""]


def test_a_student_of_which_every_training_failed_leaves_the_others_alone(tmp_path: Path) -> None:
    found = family(tmp_path, {"broken": Invented(0.9, fails=True), "whole": Invented(0.95)})
    broken, whole = found.rows
    assert broken.behind is None and broken.within is None and broken.failed == (6, 6) and broken.size is None
    assert whole.within == "yes" and found.smallest("yes") is whole and found.holes == (broken,)
    assert found.is_final


def test_nothing_is_said_before_test_is_read(tmp_path: Path) -> None:
    found = family(tmp_path, {"a": Invented(0.95), "b": Invented(0.9)}, is_tested=False)
    assert found.nearest is None and found.smallest("yes") is None and not found.is_final
    assert found.chosen is found.rows[0] and len(found.holes) == 2


def test_a_sweep_of_one_student_is_no_family(results: Any) -> None:
    assert not results.plan.student_key
