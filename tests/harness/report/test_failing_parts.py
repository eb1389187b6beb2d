"""Every figure and every table, failing in turn: the page says so in its place, and all the others are there."""

import importlib
import inspect
import io
import pkgutil
import re
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from harness.commands.report import FAILED_PARTS, write_report
from harness.console.plain_console import PlainConsole
from harness.report import figures, forks, pages, tables
from harness.report.build import files_of_student
from harness.report.figures.drawing.style import Drawing
from harness.report.pages import topic_page
from harness.report.publish.paper import paper_files
from harness.report.study import Study, read_study
from harness.report.tables import files as table_files
from harness.report.text.failed_parts import collecting
from harness.report.text.language import LANGUAGES, Language, folder_of, language
from harness.state.files.folder import SweepFolder
from tests.support.command_line import invoke
from tests.support.pages import Links, broken_links, told

EN = language("en")
MADE = re.compile(r"\b(Drawing|Table|Chart)\b")
WORDS = {"en": "The rest of the report is not affected", "zh": "报告的其余内容不受影响"}


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def builders_of(package: ModuleType) -> dict[str, Callable[..., Any]]:
    """Every function of a package that says it makes a drawing, charts or a table, by its name in the package."""
    return {
        f"{module.__name__.removeprefix(f'{package.__name__}.')}.{name}": function
        for module in modules_of(package)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and MADE.search(str(function.__annotations__.get("return")))
    }


DRAWERS = {name: each for name, each in builders_of(figures).items() if not name.startswith("drawing.")}
TABLES = {
    ".".join(name.split(".")[-2:]): each
    for name, each in builders_of(tables).items()
    if not name.startswith(("form.", "files."))
}
OF_OTHER_STUDIES = ("exports.", "extra_tests.", "family.", "variants.", "extra_test_pages.", "variant_section.")
"""Modules whose tables and figures none of the studies here has; their sections fail as all sections do."""
SECTIONS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": function
    for module in modules_of(pages)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if name.endswith("_section") and not name.startswith("_") and function.__module__ == module.__name__
}
BUILDERS = DRAWERS | TABLES | SECTIONS
STUDIES = ("troubled", "finished", "crowd", "contest")
ONE_PROCESS = pytest.mark.xdist_group("failing-parts")  # what is built whole and drawn once is had once
FILES_ALONE = "runs.run_table"  # the page of runs has a table of its own


class PlantedError(Exception):
    """What a builder raises."""


def plant(monkeypatch: pytest.MonkeyPatch, function: Callable[..., Any]) -> list[str]:
    """Let a function raise wherever the report calls it; gives where that happened."""
    reached: list[str] = []

    def fail(*_: Any, **__: Any) -> Any:
        reached.append(function.__name__)
        raise PlantedError("<planted>")

    replace(monkeypatch, function, fail)
    return reached


def draw_once(
    monkeypatch: pytest.MonkeyPatch, drawn: dict[tuple[str, ...], Any], study: str, but: Collection[str]
) -> None:
    """Let every figure but some be drawn once a sweep and language: drawing takes most of the time of a page."""

    def once(name: str, draw: Callable[..., Any]) -> Callable[..., Any]:
        def given(*args: Any, **more: Any) -> Any:
            texts = (each.code if isinstance(each, Language) else each for each in (*args, *more.values()))
            key = (study, name, *(each for each in texts if isinstance(each, str)))
            if key not in drawn:
                drawn[key] = draw(*args, **more)
            return drawn[key]

        return given

    for name, draw in DRAWERS.items():
        if name not in but and draw.__annotations__["return"] in (Drawing, Drawing | None):
            replace(monkeypatch, draw, once(name, draw))


def replace(monkeypatch: pytest.MonkeyPatch, function: Callable[..., Any], other: Callable[..., Any]) -> None:
    """Put another function wherever the report has one by name."""
    for name, module in sys.modules.copy().items():
        if name.startswith("harness."):
            for attribute, value in list(vars(module).items()):
                if value is function:
                    monkeypatch.setattr(module, attribute, other)
    for module, name in ((table_files, "MAKERS"), (topic_page, "SECTIONS")):
        makers = {key: other if each is function else each for key, each in getattr(module, name).items()}
        monkeypatch.setattr(module, name, makers)


