"""The list of all sweeps: states, foreign folders, the same bytes twice, and cheap to write."""

import os
import shutil
import socket
from pathlib import Path

from harness.report.index.pages import overview_files
from harness.report.index.sweeps import find_sweeps
from harness.state.attempts import processes
from harness.state.clock import now
from harness.state.files.records import ControllerRecord, read_sweep_record
from harness.sweep.plan import Plan
from kd.files import write_record
from kd.records import Failure
from tests.harness.report.index.entries import change, only


def test_a_sweep_without_a_report_counts_its_runs(results: Path) -> None:
    shutil.rmtree(results / "invented" / "report")
    entry = only(results)
    assert (entry.state, entry.summary, entry.pages) == ("complete", None, {})
    for path in (results / "invented" / "runs").glob("test-*"):
        shutil.rmtree(path)
    entry = only(results)
    assert (entry.state, entry.num_done, entry.num_planned) == ("stopped", 6, 7)


def test_a_report_of_an_earlier_version_is_said_to_be_one(results: Path) -> None:
    change(results / "invented", seeds=4)
    entry = only(results)
    assert (entry.state, entry.is_current) == ("stopped", False)
    assert "earlier version" in overview_files([entry])["index.html"]


def test_a_failed_run_makes_the_sweep_failed(results: Path) -> None:
    change(results / "invented", seeds=4)
    record = read_sweep_record(results / "invented")
    run = Plan(record.sweep, record.digest).baselines()[3]
    (results / "invented" / "runs" / run.id).mkdir()
    write_record(results / "invented" / "runs" / run.id / "failure.json", Failure(reason="nan", kind="non-finite loss"))
    assert only(results).state == "failed"


def test_a_sweep_under_control_is_running(results: Path) -> None:
    controller = ControllerRecord(
        host=socket.gethostname(), pid=os.getpid(), process_created=processes.created(), started_at=now(), num_slots=1
    )
    write_record(results / "invented" / "controller.json", controller)
    assert only(results).state == "complete"  # however long it takes to build the report
    change(results / "invented", seeds=4)
    assert only(results).state == "running"
    write_record(results / "invented" / "controller.json", controller.model_copy(update={"process_created": 0.0}))
    assert only(results).state == "stopped"


def test_damage_is_said_and_keeps_the_figures(results: Path) -> None:
    change(results / "invented", seeds=4)
    next((results / "invented" / "runs").glob("teacher-*/metrics.json")).write_text("{")
    entry = only(results)
    assert entry.state == "unreadable" and entry.summary is not None
    assert entry.problem.startswith("runs/teacher-")
    assert str(results) not in overview_files([entry])["index.html"]


def test_every_other_folder_is_listed(results: Path) -> None:
    (results / "<i>stray").mkdir()
    (results / "broken").mkdir()
    (results / "broken" / "sweep.yaml").write_text("sweep: {")
    shutil.copytree(results / "invented" / "report", results / "copied")
    (results / "torn").mkdir()
    (results / "torn" / "summary.json").write_text("{")
    (results / "a file").write_text("")
    states = {entry.name: entry.state for entry in find_sweeps(results)}
    assert states == {
        "<i>stray": "foreign",
        "broken": "unreadable",
        "copied": "copy",
        "invented": "complete",
        "torn": "unreadable",
    }
    page = overview_files(find_sweeps(results))["index.html"]
    assert "<i>stray" not in page and "&lt;i&gt;stray" in page
    assert 'href="copied/index.html"' in page
    assert "1 sweep." in page
