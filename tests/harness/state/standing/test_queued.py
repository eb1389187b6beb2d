"""A run waits in a job that lives, or that nobody can ask from here; not in one that died."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from harness.state.attempts import processes
from harness.state.files.records import JobRecord
from harness.state.standing.queued import queued_runs
from kd.files import write_record
from kd.records import Attempt

HERE = socket.gethostname()


def job(**changes: Any) -> JobRecord:
    content = {"job_id": "7", "run_ids": ("a", "b"), "submitted_at": "2026-01-01T00:00:00Z"}
    return JobRecord.model_validate(content | changes)


@pytest.mark.parametrize(
    ("changes", "is_waiting"),
    [
        ({}, True),  # a scheduler's
        ({"host": HERE, "pid": os.getpid(), "process_created": processes.created()}, True),
        ({"host": HERE, "pid": os.getpid(), "process_created": 1.0}, False),
        ({"host": "elsewhere", "pid": os.getpid(), "process_created": 1.0}, True),
        ({"pid": os.getpid(), "process_created": 1.0}, True),  # recorded by an earlier version
        ({"host": HERE, "pid": os.getpid()}, True),
        ({"host": HERE, "process_created": 1.0}, True),
    ],
)
def test_whether_a_job_still_has_its_runs(tmp_path: Path, changes: dict[str, Any], is_waiting: bool) -> None:
    assert queued_runs([job(**changes)], tmp_path) == ({"a", "b"} if is_waiting else set())


def test_a_worker_without_its_watcher_goes_on_to_the_next_run(tmp_path: Path) -> None:
    attempts = tmp_path / "runs" / "a" / "attempts"
    attempts.mkdir(parents=True)
    attempt = Attempt(
        number=1, job_id="7", host=HERE, pid=os.getpid(), process_created=processes.created(),
        started_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    write_record(attempts / "0001.json", attempt)
    dead = job(host=HERE, pid=os.getpid(), process_created=1.0)
    assert queued_runs([dead], tmp_path) == {"a", "b"}
    assert queued_runs([dead.model_copy(update={"job_id": "8"})], tmp_path) == set()
    write_record(attempts / "0002.json", attempt.model_copy(update={"number": 2, "process_created": 1.0}))
    assert queued_runs([dead], tmp_path) == set()  # the worker died too