def note_callers(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Of every builder that the report will call, those that call it, and itself."""
    callers: dict[str, set[str]] = {}
    at_work: list[str] = []

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def build(*args: Any, **more: Any) -> Any:
            at_work.append(name)
            callers.setdefault(name, set()).update(at_work)
            try:
                return function(*args, **more)
            finally:
                at_work.pop()

        return build

    for name, function in BUILDERS.items():
        replace(monkeypatch, function, noted(name, function))
    return callers


class Built(NamedTuple):
    """A sweep's site, the builders that were called for it and by whom, and the figures of its pages."""

    study: Study
    files: dict[str, str | bytes]
    callers: dict[str, set[str]]

    def saying(self, words: str, code: str) -> list[str]:
        """The pages of a language that say something."""
        pages = [str(text) for path, text in self.files.items() if path.endswith(".html") and is_in(path, code)]
        return [text for text in pages if words in text]

    @property
    def drawn(self) -> set[tuple[str, str]]:
        found = re.compile(r'<svg id="figure-([\w-]+)"')
        pages = {name: str(text) for name, text in self.files.items() if name.endswith(".html")}
        return {(name, figure) for name, text in pages.items() for figure in found.findall(text)}


@pytest.fixture(scope="session")
def whole() -> dict[str, Built]:
    """What was built without a failure, by the name of the sweep."""
    return {}


@pytest.fixture(scope="session")
def drawn() -> dict[tuple[str, ...], Any]:
    """Figures that were drawn, by sweep, function, and what the function was given in words."""
    return {}


def build_whole(name: str, whole: dict[str, Built], request: pytest.FixtureRequest) -> Built:
    if name not in whole:
        folder: Path = request.getfixturevalue(name)
        study = read_study(folder, folder.parent / ".data")
        with pytest.MonkeyPatch.context() as patch, collecting() as failed:
            callers = note_callers(patch)
            whole[name] = Built(study, files_of_student(study), callers)
        assert not failed
    return whole[name]


def test_there_are_builders() -> None:
    assert len(DRAWERS) > 12
    assert len(TABLES) > 15
    assert len(SECTIONS) > 12


@ONE_PROCESS
@pytest.mark.thorough
@pytest.mark.parametrize("builder", [name for name in BUILDERS if not name.startswith(OF_OTHER_STUDIES)])
def test_a_part_that_fails_says_so_and_all_the_others_are_there(
    builder: str,
    request: pytest.FixtureRequest,
    whole: dict[str, Built],
    drawn: dict[tuple[str, ...], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reached: list[str] = []
    for name in STUDIES:
        before = build_whole(name, whole, request)
        if builder not in before.callers:
            continue
        with monkeypatch.context() as patch:
            draw_once(patch, drawn, name, before.callers[builder])
            reached = plant(patch, BUILDERS[builder])
            with collecting() as failed:
                after = before._replace(files=files_of_student(before.study))
        said = {code: after.saying(words, code) for code, words in WORDS.items()}
        if reached and failed and (all(said.values()) or builder == FILES_ALONE):
            break
    assert reached, f"no sweep of {STUDIES} has it"
    assert {part.reason for part in failed.values()} == {"PlantedError: <planted>"}, [*failed.values()][-1].trace
    assert {path for path in before.files if path.endswith(".html")} <= after.files.keys()
    for code in WORDS:
        assert said[code] or builder == "runs.run_table", (
            f"{code}: of that one, whose rows the page has, only files fail"
        )
        assert all("&lt;planted&gt;" in text for text in said[code])
    links = {path: Links(str(text)) for path, text in after.files.items() if path.endswith(".html")}
    # A run's curves that are asked for where the figure failed: the page says there that it did.
    broken = [link for link in broken_links(links, after.files.keys()) if "#run=" not in link]
    assert broken == []
    lost = {figure for _, figure in before.drawn - after.drawn}
    assert len(lost) <= (4 if builder in DRAWERS else 0 if builder in TABLES else 5), lost
    whole_front = str(before.files["index.html"])
    if builder not in SECTIONS:
        sections = re.findall(r'<section id="(\w+)">', whole_front)
        left = re.findall(r'<section id="(\w+)">', str(after.files["index.html"]))
        assert [section for section in left if section in sections] == sections


def is_in(path: str, code: str) -> bool:
    others = [folder_of(other) for other in LANGUAGES if folder_of(other)]
    return path.startswith(folder_of(code)) if folder_of(code) else not path.startswith(tuple(others))


@ONE_PROCESS
@pytest.mark.thorough
@pytest.mark.parametrize("builder", ["accuracy.accuracies", "accuracy.gain_intervals", "students.main_table"])
def test_a_paper_is_written_without_what_fails(
    builder: str, study: Study, paper: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = plant(monkeypatch, BUILDERS[builder])
    with collecting() as failed:
        after = paper_files(study, EN)
    assert reached
    assert failed
    main = after["main.tex"].decode()
    for name in paper.keys() - after.keys():
        assert f"{{{name.removesuffix('.pdf').removesuffix('.tex')}" not in main
    inputs = re.findall(r"\\input\{([\w/]+)\}|\\includegraphics\{([\w/.]+)\}", main)
    assert all(f"{table}.tex" in after if table else figure in after for table, figure in inputs)
    assert len(paper) - len(after) <= 4 * len(failed)


@ONE_PROCESS
@pytest.mark.thorough
@pytest.mark.parametrize("num_processes", [1, 2])
def test_a_template_that_fails_costs_its_page_and_no_link(
    request: pytest.FixtureRequest, whole: dict[str, Built], monkeypatch: pytest.MonkeyPatch, num_processes: int
) -> None:
    before = build_whole("finished", whole, request)
    monkeypatch.setattr(forks, "may_fork", lambda: True)
    monkeypatch.setattr("harness.report.pages.site.others_table", lambda *_: 1 / 0)
    with collecting() as failed:
        after = files_of_student(before.study, num_processes)
    assert [kind for kind, _ in failed] == ["page"] * 10
    assert {path for path in before.files if path.endswith(".html")} <= after.keys()
    assert "This page could not be made (class-3.html: ZeroDivisionError" in str(after["class-3.html"])
    assert "此页未能生成" in str(after["zh/class-3.html"])
    assert 'href="index.html"' in str(after["zh/class-3.html"])


@pytest.mark.thorough
def test_the_command_names_what_failed_keeps_the_rest_and_is_no_success(
    sweep_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = plant(monkeypatch, DRAWERS["accuracy.accuracies"])
    folder = SweepFolder(sweep_dir.parent, sweep_dir.name)
    console = PlainConsole(file=io.StringIO(), width=400)
    assert write_report(folder, console) is False
    assert reached
    last = console.file.getvalue().splitlines()[-1]  # type: ignore[attr-defined]
    assert last.startswith("warning: without the figure accuracies (PlantedError: <planted>), which could not be made")
    log = sweep_dir / "logs" / FAILED_PARTS
    assert str(log) in last
    assert "Traceback" in log.read_text()
    assert "PlantedError: &lt;planted&gt;" in told(sweep_dir / "report")
    at = ("--sweep", sweep_dir.name, "--results", str(sweep_dir.parent))
    result = invoke("report", *at)
    assert (result.exit_code, "warning: without the figure accuracies" in result.output) == (1, True)
    monkeypatch.undo()
    result = invoke("report", *at)
    assert (result.exit_code, "warning" in result.output, log.exists()) == (0, False, False)


@pytest.mark.thorough
def test_a_paper_names_what_failed_and_is_no_success(sweep_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, TABLES["students.cost_table"])
    at = ("--sweep", sweep_dir.name, "--results", str(sweep_dir.parent))
    result = invoke("paper", *at)
    assert (result.exit_code, "warning: without the table cost" in result.output) == (1, True)
    assert not (sweep_dir / "paper" / "tables" / "cost.tex").exists()
    assert (sweep_dir / "paper" / "tables" / "main.tex").exists()
