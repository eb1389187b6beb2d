"""Attempts as they lie in files."""

import os
from pathlib import Path

import pytest

from harness.state.attempts.files import (
    CLOCKS_DIFFER_S,
    UNKNOWN,
    attempt_path,
    last_attempt,
    read_attempts,
    runs_by_job,
)
from harness.state.clock import timestamp, written
from kd.files import write_record
from kd.records import Attempt

BEGAN = "2026-01-01T00:00:00Z"


def leave(run: Path, number: int, **changes: str) -> Attempt:
    known = {
        "number": number,
        "job_id": str(number),
        "host": "h",
        "pid": 1,
        "process_created": 0.0,
        "started_at": BEGAN,
    }
    attempt = Attempt.model_validate(known | changes)
    attempt_path(run, number).parent.mkdir(parents=True, exist_ok=True)
    write_record(attempt_path(run, number), attempt)
    return attempt


def test_the_attempts_of_a_run_are_read_oldest_first_and_nothing_else_is(tmp_path: Path) -> None:
    assert (read_attempts(tmp_path), last_attempt(tmp_path)) == ([], None)
    left = [leave(tmp_path, number) for number in (10, 2, 1)][::-1]
    for name in ("0011.json.tmp", "0011-copy.json", "notes.json"):
        (tmp_path / "attempts" / name).write_text("{}")
    assert read_attempts(tmp_path) == left and last_attempt(tmp_path) == left[-1]


def test_of_an_attempt_that_cannot_be_read_the_number_and_the_files_time_stand(tmp_path: Path) -> None:
    leave(tmp_path, 1)
    path = attempt_path(tmp_path, 2)
    path.write_text("{")
    os.utime(path, (1e9, 1e9))
    first, second = read_attempts(tmp_path)
    assert (first.damage, first.host) == (None, "h")
    assert (second.number, second.job_id, second.host, second.started_at) == (2, UNKNOWN, UNKNOWN, written(1e9))
    assert second.damage is not None and "0002.json" in second.damage


@pytest.mark.parametrize(
    ("configured_s", "changes", "is_known"),
    [
        (-9.0, {}, True),
        (CLOCKS_DIFFER_S, {}, True),
        (CLOCKS_DIFFER_S + 1, {}, False),  # a copy that did not keep the files' times
        (None, {}, False),
        (-9.0, {"ended_at": "2026-01-01T00:03:00Z", "end": "complete"}, False),
    ],
)
def test_the_last_sign_of_an_attempt_without_an_end_is_its_files_time(
    tmp_path: Path, configured_s: float | None, changes: dict[str, str], is_known: bool
) -> None:
    leave(tmp_path, 1, **changes)
    began = timestamp(BEGAN)
    os.utime(attempt_path(tmp_path, 1), (began + 300, began + 300))
    if configured_s is not None:
        (tmp_path / "config.json").write_text("{}")
        os.utime(tmp_path / "config.json", (began + configured_s,) * 2)
    found = last_attempt(tmp_path)
    assert found is not None and found.last_seen_at == (written(began + 300) if is_known else None)


def test_a_jobs_runs_are_told_by_their_newest_attempts(tmp_path: Path) -> None:
    for name, job_ids in {"a": ["7_0"], "b": ["7_0", "8"], "c": ["8"], "d": [], "e": ["8"]}.items():
        (tmp_path / name / "attempts").mkdir(parents=True)
        for number, job_id in enumerate(job_ids, 1):
            attempt = Attempt(
                number=number, job_id=job_id, host="h", pid=1, process_created=0.0, started_at="2026-01-01T00:00:00Z"
            )
            write_record(attempt_path(tmp_path / name, number), attempt)
    attempt_path(tmp_path / "e", 1).write_text("{")
    assert runs_by_job(tmp_path) == {"7_0": ("a",), "8": ("b", "c")}
