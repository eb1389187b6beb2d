"""How far a sweep is, counted from its folders."""

from typing import Any

from harness.state.attempts.run_state import RunState
from harness.state.files.folder import SweepFolder
from harness.state.standing.progress import UNTIMED_S, measure, runs_of_a_job
from harness.state.standing.snapshot import read_snapshot
from harness.sweep.runs import Run
from kd.files import write_record
from kd.records import Attempt, Failure, Metrics


def test_progress_counts_what_the_folders_say(lab: Any) -> None:
    controller = lab.controller()
    before = measure(read_snapshot(controller.folder, controller.plan), None)
    assert (before.done, before.total) == (0, 11)
    controller.run()
    after = measure(read_snapshot(controller.folder, controller.plan), 2)
    assert (after.done, after.total, after.failed) == (11, 11, [])
    assert after.best.trial.number == controller.searches[""].best


def test_the_best_is_the_chosen_one_where_another_has_its_value(lab: Any) -> None:
    """Equal trials are told apart by val loss, which the first of the largest value need not have lowest."""
    controller = lab.controller()
    controller.run()
    snapshot = read_snapshot(controller.folder, controller.plan)
    search = snapshot.searches[""]
    alike = tuple(trial.model_copy(update={"value": 0.5, "state": RunState.COMPLETE}) for trial in search.trials)
    for chosen in (alike[0].number, alike[-1].number):
        record = search.model_copy(update={"trials": alike, "best": chosen})
        snapshot.searches = {"": record}
        best = measure(snapshot, None).best
        assert best is not None and best.trial.number == chosen


def test_what_is_left_and_what_fills_a_job_follow_from_the_finished_runs(lab: Any) -> None:
    plan, folder = lab.open()
    before = read_snapshot(folder, plan)
    assert measure(before, 2).seconds_left is None
    assert runs_of_a_job(before, num_ready=100, num_jobs=4, job_s=6 * UNTIMED_S) == 6
    for pid, (run, end) in enumerate(zip(plan.baselines(), ("00:01:30", "00:01:50"), strict=True), 1):
        _finish(folder, run, end, pid)
    after = read_snapshot(folder, plan)
    found = [runs_of_a_job(after, number, 4, job_s=1000.0) for number in (1, 12, 13, 36, 37, 100)]
    assert found == [
        3,
        3,
        4,
        9,
        10,
        10,
    ]  # an even share, from a quarter of a job to a whole one
    assert measure(after, 2).seconds_left == (11 - 2 - 3) * 100 / 2  # the teacher, its logits and the test cost no pace
    assert measure(after, None).seconds_left is None


def test_runs_that_wait_for_a_failed_one_are_no_time_that_is_left(lab: Any) -> None:
    plan, folder = lab.open(search=None)
    _finish(folder, plan.baselines()[0], "00:01:40")
    assert measure(read_snapshot(folder, plan), 1).seconds_left
    failure = Failure(kind="non-finite loss", reason="the training loss is nan in epoch 1")
    write_record(folder.add(plan.teachers[0]) / "failure.json", failure)
    assert measure(read_snapshot(folder, plan), 1).seconds_left == 100, "the other baseline"
    _finish(folder, plan.baselines()[1], "00:01:40")
    assert measure(read_snapshot(folder, plan), 1).seconds_left is None


def _finish(folder: SweepFolder, run: Run, end: str, pid: int = 1) -> None:
    place = folder.add(run)
    attempt = Attempt(
        number=1, job_id="1", host="h", pid=pid, process_created=0.0, end="complete",
        started_at="2026-01-01T00:00:00Z", ended_at=f"2026-01-01T{end}Z",
    )  # fmt: skip
    (place / "attempts").mkdir()
    write_record(place / "attempts" / "0001.json", attempt)
    write_record(place / "metrics.json", Metrics(run_id=run.id))
