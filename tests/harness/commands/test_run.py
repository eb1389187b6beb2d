"""What a sweep writes down at its start and says at its end."""

import signal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.commands import run
from harness.commands.run import declare, prepare_report
from harness.controller.loop import Controller
from harness.state.files.records import Provenance, read_sweep_record
from kd.files import read_record
from tests.support.command_line import invoke


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


def test_what_is_interrupted_before_its_first_job_has_not_been_done(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Afterwards jobs go on without the command, which therefore ends with 0."""

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(signal, "signal", lambda *_: None)  # what a command ignores from then on, tests must not
    monkeypatch.setattr(run, "rehearse", interrupt)
    monkeypatch.setattr(run, "fork_server", lambda *_: None)
    done = invoke("sweep", "--sweep", str(lab.write()), "--results", str(lab.results))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (
        130,
        "Stopped before anything was submitted; the same command continues.",
    )
    monkeypatch.setattr(run, "rehearse", lambda *_, **__: None)
    monkeypatch.setattr(Controller, "run", interrupt)
    done = invoke("sweep", "--sweep", str(lab.write()), "--results", str(lab.results))
    assert done.exit_code == 0
    assert "Detached; 0 job(s) keep running or waiting." in done.stdout
