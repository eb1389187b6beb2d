"""How attempts died is written down for them, and tells how often their run did."""

import socket
from pathlib import Path

import pytest

from harness.state.attempts.deaths import deaths_in_a_row, note_death, note_death_at_start, num_out_of_memory
from harness.state.attempts.files import UNKNOWN, attempt_path, last_attempt, read_attempts
from harness.state.attempts.lease import Hardware, is_alive, take_lease
from kd.files import write_record
from kd.records import Attempt, Code


def test_an_attempt_whose_job_is_over_is_not_waited_for(tmp_path: Path) -> None:
    take_lease(tmp_path, "job-1", Hardware(), Code())
    elsewhere = last_attempt(tmp_path).model_copy(update={"host": f"not-{socket.gethostname()}"})
    write_record(attempt_path(tmp_path, 1), elsewhere)
    assert is_alive(tmp_path, elsewhere)
    note_death(tmp_path, elsewhere, "TIMEOUT")
    died = last_attempt(tmp_path)
    assert (died.end, died.reason) == ("died", "TIMEOUT")
    assert not is_alive(tmp_path, died)


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
        ([("died", 0, 2), ("died", 0, 3)], 1),  # it came further, though no checkpoint tells of it
        ([("died", 0, 0), ("died", 0, 3), ("died", 3, 3)], 1),  # the second came further, and the third began there
        ([("died", 0, 0), ("preempted", 0, 0), ("timeout", 0, 0), ("disk full", 0, 0), ("died", 0, 0)], 2),
        ([("died", 0, 0), ("failed", 0, 0), ("died", 0, 0)], 1),
        ([("died", 0, 0), ("complete", 0, 5)], 0),
    ],
)
def test_deaths_in_a_row(made: list[tuple[str | None, int, int | None]], number: int) -> None:
    attempts_made = [ended(n, end, start, until) for n, (end, start, until) in enumerate(made, start=1)]
    assert deaths_in_a_row(attempts_made) == number


def test_an_attempt_whose_job_slurm_started_again_is_no_death() -> None:
    again = [ended(n, None, job_id="7_0") for n in (1, 2, 3)]
    assert deaths_in_a_row(again) == 1  # of the last nobody knows yet
    assert deaths_in_a_row([ended(1, "died", reason="NODE_FAIL"), ended(2, "died", reason="CANCELLED")]) == 0
    assert deaths_in_a_row([ended(n, None) for n in (1, 2, 3)]) == 3  # jobs of their own
    assert deaths_in_a_row([ended(n, "died", job_id="7_0") for n in (1, 2, 3)]) == 3  # and these are known to have died


def test_what_cannot_be_read_is_passed_over_and_what_failed_of_itself_is_not() -> None:
    damaged = ended(2, None).model_copy(update={"damage": "0002.json cannot be read"})
    assert deaths_in_a_row([ended(1, "died"), damaged, ended(3, "died")]) == 2
    failed = ended(2, "failed", reason="CANCELLED")
    assert deaths_in_a_row([ended(1, "died"), failed, ended(3, "died")]) == 1


def test_a_death_is_at_the_last_sign_of_life(tmp_path: Path) -> None:
    (tmp_path / "attempts").mkdir()
    seen = ended(1, None).model_copy(update={"last_seen_at": "2026-01-01T00:05:00Z"})
    note_death(tmp_path, seen, None, end_epoch=4)
    died = last_attempt(tmp_path)
    assert (died.ended_at, died.end, died.end_epoch) == ("2026-01-01T00:05:00Z", "died", 4)
    note_death(tmp_path, ended(1, None), None)
    assert (last_attempt(tmp_path).ended_at or "") > "2026-01-01T00:05:00Z"  # nobody knows when: it is now


@pytest.mark.parametrize(
    ("host", "ending", "shown"),
    [
        ("n1", "NODE_FAIL", ("n1", "NODE_FAIL")),
        ("n1", "OUT_OF_MEMORY", ("n1", "OUT_OF_MEMORY, while it started")),
        (None, None, (UNKNOWN, "killed, while it started")),
    ],
)
def test_an_attempt_that_could_not_begin_is_written_down_behind_the_others(
    tmp_path: Path, host: str | None, ending: str | None, shown: tuple[str, str]
) -> None:
    for number, start_step in ((1, 0), (2, 20)):
        note_death_at_start(tmp_path, "7", host, ending, end_epoch=number)
        died = last_attempt(tmp_path)
        assert (died.number, died.job_id, died.end, (died.host, died.reason)) == (number, "7", "died", shown)
        assert (died.start_epoch, died.end_epoch, died.start_step) == (number, number, 0 if number == 1 else 10)
        assert died.started_at == died.ended_at and not is_alive(tmp_path, died)
        write_record(attempt_path(tmp_path, number), died.model_copy(update={"start_step": 10 + start_step}))
    assert len(read_attempts(tmp_path)) == 2


def test_ends_for_want_of_memory_are_counted(tmp_path: Path) -> None:
    (tmp_path / "attempts").mkdir()
    for number, end in enumerate(("out of memory", "died", "out of memory"), 1):
        write_record(attempt_path(tmp_path, number), ended(number, end))
    assert num_out_of_memory(tmp_path) == 2
