"""The queue is asked where there is one, and its silence is a note."""

import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm import executor as slurm
from harness.cluster.slurm.command import Answer
from harness.commands.read_only import queue_view
from harness.commands.read_only.queue_view import QueueView, look_at_queue
from harness.commands.read_only.verbs import print_status
from harness.commands.run import declare
from harness.state.attempts.files import attempt_path
from harness.state.attempts.processes import created
from harness.state.files.records import JobRecord, read_sweep_record
from kd.files import write_record
from kd.records import Attempt


def test_on_this_machine_there_is_no_queue(lab: Any) -> None:
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "local")
    assert look_at_queue(plan.sweep, folder) == QueueView()


def test_a_queue_that_cannot_be_asked_is_a_note_and_no_error(
    lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "slurm")
    monkeypatch.setenv("PATH", str(tmp_path))
    view = look_at_queue(plan.sweep, folder)
    (note,) = view.notes
    assert not view.is_known
    assert note.startswith("The queue cannot be asked: ")
    assert "\n" not in note
    print_status(plan, folder, Console(width=400))
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("No controller is running here, and a controller in the queue would not be seen now; ")


def test_a_job_that_is_suspended_over_the_run_that_it_trains_is_said_to_be(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "slurm")
    job = JobRecord(job_id="1_0", run_ids=("final-1",), submitted_at="")
    write_record(folder.job_path(job.job_id), job)
    made = {"number": 1, "job_id": "1_0", "started_at": "", "device": "cpu"}
    where = {"host": socket.gethostname(), "pid": os.getpid(), "process_created": created()}
    path = attempt_path(folder.run("final-1"), 1)
    path.parent.mkdir(parents=True)
    write_record(path, Attempt.model_validate(made | where))

    def run(words: Sequence[str]) -> Answer:
        return Answer(0, "1_0|SUSPENDED|None|n1\n")

    monkeypatch.setattr(slurm, "CLIENT_COMMANDS", ())
    executor = slurm.SlurmExecutor(SlurmProfile(kind="slurm"), folder.path, folder.data, run=run)
    monkeypatch.setattr(queue_view, "make_executor", lambda *given: executor)
    monkeypatch.setattr("harness.cluster.slurm.controller.describe_controller", lambda *given: None)
    assert look_at_queue(plan.sweep, folder).notes == (
        "1 job(s) are suspended, and go on when the cluster resumes them",
    )
