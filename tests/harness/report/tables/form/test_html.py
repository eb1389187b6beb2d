"""Tables on pages: the same columns with the same numbers as the files, and markup that nothing can break."""

import csv
import html.parser
import io
import math
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.report.analysis.chance.statistics import Estimate
from harness.report.study import Study, read_study
from harness.report.tables.files import find_tables, path_of, table_files
from harness.report.tables.form.html import to_html
from harness.report.tables.form.latex import escape_latex, tabular
from harness.report.tables.form.table import Column, Look, Table, mean_of
from harness.report.tables.trainings.runs import run_table
from harness.report.text.language import LANGUAGES, language
from harness.report.text.numbers import percent, signed_points

EN = language("en")


class Cell(NamedTuple):
    """A cell of a page: its own text, the small lines under it, and its attributes."""

    tag: str
    text: str
    lines: list[str]
    attributes: dict[str, str]


class Rows(html.parser.HTMLParser):
    """The cells of a table, row by row, the head first."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[Cell]] = []
        self._in_line = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append(Cell(tag, "", [], {name: value or "" for name, value in attrs}))
        elif tag == "small":
            self._in_line = True
            self.rows[-1][-1].lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_line = self._in_line and tag != "small"

    def handle_data(self, data: str) -> None:
        if not self.rows or not self.rows[-1]:
            return
        cell = self.rows[-1][-1]
        if self._in_line:
            cell.lines[-1] += data
        else:
            self.rows[-1][-1] = cell._replace(text=cell.text + data.strip("\n"))


@pytest.fixture(scope="module")
def study(finished: Path) -> Study:
    return read_study(finished, finished.parent / ".data")


@pytest.fixture(scope="module")
def files(study: Study) -> dict[str, str]:
    return table_files(study)


def latex_cells(text: str) -> list[list[str]]:
    """The body of a LaTeX table, without the marks of the best."""
    body = text.partition("\\midrule")[2].partition("\\bottomrule")[0]
    plain = re.sub(r"\\rlap\{\$\^\{\\dagger\}\$\}|\\mathbf\{([^}]*)\}", r"\1", body.replace("{,}", ","))
    rows = plain.replace("\\endhead", "").strip().split("\\\\\n")
    return [[cell.strip().replace("$", "") for cell in row.removesuffix("\\\\").split(" & ")] for row in rows]


def bare(text: str) -> str:
    """A cell's text without what only a page adds: a sign before a state, the mark of a tie, "of so many" epochs."""
    return re.sub(r"^[✓✂\ufe0e✗?◐…○↺]+ |†$|/\d+$", "", text)


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_pages_and_files_for_programs_hold_the_same_columns_and_numbers(
    study: Study, files: dict[str, str], code: str
) -> None:
    say = language(code)
    for table in find_tables(study, say):
        head, *rows = Rows(to_html(table, say)).rows
        assert [cell.text for cell in head] == [str(column.head) for column in table.columns], table.name
        assert len(rows) == min(len(table.records), table.look.num_shown or len(table.records))
        from_csv = csv.DictReader(io.StringIO(files[f"{path_of(table)}.csv"]))
        for record, row, in_csv in zip(table.records, rows, from_csv, strict=False):
            for column, cell in zip(table.columns, row, strict=True):
                where, value = (table.name, column.key, cell), record[column.key]
                assert bare(cell.text) == (column.text(value) or table.look.hole), where
                if (mean := mean_of(value)) is not None:
                    assert float(in_csv[column.key]) == mean, where
                    assert float(cell.attributes.get("data-value", mean)) == pytest.approx(mean, rel=1e-5), where


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_pages_and_latex_show_the_same_columns_and_numbers(study: Study, files: dict[str, str], code: str) -> None:
    say = language(code)
    folder = "" if code == "en" else f"{code}/"
    for table in find_tables(study, say):
        _, *rows = Rows(to_html(table, say)).rows
        printed = latex_cells(files[f"{folder}{path_of(table)}.tex"])
        assert len(printed) == len(table.records)
        for row, cells in zip(rows, printed, strict=False):
            on_page = [cell for cell, column in zip(row, table.columns, strict=True) if column.in_latex]
            for cell, in_latex in zip(on_page, cells, strict=True):
                text = bare(cell.text)
                same = "--" if text == table.look.hole else escape_latex(text).replace("$", "")
                assert re.split(r" \\pm |\^\{", in_latex)[0] == same, (table.name, cell, in_latex)


