"""The queue is asked where there is one, and its silence is a note."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.cluster.slurm.executor import CLIENT_COMMANDS
from harness.cluster.slurm.script import controller_name
from harness.commands.read_only.queue_view import QueueView, look_at_queue
from harness.commands.read_only.verbs import print_status
from harness.commands.run import declare
from harness.state.attempts.lease import Hardware, take_lease
from harness.state.clock import now
from harness.state.files.records import JobRecord, read_sweep_record
from kd.files import write_record
from kd.records import Code


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
    print_status(plan, folder, Console(width=20))
    lines = capsys.readouterr().out.splitlines()
    assert note in lines
    last = lines[-1]
    assert last.startswith("No controller is running here, and a controller in the queue would not be seen now; ")


def test_a_suspended_job_is_told_though_no_run_of_it_waits(
    lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "slurm")
    run = folder.add(plan.baselines()[0])
    lease = take_lease(run, "7", Hardware(), Code(commit=None, diff_sha256=None, versions={}))
    assert lease is not None
    write_record(folder.job_path("7"), JobRecord(job_id="7", run_ids=(run.name,), submitted_at=now()))
    for name in CLIENT_COMMANDS:
        queue = f"case $* in *{controller_name(folder.path)}*) ;; *) echo '7|SUSPENDED|None|n1' ;; esac"
        (tmp_path / name).write_text(f"#!/bin/sh\n{queue if name == 'squeue' else 'exit 1'}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    print_status(plan, folder, Console(width=20))
    assert "1 job(s) are suspended, and go on when the cluster resumes them" in capsys.readouterr().out
