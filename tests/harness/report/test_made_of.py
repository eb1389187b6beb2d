"""What a report is made of, and what is not: the digest by which an unchanged report is left."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from harness.report import made_of
from harness.report.made_of import (
    ABOUT_THE_REPORT,
    LIBRARIES,
    MAX_READ,
    digest_of_results,
    digest_of_site,
    files_of_results,
    files_of_store,
    machine_line,
    program_digest,
)
from harness.report.redaction.values import Known, found_on_machine
from harness.state.files.records import JobRecord, read_sweep_record
from kd.files import write_record
from tests.support.pages import build
from tests.support.root import ROOT

NOT_OF_THE_REPORT = {"harness", "kd", "babel", "yaml"} | set(sys.stdlib_module_names)
RECORDS_OPENED = """
import sys
opened = []
sys.addaudithook(lambda event, words: opened.append(words[0]) if event == "open" else None)
from pathlib import Path
from harness.report.build import build_report
from harness.report.outcome import find_outcome
folder = Path(sys.argv[1])
build_report(folder, folder.parent / ".data")
find_outcome(folder)
print("\\n".join(sorted({str(path) for path in opened if str(path).startswith(str(folder.parent))})))
"""


def digest(sweep_dir: Path) -> str:
    return digest_of_results(sweep_dir, sweep_dir.parent / ".data")


def test_whatever_a_report_reads_is_part_of_it(sweep_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RECORDS_OPENED, str(sweep_dir)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    read = {path for path in map(Path, done.stdout.splitlines()) if not _is_written(path, sweep_dir)}
    for path in read:  # what a report looks for and does not find counts as soon as it is there
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    store = sweep_dir.parent / ".data" / read_sweep_record(sweep_dir).digest
    known = {path.resolve() for path in (*files_of_results(sweep_dir), *files_of_store(store))}
    assert len(read) > 100 and {path.resolve() for path in read} <= known | {sweep_dir / ABOUT_THE_REPORT[1]}


def _is_written(path: Path, sweep_dir: Path) -> bool:
    return any(part.startswith(".report.") for part in path.relative_to(sweep_dir.parent).parts)


def test_the_libraries_that_draw_and_write_are_part_of_it() -> None:
    sources = [*(ROOT / "harness" / "report").rglob("*.py"), *(ROOT / "harness" / "controller" / "search").glob("*.py")]
    imported = {
        name.partition(".")[0]
        for source in sources
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    } - NOT_OF_THE_REPORT
    packages = packages_distributions()
    assert {"matplotlib", "optuna"} <= imported
    for name in imported:
        assert {each.lower() for each in packages[name]} & {each.lower() for each in LIBRARIES}, name


def test_times_of_small_files_mean_nothing(sweep_dir: Path) -> None:
    """A clock that was set back, a file that is written again as it was, a backup that is put back."""
    before = digest(sweep_dir)
    for path in [*sweep_dir.rglob("*.json"), *sweep_dir.rglob("*.yaml")]:
        os.utime(path, (0, 0))
    assert digest(sweep_dir) == before


def test_a_change_that_keeps_size_and_time_is_seen(sweep_dir: Path) -> None:
    """As on a file system that counts whole seconds, where two writes of one second look alike."""
    path = next(sweep_dir.glob("runs/final-*/metrics.json"))
    before, status, text = digest(sweep_dir), path.stat(), path.read_text()
    changed = text.replace("1", "2", 1)
    assert len(changed) == len(text)
    path.write_text(changed)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns and digest(sweep_dir) != before


def test_large_files_count_by_size_and_time(sweep_dir: Path) -> None:
    path = next(sweep_dir.glob("runs/final-*/predictions.npz"))
    path.write_bytes(bytes(MAX_READ + 1))
    before = digest(sweep_dir)
    assert digest(sweep_dir) == before
    os.utime(path, (0, 0))
    assert digest(sweep_dir) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda sweep: (sweep / "seeds.json").write_text("{}"),
        lambda sweep: (sweep / "trials-dkd.json").write_text("{}"),
        lambda sweep: (sweep / "exports").mkdir() or (sweep / "exports" / "int8.json").write_text("{}"),
        lambda sweep: (sweep / "runs" / "test-00000000").mkdir(),
        lambda sweep: shutil.rmtree(next(sweep.glob("runs/search-*"))),
        lambda sweep: shutil.rmtree(sweep.parent / ".data" / read_sweep_record(sweep).digest),
        lambda sweep: (sweep / "logs").mkdir(exist_ok=True) or (sweep / "logs" / "1_0_log.out").write_text("said"),
        lambda sweep: (sweep / "jobs").mkdir(exist_ok=True) or (sweep / "jobs" / "1.json").write_text("{"),
    ],
    ids=["seeds", "method", "export", "test run", "run gone", "images gone", "log", "damaged job"],
)
def test_what_comes_and_goes_is_seen(sweep_dir: Path, change: Callable[[Path], object]) -> None:
    before = digest(sweep_dir)
    change(sweep_dir)
    assert digest(sweep_dir) != before


def test_what_is_no_part_of_it(sweep_dir: Path) -> None:
    """Its own stamp, a file to mail, what a kill left half-written, Optuna's mirror, other data, a job that is over."""
    before = digest(sweep_dir)
    (sweep_dir / "report.json").write_text("{}")
    (sweep_dir / "report.html").write_text("to mail")
    (sweep_dir / "optuna.journal").write_text("more")
    (sweep_dir / ".report.01234567.tmp").mkdir()
    (sweep_dir / ".report.01234567.tmp" / "index.html").write_text("<html")
    (sweep_dir.parent / ".data" / "another").mkdir()
    (sweep_dir / "jobs").mkdir(exist_ok=True)
    run = next(sweep_dir.glob("runs/final-*")).name
    write_record(sweep_dir / "jobs" / "7.json", JobRecord(job_id="7", run_ids=(run,), submitted_at="2026-01-01"))
    assert digest(sweep_dir) == before
    write_record(sweep_dir / "jobs" / "8.json", JobRecord(job_id="8", run_ids=("final-0",), submitted_at="2026-01-01"))
    assert digest(sweep_dir) != before, "its run is not over"


