"""What a sweep writes down at its start and says at its end."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.commands import run
from harness.commands.run import declare, prepare_report
from harness.controller.loop import Controller
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


@pytest.mark.parametrize(
    ("jobs", "lacks_test_alone", "is_outdated", "num_loaded"),
    [({"1": None}, True, False, 1), ({}, True, False, 0), ({"1": None}, False, False, 0), ({"1": None}, True, True, 0)],
)
def test_the_report_is_loaded_beside_the_last_run_unless_its_modules_are_of_another_program(
    jobs: dict[str, None],
    lacks_test_alone: bool,
    is_outdated: bool,
    num_loaded: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded: list[bool] = []
    monkeypatch.setattr(run, "load_ahead", lambda: loaded.append(True))
    state = SimpleNamespace(
        jobs=jobs, lacks_test_alone=lacks_test_alone, is_outdated=lambda at_once: at_once and is_outdated
    )
    prepare_report(cast("Controller", state))
    assert len(loaded) == num_loaded
