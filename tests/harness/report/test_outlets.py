"""Every outlet of the report with one set of nasty names: pages, pictures, LaTeX, Markdown, CSV, JSON."""

import html.parser
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pandas
import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from harness.report.analysis.chance.statistics import Estimate
from harness.report.analysis.errors.errors import ClassRow
from harness.report.build import report_files
from harness.report.figures.accuracy import class_errors
from harness.report.figures.drawing.print_style import COLUMN, to_print
from harness.report.figures.drawing.style import drawing_style
from harness.report.publish.paper import paper_files, place_files
from harness.report.study import Study, read_study
from harness.report.tables.errors import class_table
from harness.report.tables.form.latex import escape_latex, floating, tabular
from harness.report.tables.form.table import FORMULA_SIGNS, Column, Table, to_csv, to_json
from harness.report.text.language import LANGUAGES, language
from harness.state.files.records import Provenance, SweepRecord, read_sweep_record, write_sweep_record
from harness.sweep.sections.reference import Reference
from kd.files import read_record, write_record
from kd.plain_text import printable
from kd.records import Attempt, Code, Failure, StoreIndex
from tests.support.invented_sweep import invent
from tests.support.nasty_names import NASTY_NAMES, texts

EN = language("en")
STARTED = "2026-01-01T00:00:00Z"
PLAIN = {key: f"plain {key}" for key in NASTY_NAMES}
each_name = pytest.mark.parametrize("name", NASTY_NAMES.values(), ids=NASTY_NAMES)


