"""A run's state is what its folder says, the last result first."""

import os
import socket
from pathlib import Path

import pytest

from harness.state import processes
from harness.state.attempts import attempt_path
from harness.state.clock import now
from harness.state.run_state import run_state, unreadable
from kd.errors import UnreadableFileError
from kd.files import write_record
from kd.records import Attempt, Failure, Metrics


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "attempts").mkdir()
    return tmp_path


def begin(folder: Path, process_created: float) -> None:
    attempt = Attempt(
        number=1,
        job_id="1",
        host=socket.gethostname(),
        pid=os.getpid(),
        process_created=process_created,
        started_at=now(),
    )
    write_record(attempt_path(folder, 1), attempt)


def test_from_waiting_to_complete(folder: Path) -> None:
    assert (run_state(folder), run_state(folder, queued=True)) == ("waiting", "queued")
    begin(folder, processes.created())
    assert run_state(folder) == run_state(folder, queued=True) == "running"
    write_record(folder / "failure.json", Failure(kind="bad input", reason="x"))
    assert run_state(folder) == "failed"
    write_record(folder / "metrics.json", Metrics(run_id="x", status="pruned"))
    assert run_state(folder) == "pruned"
    write_record(folder / "metrics.json", Metrics(run_id="x"))
    assert run_state(folder) == "complete"


def test_a_run_whose_process_died_waits(folder: Path) -> None:
    begin(folder, processes.created() - 60)
    assert run_state(folder) == "waiting"


@pytest.mark.parametrize("name", ["metrics.json", "failure.json", "history.json"])
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    assert unreadable(folder) is None
    (folder / name).write_text("{")
    assert name in (unreadable(folder) or "")
    if name == "metrics.json":
        with pytest.raises(UnreadableFileError, match=name):
            run_state(folder)
