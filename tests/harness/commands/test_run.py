"""What a sweep writes down at its start and says at its end."""

from typing import Any

from harness.commands.run import declare
from harness.state.files.records import Provenance, read_sweep_record
from kd.files import read_record


def test_what_is_wanted_and_by_which_program_is_written_down(lab: Any) -> None:
    _, folder = lab.open()
    record = read_sweep_record(folder.path).model_copy(update={"overrides": "seeds=2"})
    declare(record, folder, "slurm")
    assert read_sweep_record(folder.path) == record
    provenance = read_record(folder.path / "provenance.json", Provenance)
    assert provenance.cluster == "slurm"
    assert provenance.code.versions["torch"]