def test_an_attempt_that_did_not_end_counts_with_its_time(sweep_dir: Path) -> None:
    """The report says when it gave its last sign of life, which is when its file was touched."""
    path = next(sweep_dir.glob("runs/final-*/attempts/0001.json"))
    path.write_text(path.read_text().replace('"ended_at": "2026-01-01T00:00:05+00:00"', '"ended_at": null'))
    before = digest(sweep_dir)
    os.utime(path, (1, 1))
    assert digest(sweep_dir) != before


def test_the_programs_own_code_is_part_of_it(sweep_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest(sweep_dir)
    (tmp_path / "front.html").touch()
    monkeypatch.setattr(made_of, "shipped", lambda name: tmp_path)
    program_digest.cache_clear()
    try:
        assert digest(sweep_dir) != before
    finally:
        program_digest.cache_clear()


@pytest.mark.parametrize("name", ["HOME", "LOGNAME", "HF_TOKEN"])
def test_another_user_or_password_is_another_report(
    sweep_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = digest(sweep_dir)
    monkeypatch.setenv(name, "/home/somebody-else")
    if name == "HF_TOKEN":
        monkeypatch.setenv(name, "nobody-may-see-this")
    assert digest(sweep_dir) != before


def test_a_password_is_not_in_the_line_that_goes_into_the_digest() -> None:
    assert "nobody-may-see-this" not in machine_line(Known(secrets=("nobody-may-see-this",)))
    assert machine_line(Known(secrets=("a",))) != machine_line(Known(secrets=("b",)))


def test_a_moved_sweep_is_another_report(sweep_dir: Path) -> None:
    """What is left out of the student's card names the folder."""
    before = digest(sweep_dir)
    moved = sweep_dir.parent.rename(sweep_dir.parent.with_name("moved")) / sweep_dir.name
    assert digest(moved) != before


def test_a_controller_at_work_changes_nothing(sweep_dir: Path) -> None:
    """A start builds the report while it is there, ``make report`` when it has gone: hosts keep their numbers."""
    before = found_on_machine(sweep_dir).hosts
    assert before[0] == "node1"
    (sweep_dir / "controller.json").write_text(f'{{"host": "{before[-1]}"}}')
    assert found_on_machine(sweep_dir).hosts == before


def test_pages_and_student_are_what_was_built(sweep_dir: Path) -> None:
    build(sweep_dir)
    before = digest_of_site(sweep_dir)
    (sweep_dir / "report" / ".DS_Store").write_text("left by a file browser")
    assert digest_of_site(sweep_dir) == before
    page = sweep_dir / "report" / "index.html"
    text = page.read_text()
    page.write_text(text.replace("t", "T", 1))
    assert digest_of_site(sweep_dir) != before
    page.write_text(text)
    assert digest_of_site(sweep_dir) == before
    (sweep_dir / "report" / "runs.html").unlink()
    assert digest_of_site(sweep_dir) != before
