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
    ("state", "idle_slots_are_cores", "expected"),
    [
        ({"lacks_test_alone": True}, False, ["a", "b"]),
        ({"has_idle_slots": True}, True, ["a"]),
        ({"has_idle_slots": True}, False, []),
        ({}, True, []),
        ({"lacks_test_alone": True, "jobs": {}}, True, []),
        ({"lacks_test_alone": True, "has_changed": True}, True, []),
    ],
)
def test_the_report_is_loaded_beside_the_last_run_or_where_cores_are_idle_unless_the_program_has_changed(
    state: dict[str, Any], idle_slots_are_cores: bool, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(run, "left_to_load", lambda: ["a", "b"])

    def load(name: str) -> None:
        loaded.append(name)
        raise ImportError("a library that is broken costs the report a part, and the controller nothing")

    monkeypatch.setattr(run, "import_module", load)
    found = {"jobs": {"1": None}, "lacks_test_alone": False, "has_idle_slots": False, "has_changed": False} | state
    controller = SimpleNamespace(**found, is_outdated=lambda at_once: at_once and found["has_changed"])
    tried = set[str]()
    prepare_report(cast("Controller", controller), idle_slots_are_cores, tried)
    assert loaded == expected
    for _ in range(3):
        prepare_report(cast("Controller", controller), idle_slots_are_cores, tried)
    assert loaded == (["a", "b"] if expected else []), "what cannot be loaded is tried once, and does not stop the rest"
