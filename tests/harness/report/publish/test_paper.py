"""The folder for a paper: complete, balanced, the same bytes, and it compiles where there is a LaTeX."""

import re
import shutil
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from harness.report.publish.paper import paper_files, place_files, write_paper
from harness.report.study import Study, family_of, read_studies, read_study
from harness.report.tables.form.latex import escape_latex
from harness.report.text.language import LANGUAGES, language
from harness.state.files.records import read_sweep_record, write_sweep_record
from kd.errors import InputError
from tests.support.invented_family import Invented, invent_family
from tests.support.secret_sweep import SECRETS

PDFLATEX = shutil.which("pdflatex")


def texts(files: dict[str, bytes]) -> dict[str, str]:
    return {name: content.decode() for name, content in files.items() if name.endswith(".tex")}


def test_what_the_sources_show_is_there(paper: dict[str, bytes]) -> None:
    for name in ("final_results_summary", "training_process_summary", "search_map", "confusion_distilled"):
        assert {f"figures/{name}.pdf", f"figures/{name}.svg", f"captions/{name}.tex"} <= set(paper)
    assert {"tables/main.tex", "tables/classes.tex", "captions/main.tex"} <= set(paper)
    assert "3 seeds" in texts(paper)["captions/final_results_summary.tex"]


def test_every_file_is_shown_and_every_shown_file_is_there(paper: dict[str, bytes]) -> None:
    main = "\n".join(texts(paper).values())
    shown = {f"{path}.tex" for path in re.findall(r"\\input\{([^}]*)\}", main)}
    shown |= set(re.findall(r"\\includegraphics\{([^}]*)\}", main))
    assert shown == {name for name in paper if name != "main.tex" and not name.endswith(".svg")}


def test_braces_and_environments_balance(paper: dict[str, bytes]) -> None:
    for name, text in texts(paper).items():
        bare = re.sub(r"(?<!\\)%.*|\\[{}]", "", text)
        assert bare.count("{") == bare.count("}"), name
        assert sorted(re.findall(r"\\begin\{(\w+)", text)) == sorted(re.findall(r"\\end\{(\w+)", text)), name
        assert text.endswith("\n") and not text.endswith("\n\n")


@pytest.mark.thorough
def test_the_same_results_give_the_same_bytes(study: Study, paper: dict[str, bytes]) -> None:
    assert paper_files(study, language("en")) == paper


def test_placing_again_keeps_what_is_yours(tmp_path: Path) -> None:
    place_files({"main.tex": b"1", "tables/a.tex": b"2", "tables/b.tex": b"3"}, tmp_path)
    for mine in ("main.aux", "tables/mine.tex"):
        (tmp_path / mine).write_text("mine")
    (tmp_path / "tables" / "a.tex").unlink()
    place_files({"main.tex": b"4", "tables/a.tex": b"2"}, tmp_path)
    found = {
        path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*.*") if path.is_file()
    }
    del found["written.json"]
    assert found == {"main.tex": "4", "tables/a.tex": "2", "main.aux": "mine", "tables/mine.tex": "mine"}


def test_a_changed_file_is_not_overwritten(tmp_path: Path) -> None:
    place_files({"main.tex": b"1", "a.tex": b"2"}, tmp_path)
    (tmp_path / "main.tex").write_text("my own words")
    with pytest.raises(InputError, match=r"main\.tex was changed since"):
        place_files({"main.tex": b"3", "a.tex": b"4"}, tmp_path)
    with pytest.raises(InputError, match=r"main\.tex was changed since"):
        place_files({"a.tex": b"4"}, tmp_path)
    assert (tmp_path / "main.tex").read_text() == "my own words"
    assert (tmp_path / "a.tex").read_text() == "2"


def test_a_file_of_yours_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "main.tex").write_text("mine")
    with pytest.raises(InputError, match=r"tables/main\.tex is there already"):
        place_files({"main.tex": b"1", "tables/main.tex": b"2"}, tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["main.tex"]


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_a_sweep_that_has_just_begun_has_a_paper_too(sweep_dir: Path, code: str) -> None:
    for path in (sweep_dir / "runs").glob("*/*.*"):
        path.unlink()
    (sweep_dir / "trials.json").unlink()
    files = paper_files(read_study(sweep_dir, sweep_dir.parent / ".data"), language(code))
    assert {"main.tex", "tables/main.tex"} <= set(files)


@pytest.mark.thorough
@pytest.mark.skipif(PDFLATEX is None, reason="no pdflatex on the path")
def test_it_compiles_whatever_the_names(invented: Path, tmp_path: Path) -> None:
    assert PDFLATEX is not None
    record = read_sweep_record(invented)
    sweep = record.sweep.model_copy(update={"description": r"50 % & $5 #1_a{b} ~^\x <b> α ± “y”"})
    write_sweep_record(invented, record.model_copy(update={"sweep": sweep}))
    main = write_paper(read_study(invented, invented.parent / ".data"), tmp_path, language("en"))
    command = [PDFLATEX, "-interaction=nonstopmode", "-halt-on-error", main.name]
    for _ in range(2):  # references need a second run
        done = subprocess.run(command, cwd=main.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout and "undefined" not in done.stdout


@pytest.mark.thorough
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_byte_of_a_paper_tells_of_the_machine(secret_sweep: Callable[[], Path], tmp_path: Path, code: str) -> None:
    folder = secret_sweep()
    write_paper(read_study(folder, folder.parent / ".data"), tmp_path / "paper", language(code))
    files = {path: path.read_bytes() for path in (tmp_path / "paper").rglob("*") if path.is_file()}
    assert b"For the paper; ask user@host1" in files[tmp_path / "paper" / "main.tex"]
    assert any(path.suffix == ".pdf" for path in files) and any(path.suffix == ".svg" for path in files)
    for path, content in files.items():
        readable = content + b"".join(unpacked(content)) if path.suffix == ".pdf" else content
        for secret in (*SECRETS, *map(escape_latex, SECRETS)):
            assert secret.encode() not in readable, (path.name, secret)


def unpacked(pdf: bytes) -> Iterator[bytes]:
    """The streams of a PDF that are packed as most are."""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompress(packed)


@pytest.mark.thorough
def test_a_paper_of_several_students_begins_with_all_of_them(tmp_path: Path) -> None:
    folder = invent_family(tmp_path, {"large": Invented(0.95, 9000, ms=3), "small": Invented(0.949, 800, ms=2)})
    studies = read_studies(folder, tmp_path / ".data")
    family = family_of(studies)
    assert family is not None
    files = paper_files(studies[1], language("en"), family)
    main = files["main.tex"].decode()
    assert "The smallest student within 1 point of the teacher is small" in main
    assert "What follows is about small." in main
    places = [main.index(rf"\input{{tables/{name}}}") for name in ("students", "main")]
    assert places == sorted(places)
    drawn = {f"figures/students_{price}.pdf" for price in ("bytes", "macs", "latency")}
    assert drawn <= files.keys()
