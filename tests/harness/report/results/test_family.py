"""Where a sweep of several students stands as a whole, and each student's own part of it."""

from pathlib import Path
from typing import Any

from harness.report.results.family import all_runs_of, standing_of_family
from harness.report.results.reading.reader import read_results, read_students
from harness.state.attempts.run_state import SweepState
from harness.state.files.records import read_sweep_record, write_sweep_record
from harness.state.standing.snapshot import read_snapshot
from harness.sweep.plan import Plan
from kd.config import TestConfig
from kd.records import Metrics
from tests.support.invented_family import Invented, invent_family
from tests.support.invented_sweep import write_run

TWO = {"a": Invented(0.95), "b": Invented(0.9)}


def test_the_sweep_is_counted_as_status_counts_it(lab: Any) -> None:
    tiny = {"model": "mnist_mlp", "arguments": {"hidden": 8}, "epochs": 2, "batch_size": 32, "name": "tiny"}
    controller = lab.controller(student=None, students=[tiny, tiny | {"epochs": 1, "name": "short"}])
    for _ in range(4):
        controller.turn()
    for _ in range(2):
        family = read_students(controller.folder.path)
        snapshot = read_snapshot(controller.folder, controller.plan)
        assert standing_of_family(family) == snapshot.standing(is_controlled=False)
        controller.run()
    assert standing_of_family(family).state == SweepState.COMPLETE
    assert [one.standing.state for one in family] == [SweepState.COMPLETE] * 2
    assert [one.standing.total for one in family] == [1 + 1 + 2 + 4 + 2 + 1] * 2
    assert len(list(all_runs_of(family))) == 1 + 1 + 2 * (2 + 4 + 2) + 1
    assert all(one.other_runs == () for one in family)


def test_each_student_has_its_own_arms_and_all_share_the_test_run(tmp_path: Path) -> None:
    first, second = read_students(invent_family(tmp_path, TWO))
    assert first.test_run == second.test_run
    assert first.teachers == second.teachers
    runs = [{run.id for arm in one.arms if arm.kind != "teacher" for run in arm.runs} for one in (first, second)]
    assert len(runs[0]) == len(runs[1]) == 6
    assert not runs[0] & runs[1]
    assert read_results(first.folder).plan.student_key == "a"


def test_a_student_waits_for_the_test_run_of_all(tmp_path: Path) -> None:
    """Its own runs are over; that the other's are not is why nothing is tested yet."""
    folder = invent_family(tmp_path, TWO, is_tested=False)
    plan = Plan(read_results(folder).record.sweep, "invented")
    (folder / "runs" / plan.members[1].finals()[0].id / "metrics.json").unlink()
    first, second = read_students(folder)
    assert first.standing.total - first.standing.done == 1
    assert second.standing.total - second.standing.done == 2
    whole = standing_of_family((first, second))
    assert (whole.done, whole.total) == (13, 15)


def test_a_student_waits_for_a_set_that_is_added_when_all_is_over(tmp_path: Path) -> None:
    folder = invent_family(tmp_path, TWO)
    record = read_sweep_record(folder)
    sweep = record.sweep.model_copy(update={"corruptions": True})
    write_sweep_record(folder, record.model_copy(update={"sweep": sweep}))
    family = read_students(folder)
    for standing in (*(one.standing for one in family), standing_of_family(family)):
        assert (standing.state, standing.is_finished) == (SweepState.STOPPED, False)
        assert standing.total - standing.done == 1
    assert family[0].test_run is not None and isinstance(family[0].test_run.run.config, TestConfig)
    models = list(family[0].test_run.run.config.models)
    (read,) = Plan(sweep, record.digest).extra_tests(models).values()
    write_run(folder, read, Metrics(run_id=read.id))
    assert [one.standing.state for one in read_students(folder)] == [SweepState.COMPLETE] * 2
