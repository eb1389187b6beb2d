"""The list of all sweeps: states, foreign folders, the same bytes twice, and cheap to write."""

import json
import os
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.report.build import build_report
from harness.report.index.comparison import compare_settings
from harness.report.index.pages import file_name, overview_files, write_overview
from harness.report.index.summary import Summary
from harness.report.index.sweeps import Entry, find_sweeps
from harness.report.text.language import LANGUAGES
from harness.state import processes
from harness.state.clock import now
from harness.state.records import ControllerRecord, read_sweep_record, write_sweep_record
from harness.sweep.plan import Plan
from kd.files import read_record, write_record
from kd.records import Failure


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory, invent: Callable[..., Path]) -> Path:
    """A results folder with one finished sweep and its report. Read it, never change it."""
    results = tmp_path_factory.mktemp("overview") / "results"
    sweep = invent(results, 3, 60, ["a", "b", "c"])
    write_logits_run(sweep)
    build_report(sweep, results / ".data")
    return results


@pytest.fixture
def results(reported: Path, tmp_path: Path) -> Path:
    """A copy of it, free to be changed."""
    return shutil.copytree(reported, tmp_path / "results", ignore=shutil.ignore_patterns(".data"))


def write_logits_run(folder: Path) -> None:
    """The one run that an invented sweep lacks."""
    record = read_sweep_record(folder)
    run = Plan(record.sweep, record.digest).logits
    path = folder / "runs" / run.id
    path.mkdir()
    (path / "metrics.json").write_text(json.dumps({"schema_version": 1, "run_id": run.id}))


def only(results: Path) -> Entry:
    (entry,) = find_sweeps(results)
    return entry


def change(folder: Path, **changes: Any) -> None:
    record = read_sweep_record(folder)
    write_sweep_record(folder, record.model_copy(update={"sweep": record.sweep.model_copy(update=changes)}))


def test_a_finished_sweep_is_told_from_its_summary_alone(results: Path) -> None:
    shutil.rmtree(results / "invented" / "runs")
    entry = only(results)
    assert entry.state == "complete" and entry.is_current
    assert entry.num_done == entry.num_planned == 7
    assert entry.summary is not None and entry.summary.gain is not None
    assert entry.pages["en"] == "invented/report/index.html"


def test_the_summary_says_what_the_table_says(results: Path) -> None:
    summary = read_record(results / "invented" / "report" / "summary.json", Summary)
    table = {row["arm"]: row for row in json.loads((results / "invented/report/table.json").read_text())["table"]}
    assert summary.gain is not None
    assert (summary.gain.mean, summary.gain.low, summary.gain.high) == tuple(
        table["distilled"][key] for key in ("gain", "gain_low", "gain_high")
    )
    assert summary.accuracies == {key: table[key]["test_accuracy"] for key in summary.accuracies}
    assert summary.student.num_parameters == table["distilled"]["num_parameters"]


def test_a_sweep_without_a_report_counts_its_runs(results: Path) -> None:
    shutil.rmtree(results / "invented" / "report")
    entry = only(results)
    assert (entry.state, entry.summary, entry.pages) == ("complete", None, {})
    for path in (results / "invented" / "runs").glob("test-*"):
        shutil.rmtree(path)
    entry = only(results)
    assert (entry.state, entry.num_done, entry.num_planned) == ("incomplete", 6, 7)


def test_a_report_of_an_earlier_version_is_said_to_be_one(results: Path) -> None:
    change(results / "invented", seeds=4)
    entry = only(results)
    assert (entry.state, entry.is_current) == ("incomplete", False)
    assert "earlier version" in overview_files([entry])["index.html"]


def test_a_failed_run_makes_the_sweep_failed(results: Path) -> None:
    change(results / "invented", seeds=4)
    record = read_sweep_record(results / "invented")
    run = Plan(record.sweep, record.digest).baselines[3]
    (results / "invented" / "runs" / run.id).mkdir()
    write_record(results / "invented" / "runs" / run.id / "failure.json", Failure(reason="nan", kind="non-finite loss"))
    assert only(results).state == "failed"


def test_a_sweep_under_control_is_running(results: Path) -> None:
    controller = ControllerRecord(
        host=socket.gethostname(), pid=os.getpid(), process_created=processes.created(), started_at=now(), num_slots=1
    )
    write_record(results / "invented" / "controller.json", controller)
    assert only(results).state == "running"
    write_record(results / "invented" / "controller.json", controller.model_copy(update={"process_created": 0.0}))
    assert only(results).state == "complete"


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


def test_rebuilding_gives_the_same_bytes(results: Path) -> None:
    index = write_overview(results)
    before = index.read_bytes()
    assert write_overview(results).read_bytes() == before
    assert not list(results.glob(".*.tmp"))


def test_sweeps_that_end_together_all_appear(results: Path) -> None:
    """Whoever writes last has read last, so no sweep's end is overwritten by an older view."""
    names = [f"copy{number}" for number in range(6)]

    def end(name: str) -> None:
        shutil.copytree(results / "invented", results / name)
        write_overview(results)

    threads = [threading.Thread(target=end, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = (results / "index.html").read_text()
    assert all(f'href="{name}/report/index.html"' in page for name in names)


def test_each_language_links_to_its_own_report(results: Path) -> None:
    translated = results / "invented" / "report" / "zh"
    translated.mkdir(exist_ok=True)
    (translated / "index.html").write_text("")
    files = overview_files(find_sweeps(results))
    assert set(files) == {file_name(page, code) for page in ("index", "compare") for code in LANGUAGES}
    assert 'href="invented/report/index.html"' in files["index.html"]
    assert 'href="invented/report/zh/index.html"' in files["index.zh.html"]
    assert '<html lang="zh' in files["index.zh.html"] and 'href="index.html"' in files["index.zh.html"]


def test_an_empty_folder_has_a_page(tmp_path: Path) -> None:
    assert "no sweep yet" in write_overview(tmp_path).read_text()


def test_settings_stand_in_the_order_of_a_sweep_file() -> None:
    first = {"seeds": 5, "data": {"source": "a", "max_train": None}, "compare": [{"alpha": 0.5}], "name": "x"}
    second = {"data": {"source": "b"}, "seeds": 5, "student": {"milestones": [1, 2]}}
    settings = compare_settings([first, second])
    assert [(setting.key, setting.values) for setting in settings] == [
        ("data.source", ("a", "b")),
        ("data.max_train", ("null", None)),
        ("student.milestones", (None, "[1, 2]")),
        ("compare.0.alpha", ("0.5", None)),
        ("seeds", ("5", "5")),
    ]
    assert [setting.differs for setting in settings] == [True, True, True, True, False]


def test_equal_values_have_equal_tints() -> None:
    (setting,) = compare_settings([{"seeds": seeds} for seeds in (3, 5, 5, 7, 3, 5)])
    assert setting.tints == (1, 0, 0, 2, 1, 0)


def test_any_two_sweeps_stand_side_by_side(results: Path) -> None:
    shutil.copytree(results / "invented", results / "other")
    change(results / "other", seeds=4, description="<b>more")
    page = overview_files(find_sweeps(results))["compare.html"]
    assert page.count('type="checkbox" id="show-') == 2
    assert "body:has(#show-1:not(:checked)) .c1" in page
    assert '<tr><th scope="row"><code>seeds</code></th><td class="c0">2</td><td class="c1 tint1">4</td></tr>' in page
    assert '<tr class="same"><th scope="row"><code>data.source</code></th>' in page
    assert "<b>more" not in page and "&lt;b&gt;more" in page
