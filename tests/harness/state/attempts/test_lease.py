"""Attempts own a run one at a time."""

import os
import socket
from pathlib import Path

import pytest

from harness.state.attempts import lease as attempts
from harness.state.attempts import processes
from kd.errors import FencedError, NoProgressError
from kd.files import write_record
from kd.records import Attempt, AttemptEnd, Code


def take(folder: Path) -> attempts.Lease | None:
    return attempts.take(folder, "job-1", "cpu", 1, Code())


def test_a_run_at_work_is_not_taken_twice(tmp_path: Path) -> None:
    lease = take(tmp_path)
    assert lease is not None
    assert take(tmp_path) is None
    lease.end("preempted", "SIGTERM")
    assert take(tmp_path) is not None
    assert [attempt.number for attempt in attempts.read_attempts(tmp_path)] == [1, 2]


def test_a_dead_process_gives_its_run_up(tmp_path: Path) -> None:
    lease = take(tmp_path)
    assert lease is not None
    reused = attempts.last_attempt(tmp_path).model_copy(update={"process_created": processes.created() - 100})
    write_record(attempts.attempt_path(tmp_path, 1), reused)
    assert take(tmp_path) is not None


def test_the_older_attempt_is_fenced_off(tmp_path: Path) -> None:
    first = take(tmp_path)
    first.guard()
    write_record(attempts.attempt_path(tmp_path, 1), attempts.last_attempt(tmp_path).model_copy(update={"pid": 1}))
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
    path = attempts.attempt_path(tmp_path, 1)
    write_record(path, elsewhere)
    assert attempts.is_alive(tmp_path, elsewhere)
    silent = path.stat().st_mtime - attempts.SILENCE_S - 1
    os.utime(path, (silent, silent))
    assert not attempts.is_alive(tmp_path, elsewhere)


def test_guard_gives_a_sign_of_life(tmp_path: Path) -> None:
    lease = take(tmp_path)
    path = attempts.attempt_path(tmp_path, 1)
    os.utime(path, (1000, 1000))
    lease.guard()
    assert path.stat().st_mtime > 1000


def test_a_requeued_job_takes_its_runs_over_at_once(tmp_path: Path) -> None:
    """Its earlier execution may seem alive: on another host it gave a sign a moment ago."""
    lease = take(tmp_path)
    earlier = attempts.last_attempt(tmp_path).model_copy(update={"host": f"not-{socket.gethostname()}", "pid": 1})
    write_record(attempts.attempt_path(tmp_path, 1), earlier)
    assert attempts.take(tmp_path, "job-2", "cpu", 1, Code()) is None
    assert attempts.take(tmp_path, "job-1", "cpu", 1, Code()) is not None
    with pytest.raises(FencedError):
        lease.guard()


def test_an_attempt_whose_job_is_over_is_not_waited_for(tmp_path: Path) -> None:
    take(tmp_path)
    elsewhere = attempts.last_attempt(tmp_path).model_copy(update={"host": f"not-{socket.gethostname()}"})
    write_record(attempts.attempt_path(tmp_path, 1), elsewhere)
    assert attempts.is_alive(tmp_path, elsewhere)
    attempts.note_death(tmp_path, elsewhere, "TIMEOUT")
    died = attempts.last_attempt(tmp_path)
    assert (died.end, died.reason) == ("died", "TIMEOUT")
    assert not attempts.is_alive(tmp_path, died)


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


def ended(number: int, end: str | None, start_epoch: int = 0, end_epoch: int | None = 0, **told: object) -> Attempt:
    fields = {"job_id": str(number), "host": "h", "pid": 1, "process_created": 0.0, "started_at": "then"}
    place = {"start_epoch": start_epoch, "start_step": 10 * start_epoch, "end_epoch": end_epoch}
    fields |= {"number": number, "end": end} | place | told
    return Attempt.model_validate(fields)


