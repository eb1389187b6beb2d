"""How far a sweep is, counted from its folders."""

import os
import socket
from typing import Any

import pytest

from harness.state.attempts.processes import created
from harness.state.attempts.run_state import RunState
from harness.state.files.folder import SweepFolder
from harness.state.files.records import TrialRecord, Trials
from harness.state.standing.progress import UNTIMED_S, RunningRun, measure, runs_of_a_job
from harness.state.standing.snapshot import read_snapshot
from harness.sweep.runs import Run
from kd.files import write_record
from kd.records import Attempt, EpochRecord, Failure, History, Metrics


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


@pytest.mark.parametrize(("metric", "best"), [("val_accuracy", 1), ("val_loss", 0)])
def test_until_one_is_chosen_the_best_is_the_complete_trial_that_is_ahead(lab: Any, metric: str, best: int) -> None:
    plan, folder = lab.open(search={"num_trials": 4, "metric": metric})
    trials = tuple(
        TrialRecord(number=number, run_id=f"search-{number}", params={}, state=state, value=value)
        for number, (state, value) in enumerate(
            [("complete", 0.5), ("complete", 0.6), ("pruned", 0.9), ("pruned", 0.1), ("complete", None)]
        )
    )
    snapshot = read_snapshot(folder, plan)
    snapshot.searches = {"": Trials(trials=trials)}
    found = measure(snapshot, None).best
    assert found is not None and found.trial.number == best


def test_a_sweep_without_a_search_has_no_best_trial(lab: Any) -> None:
    plan, folder = lab.open(search=None)
    assert measure(read_snapshot(folder, plan), None).best is None


def test_a_run_at_work_is_shown_with_its_newest_epoch_and_attempt(lab: Any) -> None:
    plan, folder = lab.open(search=None)
    run = plan.baselines()[0]
    place = folder.add(run)
    (place / "attempts").mkdir()
    for number in (1, 2):
        attempt = Attempt(
            number=number, job_id="1", host=socket.gethostname(), pid=os.getpid(), process_created=created(),
            started_at=f"2026-01-01T00:0{number}:00Z",
        )  # fmt: skip
        write_record(place / "attempts" / f"000{number}.json", attempt)
    shown = RunningRun(run.id, 0, run.config.training.epochs, None, "2026-01-01T00:02:00Z", 2)
    assert measure(read_snapshot(folder, plan), None).running == [shown]
    epochs = tuple(
        EpochRecord(
            epoch=number, lr=1e-3, train_loss=1, hard_loss=1, train_accuracy=0.5, val_loss=1, val_accuracy=number / 10,
            seconds=1, images_per_s=1,
        )
        for number in (1, 2)
    )  # fmt: skip
    write_record(place / "history.json", History(num_epochs=3, epochs=epochs))
    (found,) = measure(read_snapshot(folder, plan), None).running
    assert found == shown._replace(epoch=2, val_accuracy=0.2)


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
