"""One word for where a run stands, and one for its sweep."""

import itertools
from pathlib import Path

import pytest

from harness.state.attempts.lease import Hardware, take_lease
from harness.state.attempts.run_state import (
    IDLE,
    OVER,
    RunState,
    SweepState,
    derive_state,
    read_failure,
    read_history,
    read_metrics,
    run_state,
    sweep_state,
)
from harness.state.files.records import TrialRecord
from kd.errors import UnreadableFileError
from kd.files import write_record
from kd.records import Attempt, AttemptEnd, Code, Failure, History, Metrics

FACTS = ("has_failed", "is_running", "is_queued", "has_begun")


def test_the_weightiest_fact_about_a_run_decides() -> None:
    order = [RunState.FAILED, RunState.RUNNING, RunState.QUEUED, RunState.INTERRUPTED]
    for facts in itertools.product([False, True], repeat=4):
        expected = next((state for state, is_so in zip(order, facts, strict=True) if is_so), RunState.NOT_STARTED)
        assert derive_state(None, *facts) == expected
        for status in (AttemptEnd.COMPLETE, AttemptEnd.PRUNED):
            assert derive_state(Metrics(run_id="a", status=status), *facts) == status


def test_every_state_is_over_idle_or_moving() -> None:
    assert not OVER & IDLE
    assert set(RunState) - OVER - IDLE == {RunState.QUEUED, RunState.RUNNING, RunState.UNREADABLE}


@pytest.mark.parametrize(
    ("num_open", "num_failed", "is_at_work", "is_queued", "state"),
    [
        (0, 0, False, False, SweepState.COMPLETE),
        (3, 0, False, False, SweepState.STOPPED),
        (0, 1, False, False, SweepState.FAILED),
        (3, 1, False, False, SweepState.FAILED),
        (3, 1, True, False, SweepState.RUNNING),
        (3, 0, True, True, SweepState.RUNNING),
        (3, 0, False, True, SweepState.QUEUED),
        (3, 1, False, True, SweepState.QUEUED),
    ],
)
def test_the_state_of_a_sweep(
    num_open: int, num_failed: int, is_at_work: bool, is_queued: bool, state: SweepState
) -> None:
    assert sweep_state(num_open, num_failed, is_at_work, is_queued=is_queued) == state


@pytest.mark.parametrize(
    ("num_open", "num_failed", "state"),
    [(3, 0, SweepState.FAILED), (3, 1, SweepState.FAILED), (0, 0, SweepState.COMPLETE), (0, 1, SweepState.FAILED)],
)
def test_where_nothing_can_start_a_sweep_is_over_whoever_lives(
    num_open: int, num_failed: int, state: SweepState
) -> None:
    for is_at_work, is_queued in itertools.product([False, True], repeat=2):
        assert sweep_state(num_open, num_failed, is_at_work, is_finished=True, is_queued=is_queued) == state


def test_the_files_of_a_run_say_where_it_stands_the_last_ones_first(tmp_path: Path) -> None:
    assert (run_state(tmp_path), run_state(tmp_path, queued=True)) == ("not started", "queued")
    lease = take_lease(tmp_path, "1", Hardware(), Code())
    assert (run_state(tmp_path), run_state(tmp_path, queued=True)) == ("running", "running")
    lease.end(AttemptEnd.PREEMPTED)
    assert (run_state(tmp_path), run_state(tmp_path, queued=True)) == ("interrupted", "queued")
    assert read_failure(tmp_path) is None
    failure = Failure(kind="code error", reason="made so")
    write_record(tmp_path / "failure.json", failure)
    assert run_state(tmp_path, queued=True) == "failed" and read_failure(tmp_path) == failure
    metrics = Metrics(run_id=tmp_path.name, status=AttemptEnd.PRUNED)
    write_record(tmp_path / "metrics.json", metrics)
    assert run_state(tmp_path, queued=True) == "pruned" and read_metrics(tmp_path) == metrics


def test_metrics_of_another_run_are_no_runs_own(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_metrics(tmp_path)
    write_record(tmp_path / "metrics.json", Metrics(run_id="final-1"))
    for read in (read_metrics, run_state):
        with pytest.raises(UnreadableFileError, match="it is of another run, final-1"):
            read(tmp_path)


def test_a_damaged_history_is_missed_only_where_nobody_writes_it_again(tmp_path: Path) -> None:
    assert read_history(tmp_path) is None
    history = History(num_epochs=3)
    write_record(tmp_path / "history.json", history)
    assert read_history(tmp_path) == history
    (tmp_path / "history.json").write_text("{")
    assert read_history(tmp_path) is None
    write_record(tmp_path / "metrics.json", Metrics(run_id=tmp_path.name))
    with pytest.raises(UnreadableFileError):
        read_history(tmp_path)


def test_files_keep_their_words_and_old_ones_are_read() -> None:
    begun = '"number": 1, "job_id": "1", "host": "h", "pid": 1, "process_created": 1.5e9, "started_at": "t"'
    for word in ("complete", "pruned", "preempted", "timeout", "died", "out of memory", "failed"):
        attempt = Attempt.model_validate_json(f'{{{begun}, "end": "{word}"}}')
        assert f'"end":"{word}"' in attempt.model_dump_json()
    for word in ("running", "complete", "pruned", "failed"):
        trial = TrialRecord.model_validate({"number": 0, "run_id": "a", "alpha": 0, "temperature": 1, "state": word})
        assert f'"state":"{word}"' in trial.model_dump_json()
    assert '"status":"complete"' in Metrics.model_validate_json('{"run_id": "a"}').model_dump_json()
