"""The report of a sweep: what is said at its end, and when it is built again."""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.commands.report import STAMP, is_as_built, read_stamp, say_answer, write_report, write_to_mail
from harness.report.analysis.arms.gains import find_answer, find_rows
from harness.report.analysis.causes import explain
from harness.report.analysis.costs import find_costs
from harness.report.outcome import find_outcome
from harness.report.publish.one_file import writing
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.state.files.folder import SweepFolder
from tests.support.failing_studies import STUDIES, plant
from tests.support.root import ROOT


def write(sweep_dir: Path, only_if_changed: bool = False, is_over: bool | None = None) -> list[str]:
    """Writes the report; gives what was said."""
    console = Console(file=io.StringIO(), width=999)
    assert write_report(SweepFolder(sweep_dir.parent, sweep_dir.name), console, only_if_changed, is_over)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def built(monkeypatch: Any) -> list[Path]:
    """The sweeps of which a report was built: here two pages, at once."""
    built = []

    def build(folder: Path, studies: object) -> Path:
        built.append(folder)
        (folder / "report").mkdir(exist_ok=True)
        for name in ("index.html", "class-0.html"):
            (folder / "report" / name).write_text("<html>")
        return folder / "report" / "index.html"

    monkeypatch.setattr("harness.report.build.write_site", build)
    return built


def test_at_the_end_there_are_the_answer_the_report_and_the_student(sweep_dir: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(sweep_dir)
    said = write(sweep_dir)
    results = read_results(sweep_dir)
    answer, costs = find_answer(results), find_costs(results, find_rows(results))
    lines = answer_lines(answer, language("en"), causes=explain(results, answer), costs=costs)
    assert said == [*lines, "report/index.html"]
    assert (sweep_dir / "report" / "index.html").exists()
    assert (sweep_dir / "model" / "model.safetensors").exists()


def test_the_command_for_more_seeds_says_where_the_results_are_unless_others_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: list[Path]
) -> None:
    monkeypatch.setattr("harness.report.publish.student.publish_student", lambda *of: None)
    folder = plant(tmp_path / "my results", STUDIES["one seed"])
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")  # where no file names another sweep
    start = f"{sys.executable} -m harness sweep quickstart --set seeds=5"
    last = f"To continue and keep what is finished: {start} --results '{tmp_path}/my results'"
    said = write(folder)
    assert [line for line in said if line.endswith(last)]
    assert write(folder, only_if_changed=True) == said and len(built) == 1
    more = find_outcome(folder).more_seeds
    assert more and more.line.endswith(" -m harness sweep quickstart --set seeds=5 --results 'my results'")

    monkeypatch.chdir(tmp_path)
    (tmp_path / "my results").rename("results")
    moved = SweepFolder(tmp_path / "results", folder.name)
    console = Console(file=io.StringIO(), width=999)
    stamp = read_stamp(moved)
    assert stamp is not None
    say_answer(stamp, moved, console)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert "finished: make sweep SWEEP=quickstart SET=seeds=5\n" in told


def test_the_file_to_mail_says_where_it_is_and_what_it_lacks(sweep_dir: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(sweep_dir)
    write(sweep_dir)
    folder = SweepFolder(sweep_dir.parent, sweep_dir.name)
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
    stamp = read_stamp(folder)
    assert stamp is not None and is_as_built(stamp, folder), "the file is no part of the report"


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
        lambda folder: next(folder.glob("runs/final-*/steps.npz")).unlink(),
        lambda folder: (folder / "sweep.yaml").write_text((folder / "sweep.yaml").read_text() + "# more\n"),
        lambda folder: (folder / "trials-dkd.json").write_text("{}"),
        lambda folder: (folder / STAMP).write_text("{"),
        lambda folder: (folder / STAMP).unlink(),
        lambda folder: (folder / STAMP).write_text('{"schema_version": 1, "digest": "0", "lines": []}'),
        lambda folder: (folder / STAMP).write_text('{"schema_version": 99}'),
        lambda folder: shutil.rmtree(folder / "report"),
        lambda folder: (folder / "report").rename(folder / ".report.01234567.old"),
    ],
    ids=[
        "page deleted",
        "page edited",
        "card deleted",
        "result gone",
        "sweep changed",
        "method searched",
        "stamp damaged",
        "killed before the stamp",
        "stamp of an older version",
        "stamp of a newer version",
        "report deleted",
        "killed while it was put in place",
    ],
)
def test_whatever_changed_it_is_built_again(
    sweep_dir: Path, built: list[Path], monkeypatch: Any, change: Callable[[Path], object]
) -> None:
    monkeypatch.chdir(sweep_dir)
    said = write(sweep_dir)
    assert write(sweep_dir, only_if_changed=True) == said and len(built) == 1
    change(sweep_dir)
    assert write(sweep_dir, only_if_changed=True) == said and len(built) == 2