def invent_named(results: Path, names: Mapping[str, str]) -> Path:
    """A finished sweep with one failed run, in which every text that a user, a data set or a machine gives is given."""
    text = " ".join(names.values())
    folder = invent(results, len(names), 2 * len(names), list(names.values()))
    record = read_sweep_record(folder)
    reference = Reference(source=text, teacher=0.9)
    sweep = record.sweep.model_copy(update={"description": text, "reference": (reference,)})
    write_sweep_record(folder, SweepRecord(sweep=sweep, origin=text, overrides=text, digest=record.digest))
    code = Code(commit="0" * 40, versions={text: text})
    write_record(folder / "provenance.json", Provenance(code=code, cluster=text))
    store = results / ".data" / "invented" / "index.json"
    index = read_record(store, StoreIndex)
    write_record(store, index.model_copy(update={"skipped": list(names.values()), "left_out": {text: 1}}))
    run = next(path for path in sorted((folder / "runs").iterdir()) if path.name.startswith("baseline"))
    write_record(run / "failure.json", Failure(reason=text, kind="code error"))
    (run / "metrics.json").unlink()
    (run / "attempts").mkdir()
    attempt = Attempt(
        number=1,
        job_id="7",
        host=text,
        pid=1,
        process_created=0,
        started_at=STARTED,
        end="died",
        reason=text,
        device=text,
    )
    write_record(run / "attempts" / "0001.json", attempt)
    (folder / "logs").mkdir(exist_ok=True)
    (folder / "logs" / "7_0_log.out").write_text("\n".join(names.values()), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent_named(tmp_path_factory.mktemp("nasty"), NASTY_NAMES)


@pytest.fixture(scope="module")
def files(nasty: Path) -> dict[str, str | bytes]:
    return report_files(nasty, nasty.parent / ".data")


@pytest.fixture(scope="module")
def study(nasty: Path) -> Study:
    return read_study(nasty, nasty.parent / ".data")


@pytest.fixture(scope="module")
def paper(study: Study) -> dict[str, bytes]:
    return paper_files(study, EN)


class Skeleton(html.parser.HTMLParser):
    """A page's tags with the names of their attributes, which no name in the page may change."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}",))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment",))


def pages_of(files: Mapping[str, str | bytes]) -> Iterator[tuple[str, str]]:
    for name, content in files.items():
        if name.endswith(".html"):
            assert isinstance(content, str)
            yield name, content


def test_no_name_adds_a_tag_or_an_attribute_to_a_page(files: dict[str, str | bytes], tmp_path: Path) -> None:
    folder = invent_named(tmp_path, PLAIN)
    plain = report_files(folder, folder.parent / ".data")
    assert plain.keys() == files.keys()
    # Lines of logs and marks in figures are as many as they are; every other tag is the page's own.
    for name, page in pages_of(files):
        assert _without_drawings(page) == _without_drawings(str(plain[name])), name


def _without_drawings(page: str) -> list[tuple[str, ...]]:
    return Skeleton(re.sub(r'<svg id="figure-.*?</svg>', "<svg></svg>", page, flags=re.DOTALL)).tags


def test_pages_hold_nothing_that_is_obeyed_and_not_seen(files: dict[str, str | bytes]) -> None:
    for name, page in pages_of(files):
        assert printable(page) == page, name


def test_every_figure_of_a_page_is_well_formed_xml(files: dict[str, str | bytes]) -> None:
    figures = [svg for _, page in pages_of(files) for svg in re.findall(r'<svg id="figure-.*?</svg>', page, re.DOTALL)]
    assert len(figures) > 10
    for svg in figures:
        ElementTree.fromstring(svg)


def test_no_formula_is_typeset_in_a_figure(files: dict[str, str | bytes]) -> None:
    """Without mathtext an axis that would write 10² shows its source."""
    assert not [name for name, page in pages_of(files) if "mathdefault" in page]


def rows_named(name: str) -> list[ClassRow]:
    error = {"baseline": Estimate(0.5, 0.4, 0.6)}
    return [ClassRow(index, each, 10, dict(error), {}, None, None, None) for index, each in enumerate((name, "b"))]


@each_name
def test_a_name_is_drawn_as_it_is_on_a_page_and_for_print(name: str) -> None:
    with drawing_style():
        drawing = class_errors(rows_named(name), EN)
    assert drawing is not None
    texts = [element.text for element in ElementTree.fromstring(str(drawing.svg)).iter("text")]
    shown = " ".join(printable(name).split())
    ends = [text.split("…") for text in texts if text and text != "b"]  # a long name keeps both
    assert not shown or any(shown.startswith(parts[0]) and shown.endswith(parts[-1]) for parts in ends)
    with drawing_style(COLUMN):
        printed = class_errors(rows_named(name), EN)
    assert printed is not None
    pdf, svg = to_print(printed, COLUMN)
    ElementTree.fromstring(svg)
    assert pdf.startswith(b"%PDF")


@pytest.mark.thorough
@given(texts)
def test_any_name_is_drawn(name: str) -> None:
    with drawing_style():
        drawing = class_errors(rows_named(name), EN)
    assert drawing is not None
    ElementTree.fromstring(str(drawing.svg))


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_markdown_holds_every_class_name_in_its_cell(study: Study, files: dict[str, str | bytes], code: str) -> None:
    assert study.errors is not None
    folder = "" if code == "en" else f"{code}/"
    tokens = MarkdownIt("commonmark").enable("table").parse(str(files[f"{folder}tables/classes.md"]))
    cells = ["".join(each.content for each in token.children or []) for token in tokens if token.type == "inline"]
    width = len(class_table(study, language(code)).columns)
    assert len(cells) == width * (1 + len(NASTY_NAMES))
    assert cells[width::width] == [" ".join(printable(name).split()) for name in study.errors.class_names]


def test_csv_is_read_back_by_pandas_and_obeyed_by_no_spreadsheet(study: Study, files: dict[str, str | bytes]) -> None:
    assert study.errors is not None
    for name, text in files.items():
        if name.endswith(".csv"):
            table = pandas.read_csv(io.StringIO(str(text)), keep_default_na=False, dtype=str)
            assert printable(str(text)) == text
            cells = [str(cell) for cell in table.to_numpy().ravel()]
            assert not [cell for cell in cells if cell.startswith(FORMULA_SIGNS) and not is_number(cell)], name
    classes = pandas.read_csv(io.StringIO(str(files["tables/classes.csv"])), keep_default_na=False)
    held = [text.removeprefix("'") for text in classes["class"]]
    assert held == [printable(name).removeprefix("'") for name in study.errors.class_names]


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@given(texts)
def test_any_text_is_read_back_from_csv_and_from_json(text: str) -> None:
    records = [{"text": text, "number": -1.5}]
    back = pandas.read_csv(io.StringIO(to_csv(records), newline=""), keep_default_na=False, dtype=str)
    held = str(back["text"][0])
    assert held.removeprefix("'") == printable(text).removeprefix("'")
    assert back["number"][0] == "-1.5"
    assert json.loads(to_json(records)) == records


def test_json_holds_texts_as_they_are(study: Study, files: dict[str, str | bytes]) -> None:
    assert study.errors is not None
    classes = json.loads(str(files["tables/classes.json"]))
    assert [record["class"] for record in classes] == list(study.errors.class_names)


def test_every_file_of_the_site_is_utf8(files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        if isinstance(content, str):
            assert content.encode(), name


# What LaTeX obeys, where it is not behind a backslash; signs in $…$ are the table's own.
_ESCAPED = re.compile(r"\\[A-Za-z]+(\{\}|\{34\})?|\\[&%$#_{},]|\$[^$]*\$|\{[\[*]\}|\{\}")


@each_name
def test_latex_has_no_bare_sign(name: str) -> None:
    left = _ESCAPED.sub("", escape_latex(name))
    assert not set(left) & set('\\&%$#_{}~^<>|"`[*\n\t')
    assert printable(left) == left


@given(texts)
def test_latex_of_any_text_has_no_bare_sign(name: str) -> None:
    assert not set(_ESCAPED.sub("", escape_latex(name))) & set('\\&%$#_{}~^<>|"`[*\n\t')


def named_table(name: str) -> Table:
    columns = (Column("name", "Class", is_text=True), Column("number", "Number", "{:.1f}".format))
    return Table("named", name, columns, ({"name": name, "number": 1.0}, {"name": name, "number": 2.0}))


@each_name
def test_a_latex_table_keeps_its_rows_and_cells(name: str) -> None:
    body = tabular(named_table(name)).partition("\\midrule\n")[2].partition("  \\bottomrule")[0]
    rows = body.splitlines()
    assert len(rows) == 2
    assert all(re.fullmatch(r"  (?![\[*]).*(?<!\\) & \$[12]\.0\$ \\\\", row) for row in rows)


def compile_latex(main: Path, program: str = "pdflatex") -> str:
    """Compile a document; gives what is printed of errors, and the text of the pages where that can be read."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    words = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", main.name]
    done = subprocess.run(words, cwd=main.parent, capture_output=True, check=False, timeout=300)
    said = done.stdout.decode(errors="replace")
    return "" if done.returncode == 0 else said[said.find("\n!") :][:2000]


