"""The queue is asked where there is one, and its silence is a note."""

from pathlib import Path
from typing import Any

import pytest

from harness.commands.read_only.queue_view import QueueView, look_at_queue
from harness.commands.run import declare
from harness.state.files.records import read_sweep_record


def test_on_this_machine_there_is_no_queue(lab: Any) -> None:
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "local")
    assert look_at_queue(plan.sweep, folder) == QueueView()


def test_a_queue_that_cannot_be_asked_is_a_note_and_no_error(
    lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "slurm")
    monkeypatch.setenv("PATH", str(tmp_path))
    (note,) = look_at_queue(plan.sweep, folder).notes
    assert note.startswith("The queue cannot be asked: ")
    assert "\n" not in note
