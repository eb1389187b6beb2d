"""Methods side by side: the yardstick, leads and what may be said of them, and what is not there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.report.analysis.arms.gains import find_rows, right_by_run
from harness.report.analysis.arms.methods import MethodComparison, find_methods
from harness.report.analysis.chance.statistics import holm, paired_gain
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from harness.report.study import Study
from tests.support.invented_methods import invent_methods

Compare = Callable[..., tuple[Results, MethodComparison]]


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """The methods of a sweep that is made up."""

    def made(methods: list[Any], **more: Any) -> tuple[Results, MethodComparison]:
        results = read_results(invent_methods(tmp_path, methods, **{"search": {"num_trials": 3}} | more))
        found = find_methods(results, find_rows(results))
        assert found is not None
        return results, found

    return made


def test_leads_are_paired_and_adjusted_for_one_another(several: Study) -> None:
    methods, right = several.methods, right_by_run(several.results)
    assert methods is not None and methods.yardstick.name == "kd" and methods.is_kd and methods.is_tuned
    arms = {row.name: [right[run.id] for run in row.row.arm.runs] for row in methods.rows}
    expected = {name: paired_gain(np.stack(arms[name]), np.stack(arms["kd"])) for name in ("dkd", "dist")}
    found = {row.name: row for row in methods.others}
    assert {name: row.lead for name, row in found.items()} == expected
    adjusted = holm(np.array([expected[name].both.p for name in found]))
    assert [row.adjusted_p for row in found.values()] == adjusted.tolist()
    assert found["dkd"].verdict == "gain" and found["dist"].verdict == "no clear difference"
    assert methods.yardstick.lead is None and methods.yardstick.verdict is None
    assert methods.largest is found["dkd"] and methods.judged("gain") == (found["dkd"],)


def test_machine_time_is_that_of_search_and_final_runs(several: Study) -> None:
    assert several.methods is not None
    tenth_of_an_hour = 24 + 3  # trials and final runs, six minutes each
    assert [row.machine_time.wall_hours for row in several.methods.rows] == pytest.approx([tenth_of_an_hour / 10] * 3)
    assert [(row.num_complete, row.num_trials) for row in several.methods.rows] == [(24, 24)] * 3


def test_what_is_clear_alone_is_not_clear_among_many(compare: Compare) -> None:
    names = [{"loss": "kd"}, *({"loss": "dkd", "name": f"dkd{number}"} for number in range(9))]
    _, methods = compare(names, strength={f"dkd{number}": 2.62 + 0.02 * number for number in range(9)}, num_test=300)
    alone = [row for row in methods.others if row.lead and row.lead.verdict != "no clear difference"]
    clear = [row for row in methods.others if row.verdict in ("gain", "loss")]
    assert len(clear) < len(alone)


def test_one_seed_tells_nothing(compare: Compare) -> None:
    _, methods = compare(["kd", "dkd"], strength={"dkd": 4.0}, seeds=1)
    assert [row.verdict for row in methods.others] == ["too few seeds"]


def test_without_kd_the_first_of_the_list_is_the_yardstick(compare: Compare) -> None:
    _, methods = compare(["dist", "dkd"], search=None)
    assert methods.yardstick.name == "dist" and not methods.is_kd and not methods.is_tuned
    assert [row.num_trials for row in methods.rows] == [0, 0]


def test_kd_by_another_name_is_the_yardstick_wherever_it_stands(compare: Compare) -> None:
    _, methods = compare(["dkd", {"loss": "kd", "name": "plain"}])
    assert methods.yardstick.name == "plain" and methods.is_kd


def test_equals_are_led_by_none(compare: Compare) -> None:
    results, methods = compare(["kd", "dkd"])
    test, (kd, dkd) = results.test, (row.row.arm for row in methods.rows)
    assert test is not None
    for mine, theirs in zip(kd.runs, dkd.runs, strict=True):
        test.logits[theirs.id] = test.logits[mine.id]
    again = find_methods(results, find_rows(results))
    assert again is not None and [row.verdict for row in again.others] == ["no clear difference"]
    assert again.others[0].lead is not None and again.others[0].lead.both.mean == 0


@pytest.mark.parametrize(
    ("more", "hole"),
    [
        ({"failed": ["dist"]}, "no-choice"),
        ({"searching": ["dist"]}, "searching"),
        ({"searching": ["dist"], "failed": ["dist"]}, "searching"),
        ({"untested": ["dist"]}, "untested"),
    ],
)
def test_a_method_without_tested_students_says_why(compare: Compare, more: dict[str, Any], hole: str) -> None:
    _, methods = compare(["kd", "dkd", "dist"], **more)
    assert {row.name: row.hole for row in methods.rows} == {"kd": None, "dkd": None, "dist": hole}
    assert [row.name for row in methods.holes] == ["dist"]
    assert methods.rows[2].lead is None and methods.rows[2].verdict is None
    assert methods.others[0].lead is not None


def test_before_the_test_run_no_method_was_left_out_of_it(compare: Compare) -> None:
    results, _ = compare(["kd", "dkd"])
    unread = replace(results, test=None)
    methods = find_methods(unread, find_rows(unread))
    assert methods is not None and {row.hole for row in methods.rows} == {"unread"}


def test_a_yardstick_without_students_leaves_no_lead(compare: Compare) -> None:
    _, methods = compare(["kd", "dkd", "dist"], failed=["kd"])
    assert methods.largest is None and all(row.lead is None for row in methods.rows)


def test_one_method_is_compared_with_none(study: Study) -> None:
    assert study.methods is None


def test_final_runs_that_fail_or_go_on_are_holes(compare: Compare) -> None:
    results, _ = compare(["kd", "dkd", "dist"], untested=["dist"])
    runs = results.folder / "runs"
    dist = next(one for one in results.methods if one.method.name == "dist")
    arm = results.arm(dist.arm)
    assert arm is not None
    for run in arm.runs:
        (runs / run.id / "metrics.json").unlink()
    going_on = find_methods(again := read_results(results.folder), find_rows(again))
    assert going_on is not None and going_on.rows[2].hole == "training"
    for run in arm.runs:
        (runs / run.id / "failure.json").write_text('{"schema_version": 1, "kind": "code error", "reason": "made so"}')
    failed = find_methods(again := read_results(results.folder), find_rows(again))
    assert failed is not None and failed.rows[2].hole == "failed"
