"""The site as files: the same bytes twice, holes shown, nothing fetched, every link and number good."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report import forks
from harness.report.analysis.arms.gains import find_rows
from harness.report.build import report_files, site_files
from harness.report.pages import class_pages
from harness.report.pages.sections import error_sections
from harness.report.results.reading.reader import read_results
from harness.report.study import read_studies
from harness.state.files.records import Trials, read_sweep_record, write_sweep_record
from kd.errors import UnreadableFileError
from kd.files import read_record, write_record
from kd.records import Attempt, Code, Failure, StoreIndex
from tests.support.pages import build, files_of, told


@pytest.mark.thorough
def test_rebuilding_gives_the_same_bytes(sweep_dir: Path, site: Path) -> None:
    before = {name: path.read_bytes() for name, path in files_of(site).items()}
    assert {name: path.read_bytes() for name, path in files_of(build(sweep_dir)).items()} == before


def test_two_processes_make_the_same_site(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "may_fork", lambda: True)
    studies = read_studies(finished, finished.parent / ".data")
    assert site_files(studies, num_processes=2) == site_files(studies)


def test_nothing_is_left_beside_the_site(finished: Path, site: Path) -> None:
    assert site == finished / "report"
    assert not list(finished.glob(".report*"))


@pytest.mark.thorough
def test_a_failed_build_keeps_the_old_site(sweep_dir: Path, site: Path) -> None:
    old = (shutil.copytree(site, sweep_dir / "report") / "index.html").read_bytes()
    (sweep_dir / "sweep.yaml").write_text("{")
    with pytest.raises(UnreadableFileError):
        build(sweep_dir)
    assert (sweep_dir / "report" / "index.html").read_bytes() == old
    assert not list(sweep_dir.glob(".report*"))


def test_tables_hold_the_same_numbers(site: Path, finished: Path) -> None:
    rows = find_rows(read_results(finished))
    with (site / "table.csv").open(newline="") as stream:
        from_csv = list(csv.DictReader(stream))
    from_json = json.loads((site / "table.json").read_text())
    assert from_json["answer"][0] and len(from_json["classes"]) == 10
    for row, record, values in zip(rows, from_csv, from_json["table"], strict=True):
        assert record["arm"] == values["arm"] == row.arm.key
        assert row.accuracy is not None
        assert float(record["test_accuracy"]) == values["test_accuracy"] == row.accuracy.mean
        gain = row.gain.both.mean if row.gain else None
        assert (float(record["gain"]) if record["gain"] else None) == values["gain"] == gain
    latex = (site / "table.tex").read_text()
    for row in rows:
        assert row.accuracy is not None
        mean = f"{100 * row.accuracy.mean:.2f}"
        mean = rf"\mathbf{{{mean}}}" if row.rank == "best" else mean
        after = r"\rlap{$^{\dagger}$} &" if row.rank == "tied" else " &"
        low, mid, high = (100 * end for end in (row.accuracy.low, row.accuracy.mean, row.accuracy.high))
        arms = rf" \pm {high - mid:.2f}" if row.accuracy.is_even else f"^{{+{high - mid:.2f}}}_{{-{mid - low:.2f}}}"
        assert f"${mean}{arms}${after}" in latex
    assert latex.count(" \\\\\n") == 1 + len(rows)
    assert all(rule in latex for rule in (r"\toprule", r"\midrule", r"\bottomrule"))
    markdown = (site / "table.md").read_text().splitlines()
    assert len(markdown) == 2 + len(rows) + 2
    assert {line.count("|") for line in markdown[: 2 + len(rows)]} == {12}
    assert sum("**" in line for line in markdown) == 1
    text = told(site)
    assert text.count("<sup>†</sup>") == latex.count(r"\rlap") == sum(row.rank == "tied" for row in rows)


def test_published_figures_stand_beside_ours(site: Path) -> None:
    text = told(site)
    assert "Published" in text
    assert "90.00" in text and "a paper" in text


@pytest.mark.thorough
def test_a_failed_run_is_shown_with_its_reason(sweep_dir: Path) -> None:
    run = read_results(sweep_dir).arms[1].runs[0].id
    folder = sweep_dir / "runs" / run
    (folder / "metrics.json").unlink()
    write_record(folder / "failure.json", Failure(reason="loss became nan in epoch 2", kind="non-finite loss"))
    text = told(build(sweep_dir))
    assert 'id="missing"' in text
    assert "failed (non-finite loss): loss became nan in epoch 2" in text


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["provenance.json", "trials.json"])
def test_sweep_files_may_be_missing_or_broken(sweep_dir: Path, name: str) -> None:
    (sweep_dir / name).write_text("[]")
    assert name in told(build(sweep_dir))
    (sweep_dir / name).unlink()
    build(sweep_dir)


STAGES = ("test-", "final-", "compare-", "search-", "baseline-", "logits-", "teacher-")


@pytest.mark.thorough
@pytest.mark.parametrize("num_missing", range(1, len(STAGES) + 1))
def test_a_sweep_in_progress_builds(sweep_dir: Path, num_missing: int) -> None:
    """Take the stages away one by one, last first."""
    for prefix in STAGES[:num_missing]:
        for path in (sweep_dir / "runs").glob(f"{prefix}*"):
            shutil.rmtree(path)
    if "search-" in STAGES[:num_missing]:
        (sweep_dir / "trials.json").unlink()
    text = told(build(sweep_dir))
    assert "No answer yet" in text
    assert "not started" in text or "the test images are read once" in text


@pytest.mark.thorough
def test_a_run_at_work_shows_how_far_it_is(sweep_dir: Path) -> None:
    run = read_results(sweep_dir).arms[1].runs[0].id
    (sweep_dir / "runs" / run / "metrics.json").unlink()
    assert "unfinished after 4 epochs; its last attempt: complete" in told(build(sweep_dir))


@pytest.mark.thorough
def test_a_search_by_loss_with_one_trial_builds(sweep_dir: Path) -> None:
    record = read_sweep_record(sweep_dir)
    assert record.sweep.search is not None
    search = record.sweep.search.model_copy(update={"metric": "val_loss"})
    write_sweep_record(
        sweep_dir,
        record.model_copy(update={"sweep": record.sweep.model_copy(update={"search": search})}),
    )
    trials = read_record(sweep_dir / "trials.json", Trials).trials[:1]
    write_record(sweep_dir / "trials.json", Trials(trials=trials, best=0))
    text = told(build(sweep_dir))
    assert "Val loss" in text
    assert "1 search trials" not in text


@pytest.mark.thorough
def test_many_classes_are_summed_up_not_crowded(tmp_path: Path, invent: Callable[..., Path]) -> None:
    num_classes = 30
    folder = invent(tmp_path / "results", num_classes, 300, [f"kind {index}" for index in range(num_classes)])
    site = build(folder)
    text = told(site)
    assert "classes that the students confuse most" in text
    assert "The 24 classes whose change is least likely to be chance" in text
    assert len(list(site.glob("class-*.html"))) == num_classes


@pytest.mark.thorough
@pytest.mark.parametrize("limit", [{"MAX_PICTURES": 1}, {"MAX_PICTURES_IN_ALL": 3}])
def test_a_class_page_says_what_it_leaves_out(
    invented: Path, monkeypatch: pytest.MonkeyPatch, limit: dict[str, int]
) -> None:
    for name, number in limit.items():
        monkeypatch.setattr(class_pages, name, number)
    for name in ("NUM_SAMPLES", "NUM_CHANGED"):
        monkeypatch.setattr(error_sections, name, 1)
    files = report_files(invented, invented.parent / ".data")
    misread, _, _ = files["class-0.html"].partition('id="right"')
    shown = misread.count('<details class="card"')
    assert 1 <= shown <= 3
    assert re.search(rf"{shown} of the \d+ misclassified images are shown", files["class-0.html"])
    assert "not shown." in files["class-0.html"]


@pytest.mark.thorough
def test_images_left_out_are_counted_and_named(invented: Path) -> None:
    assert "unreadable image" not in told(build(invented))
    path = invented.parent / ".data" / "invented" / "index.json"
    store = read_record(path, StoreIndex)
    write_record(path, store.model_copy(update={"skipped": ["cats/<1>.png"]}))
    assert "1 unreadable image left out: <code>cats/&lt;1&gt;.png</code></dd>" in (told(build(invented)))
    write_record(path, store.model_copy(update={"skipped": ["cat.png"], "why_skipped": ["empty"]}))
    assert "1 unreadable image left out: <code>cat.png (empty)</code></dd>" in (told(build(invented)))
    write_record(path, store.model_copy(update={"skipped": [f"{n}.png" for n in range(7)]}))
    text = told(build(invented))
    assert "7 unreadable images left out: <code>0.png</code>, " in text
    assert "<code>4.png</code> and 2 more</dd>" in text
    write_record(path, store.model_copy(update={"left_out": {".heic": 40, "folder <b>": 2}}))
    text = told(build(invented))
    assert "42 other files left out: <code>.heic</code>, <code>folder &lt;b&gt;</code></dd>" in text


def test_no_path_of_the_machine_is_published(site: Path, finished: Path) -> None:
    for path in (path for path in site.rglob("*") if path.is_file()):
        assert str(finished.parent).encode() not in path.read_bytes()


@pytest.mark.thorough
def test_a_run_that_went_on_with_other_code_is_named(sweep_dir: Path) -> None:
    assert "Code changed" not in told(build(sweep_dir))
    run = next(path for path in sorted((sweep_dir / "runs").iterdir()) if path.name.startswith("baseline"))
    code = Code(commit="0" * 40)
    fields = {"job_id": "1", "host": "h", "pid": 1, "process_created": 0.0, "started_at": "2026-01-01T00:00:00Z"}
    (run / "attempts").mkdir(exist_ok=True)
    write_record(run / "attempts" / "0001.json", Attempt(number=1, end="preempted", code=code, **fields))
    same = Attempt(number=2, end="complete", code=code, start_step=3, **fields)
    write_record(run / "attempts" / "0002.json", same)
    assert "Code changed" not in told(build(sweep_dir))
    write_record(run / "attempts" / "0002.json", same.model_copy(update={"code": Code(commit="1" * 40)}))
    text = told(build(sweep_dir))
    assert f"1 run was resumed with different code: <code>{run.name}</code>" in text
    assert "Hardware changed" not in text
    write_record(run / "attempts" / "0002.json", same.model_copy(update={"num_threads": 7}))
    text = told(build(sweep_dir))
    assert f"so it is not bit-identical to an uninterrupted one: <code>{run.name}</code>" in text
    text = told(build(sweep_dir), "zh/")
    assert f"与不间断的运行并非逐位一致：<code>{run.name}</code>" in text
