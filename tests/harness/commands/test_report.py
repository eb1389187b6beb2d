"""The report of a sweep: what is said at its end, and when it is built again."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.commands.report import STAMP, digest_of, write_report, write_to_mail
from harness.report.analysis.arms.gains import find_answer, find_rows
from harness.report.analysis.causes import explain
from harness.report.analysis.costs import find_costs
from harness.report.publish.one_file import writing
from harness.report.results.reader import read_results
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.state.folder import SweepFolder


def write(sweep_dir: Path, only_if_changed: bool = False) -> list[str]:
    """Writes the report; gives what was said."""
    console = Console(file=io.StringIO(), width=999)
    assert write_report(SweepFolder(sweep_dir.parent, sweep_dir.name), console, only_if_changed)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]


def test_at_the_end_there_are_the_answer_the_report_and_the_student(sweep_dir: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(sweep_dir)
    said = write(sweep_dir)
    results = read_results(sweep_dir)
    answer, costs = find_answer(results), find_costs(results, find_rows(results))
    lines = answer_lines(answer, language("en"), causes=explain(results, answer), costs=costs)
    assert said == [*lines, "report/index.html"]
    assert (sweep_dir / "report" / "index.html").exists()
    assert (sweep_dir / "model" / "model.safetensors").exists()


def test_the_file_to_mail_says_where_it_is_and_what_it_lacks(sweep_dir: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(sweep_dir)
    write(sweep_dir)
    folder = SweepFolder(sweep_dir.parent, sweep_dir.name)
    before = digest_of(folder)
    console = Console(file=io.StringIO(), width=999)
    write_to_mail(folder, console)
    monkeypatch.setattr(writing, "MAX_BYTES", 1)
    write_to_mail(folder, console)
    whole, less, lacks = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    size = (sweep_dir / "report.html").stat().st_size
    assert (
        whole.startswith("report.html: ") and less == f"report.html: {size / 1e6:.1f} MB, the whole report in one file"
    )
    assert whole != less
    assert "without the tables for programs and the pages of single runs" in lacks
    assert digest_of(folder) == before, "the file is no part of what the report is made of"


def test_an_unchanged_report_is_left_and_its_answer_said_again(sweep_dir: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(sweep_dir)
    said, built = write(sweep_dir), (sweep_dir / "report" / "index.html").stat().st_ino
    assert write(sweep_dir, only_if_changed=True) == said
    assert (sweep_dir / "report" / "index.html").stat().st_ino == built
    assert write(sweep_dir) == said
    assert (sweep_dir / "report" / "index.html").stat().st_ino != built, "make report builds whatever was built"


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "report" / "class-0.html").unlink(),
        lambda folder: (folder / "report" / "index.html").write_text("edited"),
        lambda folder: (folder / "model" / "README.md").unlink(),
        lambda folder: next(folder.glob("runs/final-*/metrics.json")).touch(),
        lambda folder: (folder / "sweep.yaml").write_text((folder / "sweep.yaml").read_text() + "# more\n"),
        lambda folder: (folder / "trials-dkd.json").write_text("{}"),
        lambda folder: (folder / STAMP).write_text("{"),
    ],
    ids=[
        "page deleted",
        "page edited",
        "card deleted",
        "result touched",
        "sweep changed",
        "method searched",
        "stamp damaged",
    ],
)
def test_whatever_changed_it_is_built_again(
    sweep_dir: Path, tmp_path: Path, monkeypatch: Any, change: Callable[[Path], object]
) -> None:
    monkeypatch.chdir(sweep_dir)
    said = write(sweep_dir)
    change(sweep_dir)
    asked = []
    monkeypatch.setattr("harness.report.build.build_report", lambda *paths: asked.append(paths) or sweep_dir / "x.html")
    assert write(sweep_dir, only_if_changed=True)[:-1] == said[:-1]
    assert len(asked) == 1


def test_the_programs_own_code_is_part_of_it(sweep_dir: Path, tmp_path: Path, monkeypatch: Any) -> None:
    folder = SweepFolder(sweep_dir.parent, sweep_dir.name)
    before = digest_of(folder)
    assert digest_of(folder) == before
    template = tmp_path / "front.html"
    template.touch()
    monkeypatch.setattr("harness.commands.report.shipped", lambda name: tmp_path)
    assert digest_of(folder) != before


def test_a_report_with_a_hole_is_built_again(sweep_dir: Path, monkeypatch: Any) -> None:
    write(sweep_dir)

    def fail(*words: Any) -> None:
        raise ValueError("no card")

    with monkeypatch.context() as broken:
        broken.setattr("harness.report.publish.student.publish_student", fail)
        console = Console(file=io.StringIO(), width=999)
        assert not write_report(SweepFolder(sweep_dir.parent, sweep_dir.name), console)
    assert not (sweep_dir / STAMP).exists()