@pytest.mark.thorough
@pytest.mark.parametrize("program", ["pdflatex", "lualatex"])
def test_a_paper_of_nasty_names_compiles(paper: dict[str, bytes], tmp_path: Path, program: str) -> None:
    place_files(paper, tmp_path / "paper")
    assert compile_latex(tmp_path / "paper" / "main.tex", program) == ""


@pytest.mark.thorough
def test_tables_compile_in_a_paper_that_loads_their_packages_alone(tmp_path: Path) -> None:
    latin = [name for name in NASTY_NAMES.values() if not re.search(r"[^\x00-\u017f]", printable(escape_latex(name)))]
    tables = "".join(floating(named_table(name), f"tab:{number}") + "\\clearpage" for number, name in enumerate(latin))
    text = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n" + tables + "\\end{document}\n"
    (tmp_path / "main.tex").write_text(text, encoding="utf-8")
    assert compile_latex(tmp_path / "main.tex") == ""


@pytest.mark.thorough
def test_pdflatex_prints_every_row_of_the_class_table(paper: dict[str, bytes], study: Study, tmp_path: Path) -> None:
    place_files(paper, tmp_path / "paper")
    assert compile_latex(tmp_path / "paper" / "main.tex") == ""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    words = ["pdftotext", "-layout", "main.pdf", "-"]
    text = subprocess.run(words, cwd=tmp_path / "paper", capture_output=True, check=True, text=True).stdout
    plain = re.sub(r"\s", "", text)
    for key in ("markup", "entity", "latex_option", "latex_star", "latex_command", "markdown", "fluent", "colour"):
        assert re.sub(r"\s", "", printable(NASTY_NAMES[key])) in plain, key


def test_every_picture_of_a_paper_is_well_formed_xml(paper: dict[str, bytes]) -> None:
    pictures = [content for name, content in paper.items() if name.endswith(".svg")]
    assert len(pictures) > 5
    for picture in pictures:
        ElementTree.fromstring(picture)


def test_names_of_files_are_the_programs_own(files: dict[str, str | bytes], paper: dict[str, bytes]) -> None:
    """Class names that differ in case or in normalisation alone, or that a system keeps for itself, name no file."""
    for names in (files, paper):
        assert all(re.fullmatch(r"[A-Za-z0-9_./-]+", name) for name in names)
        assert len({name.casefold() for name in names}) == len(names)


@given(texts, texts)
def test_messages_say_any_text_in_both_languages(one: str, other: str) -> None:
    for code in LANGUAGES:
        said = language(code)("missing-because-failed", kind=one, reason=other * 100)
        assert printable(one) in printable(said)
        assert printable(other * 100) in printable(said)
