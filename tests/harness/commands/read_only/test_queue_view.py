"""The queue is asked where there is one, and its silence is a note."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.commands.read_only.queue_view import QueueView, look_at_queue
from harness.commands.read_only.verbs import print_status
from harness.commands.run import declare
from harness.state.files.records import read_sweep_record


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