def test_only_runs_leave_columns_out_of_latex(study: Study) -> None:
    """Whoever copies LaTeX from the page gets what the page shows; there is no such button for runs."""
    left_out = {table.name for table in find_tables(study, EN) if not all(c.in_latex for c in table.columns)}
    assert left_out == {"runs"}


COLUMNS = (
    Column("model", "Model & co", is_text=True, link=lambda record: record["page"], below=lambda record: ["<b>"]),
    Column("accuracy", "Accuracy, %", percent, best="highest"),
    Column("gain", "Gain", signed_points, percent, mark=lambda record: "gain"),
    Column("state", "State", is_text=True),
    Column("count", "Count", "{:,}".format),
)
RECORDS = (
    {"model": "<i>A", "page": "a.html?x&y", "accuracy": Estimate(0.9, 0.89, 0.92), "gain": None, "state": "on",
     "count": 5},
    {"model": "B", "page": None, "accuracy": Estimate(0.8, math.nan, math.nan), "gain": -0.01, "state": "",
     "count": 1234},
)  # fmt: skip


def test_golden_html() -> None:
    look = Look("sortable", "tall", row=lambda record: {"class": "chosen" if record["page"] else ""}, id="x")
    table = Table("x", "", COLUMNS, RECORDS, frozenset({0, 1}), look=look)
    assert to_html(table, EN).splitlines() == [
        '<div class="scroll tall"><table class="sortable" id="x">',
        '<thead><tr><th scope="col">Model &amp; co</th><th scope="col">Accuracy, %</th><th scope="col">Gain</th>'
        '<th scope="col" class="left">State</th><th scope="col">Count</th></tr></thead>',
        "<tbody>",
        '<tr class="chosen"><th scope="row" data-value="&lt;i&gt;A"><a href="a.html?x&amp;y">&lt;i&gt;A</a>'
        '<small>&lt;b&gt;</small></th><td data-value="0.9"><strong>90.00</strong><small>89.00 to 92.00</small></td>'
        '<td class="gain" data-value="">–</td><td class="left">on</td><td>5</td></tr>',
        '<tr><th scope="row" data-value="B">B<small>&lt;b&gt;</small></th><td data-value="0.8">80.00</td>'
        '<td class="gain" data-value="-0.01">−1.00</td><td class="left">–</td><td data-value="1234">1,234</td></tr>',
        "</tbody></table></div>",
    ]


def test_a_terse_table_says_the_same_in_less(study: Study) -> None:
    table = run_table(study, EN)
    assert table.look.is_terse
    terse = to_html(table, EN)
    full = to_html(Table(**{**vars(table), "look": table.look._replace(is_terse=False)}), EN)
    assert [[cell.text for cell in row] for row in Rows(terse).rows] == [
        [cell.text for cell in row] for row in Rows(full).rows
    ]
    assert len(terse) < 0.9 * len(full)


def test_a_table_that_cannot_be_sorted_says_no_values() -> None:
    plain = to_html(Table("x", "", COLUMNS, RECORDS), EN)
    assert "data-value" not in plain and 'class="chosen"' not in plain


def test_the_first_rows_are_shown_and_the_files_have_all(invented: Path) -> None:
    table = Table("x", "", COLUMNS, RECORDS * 30, look=Look(num_shown=3))
    assert len(Rows(to_html(table, EN)).rows) == 1 + 3
    assert tabular(table).count(r" \\") == 1 + 60


def test_rows_and_columns_say_whose_they_are() -> None:
    columns = (Column("model", "Model", is_text=True), Column("error", "Error", of_arm="baseline"))
    records = ({"arm": 'a"b', "model": "M", "error": 0.5}, {"model": "N", "error": 0.25})
    page = str(to_html(Table("t", "", columns, records), EN))
    assert page.count("<tr data-arm=") == 1 and '<tr data-arm="a&#34;b">' in page
    assert page.count('data-arm="baseline"') == 1 + len(records), "the head and each cell"