@pytest.mark.parametrize(
    ("made", "number"),
    [
        ([], 0),
        ([("died", 0, 0), ("died", 0, 0)], 2),
        ([("died", 0, 2), ("died", 2, 2), (None, 2, None)], 2),  # older files do not say where it ended
        ([("died", 0, 0), ("died", 0, 3), ("died", 3, 3)], 1),  # the second came further, and the third began there
        ([("died", 0, 0), ("preempted", 0, 0), ("timeout", 0, 0), ("disk full", 0, 0), ("died", 0, 0)], 2),
        ([("died", 0, 0), ("failed", 0, 0), ("died", 0, 0)], 1),
        ([("died", 0, 0), ("complete", 0, 5)], 0),
    ],
)
def test_deaths_in_a_row(made: list[tuple[str | None, int, int | None]], number: int) -> None:
    attempts_made = [ended(n, end, start, until) for n, (end, start, until) in enumerate(made, start=1)]
    assert attempts.deaths_in_a_row(attempts_made) == number


def test_an_attempt_whose_job_slurm_started_again_is_no_death() -> None:
    again = [ended(n, None, job_id="7_0") for n in (1, 2, 3)]
    assert attempts.deaths_in_a_row(again) == 1  # of the last nobody knows yet
    assert attempts.deaths_in_a_row([ended(1, "died", reason="NODE_FAIL"), ended(2, "died", reason="CANCELLED")]) == 0


WROTE = {"code": {"commit": "a"}}


@pytest.mark.parametrize(
    ("made", "is_changed"),
    [
        ([(0, 2)], False),
        ([(0, 2), (5, 2)], False),
        ([(0, 2), (5, 1)], True),
        ([(0, 1), (5, 2), (9, 1)], True),
        ([(0, 2), (0, 1)], False),  # the first left nothing
        ([(0, 2), (0, 1), (5, 1)], True),  # the second may have been cut before it said where it began
        ([(0, 2), (5, 2), (5, 1)], True),
        ([(0, 2), (5, 2), (0, 2)], False),
    ],
)
def test_another_number_of_threads(made: list[tuple[int, int]], is_changed: bool) -> None:
    """Each attempt by the step that it began at, and its threads."""
    on_cpu = [ended(n, "died", start_step=step, num_threads=each, **WROTE) for n, (step, each) in enumerate(made, 1)]
    assert attempts.changed_threads(on_cpu) is is_changed
    on_gpu = [each.model_copy(update={"device": "NVIDIA H100"}) for each in on_cpu]
    assert not attempts.changed_threads(on_gpu)
    assert not attempts.changed_threads([each.model_copy(update={"code": Code()}) for each in on_cpu])


@pytest.mark.parametrize(("num_threads", "is_said"), [(1, False), (3, True)])
def test_a_job_says_that_it_goes_on_with_other_threads(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, num_threads: int, is_said: bool
) -> None:
    code = Code(commit="a")
    first = attempts.take(tmp_path, "1", "cpu", 1, code)
    assert first is not None
    first.started(0, 0)
    first.end(AttemptEnd.PREEMPTED)
    second = attempts.take(tmp_path, "2", "cpu", num_threads, code)
    assert second is not None
    second.started(1, 7)
    line = f"{tmp_path.name} goes on with {num_threads} CPU thread(s), which is not what it began with"
    assert (line in caplog.text) is is_said


def test_a_jobs_runs_are_told_by_their_newest_attempts(tmp_path: Path) -> None:
    for name, job_ids in {"a": ["7_0"], "b": ["7_0", "8"], "c": ["8"], "d": [], "e": ["8"]}.items():
        (tmp_path / name / "attempts").mkdir(parents=True)
        for number, job_id in enumerate(job_ids, 1):
            attempt = Attempt(
                number=number, job_id=job_id, host="h", pid=1, process_created=0.0, started_at="2026-01-01T00:00:00Z"
            )
            write_record(attempts.attempt_path(tmp_path / name, number), attempt)
    attempts.attempt_path(tmp_path / "e", 1).write_text("{")
    assert attempts.runs_by_job(tmp_path) == {"7_0": ("a",), "8": ("b", "c")}
