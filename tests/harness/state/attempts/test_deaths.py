"""How attempts died is written down for them, and tells how often their run did."""

import socket
from pathlib import Path

import pytest

from harness.state.attempts.deaths import deaths_in_a_row, note_death
from harness.state.attempts.files import attempt_path, last_attempt
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