def test_what_changes_while_it_is_built_is_built_in_by_the_next(sweep_dir: Path, monkeypatch: Any) -> None:
    """The pages may have it or not: nobody can tell."""
    monkeypatch.chdir(sweep_dir)
    asked = []

    def build_late(folder: Path, studies: object) -> Path:
        asked.append(folder)
        if len(asked) == 1:  # after everything was read
            (folder / "seeds.json").write_text("{}")
        return folder / "report" / "index.html"

    monkeypatch.setattr("harness.report.build.write_site", build_late)
    write(sweep_dir)
    write(sweep_dir, only_if_changed=True)
    write(sweep_dir, only_if_changed=True)
    assert len(asked) == 2


def test_that_nothing_is_left_to_do_is_known_as_long_as_results_stay(sweep_dir: Path, built: list[Path]) -> None:
    def is_over() -> bool:
        stamp = read_stamp(SweepFolder(sweep_dir.parent, sweep_dir.name))
        assert stamp is not None
        return stamp.is_over

    write(sweep_dir)
    assert not is_over(), "no controller has said so"
    write(sweep_dir, only_if_changed=True, is_over=True)
    assert is_over(), "a report that stands has been found complete"
    write(sweep_dir)
    assert is_over(), "make report changes no results"
    (sweep_dir / "seeds.json").write_text("{}")
    write(sweep_dir)
    assert not is_over()
    write(sweep_dir, only_if_changed=True, is_over=False)
    assert not is_over()


@pytest.mark.usefixtures("built")
def test_a_report_with_a_hole_is_built_again(sweep_dir: Path, monkeypatch: Any) -> None:
    write(sweep_dir)

    def fail(*words: Any) -> None:
        raise ValueError("no card")

    with monkeypatch.context() as broken:
        broken.setattr("harness.report.publish.student.publish_student", fail)
        console = Console(file=io.StringIO(), width=999)
        assert not write_report(SweepFolder(sweep_dir.parent, sweep_dir.name), console)
    assert not (sweep_dir / STAMP).exists()


def test_what_a_report_is_built_with_can_be_loaded_before_it_is_built(sweep_dir: Path) -> None:
    """In a process that has loaded nothing yet: afterwards building loads no further library."""
    code = """
import sys
from pathlib import Path
from importlib import import_module
from harness.commands.report import left_to_load
for name in left_to_load():
    import_module(name)
assert left_to_load() == []
loaded = {name.partition(".")[0] for name in sys.modules}
from harness.report.build import build_report
build_report(Path(sys.argv[1]), Path(sys.argv[2]))
more = {name.partition(".")[0] for name in sys.modules} - loaded - sys.stdlib_module_names
print(sorted(more))
"""
    words = [sys.executable, "-c", code, str(sweep_dir), str(sweep_dir.parent / ".data")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="forks are made on Linux alone")
def test_what_only_searches_need_is_loaded_beside_the_rest_and_the_pages_are_the_same(sweep_dir: Path) -> None:
    code = """
import sys
from importlib import import_module
from pathlib import Path
from rich.console import Console
from harness.commands.report import FOR_SEARCHES, left_to_load, write_report
from harness.report import forks
from harness.state.files.folder import SweepFolder
forks.num_cores = lambda: 2
if sys.argv[2] == "ahead":
    for name in left_to_load():
        import_module(name)
folder = Path(sys.argv[1])
assert write_report(SweepFolder(folder.parent, folder.name), Console())
print([name in sys.modules for name in FOR_SEARCHES])
"""
    made = []
    for when in ("beside", "ahead"):
        words = [sys.executable, "-c", code, str(sweep_dir), when]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
        made.append((done.stdout.splitlines()[-1], _bytes_of(sweep_dir / "report")))
    assert [loaded for loaded, _ in made] == ["[False, False]", "[True, True]"]
    assert made[0][1] == made[1][1]


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_so_can_what_the_list_of_sweeps_is_written_with(sweep_dir: Path) -> None:
    code = """
import sys
from pathlib import Path
from harness.commands.report import load_overview
load_overview()
loaded = {name.partition(".")[0] for name in sys.modules}
from harness.report.index.overview import write_overview
write_overview(Path(sys.argv[1]))
print(sorted({name.partition(".")[0] for name in sys.modules} - loaded - sys.stdlib_module_names))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(sweep_dir.parent)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
