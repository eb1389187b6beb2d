"""A controller is started once, and stopping it stops its jobs."""

import io
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from harness.commands import detach as module
from harness.commands.detach import ControllerJob, detach, stop
from harness.commands.run import declare
from harness.state import processes
from harness.state.records import JobRecord, read_sweep_record
from kd.errors import InputError
from kd.files import write_record


def on_paper() -> Console:
    return Console(file=io.StringIO(), width=300)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def test_where_a_controller_is_at_work_none_is_started(lab: Any) -> None:
    plan, folder = lab.open()
    with folder.controlled(2), pytest.raises(InputError, match="mini is already being run by process"):
        detach(read_sweep_record(folder.path), plan, folder, "local", on_paper(), ["sweep", "--sweep", "mini"])
    assert not (folder.path / "logs" / "controller.log").exists()


def test_stopping_ends_the_jobs_that_live_and_counts_them(lab: Any, sleeper: "subprocess.Popen[bytes]") -> None:
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "local")
    born = processes.created(sleeper.pid)
    for name, created in (("alive", born), ("over", born - 1000)):
        job = JobRecord(job_id=name, run_ids=(), submitted_at="", pid=sleeper.pid, process_created=created)
        write_record(folder.job_path(name), job)
    console = on_paper()
    stop(plan, folder, console)
    assert not processes.is_alive(sleeper.pid, born)
    assert "Cancelled 1 job(s) of mini; make sweep goes on from here." in console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("end", "asks"), [("detached", 1), ("complete", 0), ("incomplete", 0)])
def test_a_controller_in_a_job_asks_for_itself_again_when_it_was_interrupted(
    lab: Any, monkeypatch: pytest.MonkeyPatch, end: str, asks: int
) -> None:
    plan, folder = lab.open()
    requeued = []
    monkeypatch.setattr(module, "carry_out", lambda *_: end)
    monkeypatch.setattr(module.signal, "signal", lambda *_: None)
    monkeypatch.setattr("harness.cluster.slurm.requeue_this_job", lambda: requeued.append(1))
    ControllerJob(read_sweep_record(folder.path), plan, folder, "slurm", retry_failed=False)()
    assert len(requeued) == asks
