"""Attempts own a run one at a time."""

import os
import socket
from pathlib import Path

import pytest

from harness.state.attempts import processes
from harness.state.attempts.files import attempt_path, last_attempt, read_attempts
from harness.state.attempts.lease import SILENCE_S, Hardware, Lease, is_alive, take_lease
from kd.errors import FencedError, NoProgressError
from kd.files import write_record
from kd.records import Attempt, AttemptEnd, Code


def take(folder: Path) -> Lease | None:
    return take_lease(folder, "job-1", Hardware(), Code())


def test_a_run_at_work_is_not_taken_twice(tmp_path: Path) -> None:
    lease = take(tmp_path)
    assert lease is not None
    assert take(tmp_path) is None
    lease.end("preempted", "SIGTERM")
    assert take(tmp_path) is not None
    assert [attempt.number for attempt in read_attempts(tmp_path)] == [1, 2]


def test_a_dead_process_gives_its_run_up(tmp_path: Path) -> None:
    lease = take(tmp_path)
    assert lease is not None
    reused = last_attempt(tmp_path).model_copy(update={"process_created": processes.created() - 100})
    write_record(attempt_path(tmp_path, 1), reused)
    assert take(tmp_path) is not None


def test_the_older_attempt_is_fenced_off(tmp_path: Path) -> None:
    first = take(tmp_path)
    first.guard()
    write_record(attempt_path(tmp_path, 1), last_attempt(tmp_path).model_copy(update={"pid": 1}))
    assert take(tmp_path) is not None
    with pytest.raises(FencedError, match="attempt 1 was overtaken"):
        first.guard()


def test_an_attempt_elsewhere_lives_while_it_gives_signs(tmp_path: Path) -> None:
    (tmp_path / "attempts").mkdir()
    elsewhere = Attempt(
        number=1,
        job_id="7",
        host=f"not-{socket.gethostname()}",
        pid=1,
        process_created=0.0,
        started_at="2026-01-01T00:00:00Z",
    )
    path = attempt_path(tmp_path, 1)
    write_record(path, elsewhere)
    assert is_alive(tmp_path, elsewhere)
    silent = path.stat().st_mtime - SILENCE_S - 1
    os.utime(path, (silent, silent))
    assert not is_alive(tmp_path, elsewhere)


def test_guard_gives_a_sign_of_life(tmp_path: Path) -> None:
    lease = take(tmp_path)
    path = attempt_path(tmp_path, 1)
    os.utime(path, (1000, 1000))
    lease.guard()
    assert path.stat().st_mtime > 1000


@pytest.mark.parametrize("pid", [1, os.getpid()], ids=["another number", "the same number"])
def test_a_requeued_job_takes_its_runs_over_at_once(tmp_path: Path, pid: int) -> None:
    """Its earlier execution may seem alive: on another host it gave a sign a moment ago."""
    lease = take(tmp_path)
    earlier = last_attempt(tmp_path).model_copy(update={"host": f"not-{socket.gethostname()}", "pid": pid})
    write_record(attempt_path(tmp_path, 1), earlier)
    assert take_lease(tmp_path, "job-2", Hardware(), Code()) is None
    assert take_lease(tmp_path, "job-1", Hardware(), Code()) is not None
    with pytest.raises(FencedError):
        lease.guard()


def time_out(folder: Path, *start_steps: int) -> None:
    for step in start_steps:
        lease = take(folder)
        lease.started(0, step)
        lease.end("timeout", "SIGUSR2")


def test_time_limits_that_leave_no_time_for_a_step_are_given_up(tmp_path: Path) -> None:
    time_out(tmp_path, 7, 7, 7)
    with pytest.raises(NoProgressError, match=r"3 attempts in a row .* no further than step 7; .*time_min"):
        take(tmp_path).started(0, 7)


def test_time_limits_are_no_matter_while_a_run_comes_further(tmp_path: Path) -> None:
    time_out(tmp_path, 0, 7, 14, 14, 14, 21, 28)
    take(tmp_path).started(1, 28)


def test_a_run_given_up_at_its_time_limits_can_be_tried_again(tmp_path: Path) -> None:
    time_out(tmp_path, 7, 7, 7)
    take(tmp_path).end("failed", "no progress")
    take(tmp_path).started(0, 7)


@pytest.mark.parametrize(
    ("hardware", "name"),
    [
        (Hardware(), None),
        (Hardware(num_threads=3), "cpu × 3 thread(s)"),
        (Hardware("NVIDIA H100", processor="Xeon, AVX2"), "NVIDIA H100"),
    ],
)
def test_a_job_says_that_it_goes_on_with_other_hardware(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, hardware: Hardware, name: str | None
) -> None:
    code = Code(commit="a")
    first = take_lease(tmp_path, "1", Hardware(), code)
    assert first is not None
    first.started(0, 0)
    first.end(AttemptEnd.PREEMPTED)
    second = take_lease(tmp_path, "2", hardware, code)
    assert second is not None
    second.started(1, 7)
    assert (f"{tmp_path.name} goes on with" in caplog.text) is (name is not None)
    assert name is None or f"goes on with {name}, which is not what it began with" in caplog.text
