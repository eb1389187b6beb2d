"""Every table in every format: the same records, golden LaTeX, and nothing that a name could break."""

import csv
import io
import json
import math
import re
from pathlib import Path

import pytest

from harness.report.analysis.statistics import Estimate
from harness.report.study import Study, read_study
from harness.report.tables.files import find_tables, table_files
from harness.report.tables.latex import MAX_ROWS, escape_latex, floating, tabular
from harness.report.tables.table import UNKNOWN, Column, Table, to_csv
from harness.report.text.language import LANGUAGES, language
from harness.report.text.numbers import percent, signed_points

NAMES = {
    "agreement", "beyond_accuracy", "classes", "confusions", "cost", "main", "runs", "seeds", "training", "trials"
}  # fmt: skip
COLUMNS = (
    Column("model", "Model", is_text=True),
    Column("temperature", "T", "{:.3g}".format),
    Column("accuracy", "Accuracy, %", percent, best="highest"),
    Column("gain", "Gain, points", signed_points, percent),
    Column("loss", "Loss", "{:.2f}".format, best="lowest"),
)
RECORDS = (
    {"model": "Teacher", "temperature": None, "accuracy": Estimate(0.99, 0.98, 0.995), "gain": UNKNOWN, "loss": 0.1},
    {"model": "A_1 & B", "temperature": 4.0, "accuracy": Estimate(0.9, 0.89, 0.92), "gain": UNKNOWN, "loss": 0.5},
    {
        "model": "C|D",
        "temperature": 2.5,
        "accuracy": Estimate(0.91, math.nan, math.nan),
        "gain": Estimate(-0.01, -0.03, 0.01),
        "loss": 0.4,
    },
)
TABLE = Table("example", "95 % of a_b; ± as above", COLUMNS, RECORDS, frozenset({1, 2}))


def test_golden_latex() -> None:
    assert (
        floating(TABLE, "tab:x")
        == r"""% needs \usepackage{booktabs}
\begin{table}
  \centering
  \caption{95 \% of a\_b; $\pm$ as above}
  \label{tab:x}
  \begin{tabular}{lrrrr}
    \toprule
    Model & $T$ & Accuracy, \% & \begin{tabular}[b]{@{}r@{}}Gain,\\points\end{tabular} & Loss \\
    \midrule
    Teacher & -- & $99.00 \pm 1.00$ & -- & $0.10$ \\
    A\_1 \& B & $4$ & $90.00 \pm 2.00$ & -- & $0.50$ \\
    C\textbar{}D & $2.5$ & $\mathbf{91.00}$ & $-1.00 \pm 2.00$ & $\mathbf{0.40}$ \\
    \bottomrule
  \end{tabular}
\end{table}
"""
    )


def test_a_table_that_fits_no_page_may_break() -> None:
    table = Table("long", "Many", COLUMNS, RECORDS * MAX_ROWS)
    latex = floating(table, "tab:long")
    assert r"\begin{table}" not in latex
    assert latex.count(r"\begin{longtable}") == latex.count(r"\end{longtable}") == latex.count(r"\endhead") == 1
    assert r"\caption{Many}\label{tab:long}\\" in latex


def test_golden_markdown_and_csv() -> None:
    assert TABLE.to_markdown() == (
        "| Model | T | Accuracy, % | Gain, points | Loss |\n"
        "| --- | ---: | ---: | ---: | ---: |\n"
        "| Teacher |  | 99.00 ± 1.00 |  | 0.10 |\n"
        "| A_1 & B | 4 | 90.00 ± 2.00 |  | 0.50 |\n"
        "| C\\|D | 2.5 | **91.00** | −1.00 ± 2.00 | **0.40** |\n"
    )
    assert to_csv(TABLE.flat()) == (
        "model,temperature,accuracy,accuracy_low,accuracy_high,gain,gain_low,gain_high,loss\n"
        "Teacher,,0.99,0.98,0.995,,,,0.1\n"
        "A_1 & B,4.0,0.9,0.89,0.92,,,,0.5\n"
        "C|D,2.5,0.91,,,-0.01,-0.03,0.01,0.4\n"
    )


def test_equally_good_ones_are_all_bold_and_a_lone_one_is_not() -> None:
    same = Table("x", "", COLUMNS, (RECORDS[1], RECORDS[1]), frozenset({0, 1}))
    assert [same.rank(number, COLUMNS[2]) for number in (0, 1)] == ["best", "best"]
    lone = Table("x", "", COLUMNS, RECORDS, frozenset({1}))
    assert not any(lone.rank(number, column) for number in range(3) for column in COLUMNS)


def test_standings_that_are_known_are_marked_and_explained() -> None:
    columns = (COLUMNS[0], Column("accuracy", "Accuracy, %", percent, rank="rank"))
    ranks = (None, "tied", "best")
    records = tuple(record | {"rank": rank} for record, rank in zip(RECORDS, ranks, strict=True))
    table = Table("x", "", columns, records, note="†: not clearly below it")
    assert table.to_markdown().splitlines()[2:] == [
        "| Teacher | 99.00 ± 1.00 |", "| A_1 & B | 90.00 ± 2.00 † |", "| C\\|D | **91.00** |", "",
        "†: not clearly below it",
    ]  # fmt: skip
    assert [line.partition(" & $")[2] for line in tabular(table).splitlines() if "&" in line] == [
        "", r"99.00 \pm 1.00$ \\", r"90.00 \pm 2.00$\rlap{$^{\dagger}$} \\", r"\mathbf{91.00}$ \\"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["50% & $5 #1_a{b}~^\\", '<b>"|', "α ± − × ²", "two\nlines\tand more"])
def test_escaped_text_has_no_bare_special_character(text: str) -> None:
    escaped = escape_latex(text)
    stripped = re.sub(r"\\[a-z]+(\{\})?|\\[&%$#_{},]|\$[^$]*\$", "", escaped)
    assert not set(stripped) & set('&%$#_{}~^\\<>|"αβ±−×²\n\t')


@pytest.fixture(scope="module")
def study(finished: Path) -> Study:
    return read_study(finished, finished.parent / ".data")


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_table_of_a_finished_sweep_is_there(study: Study, code: str) -> None:
    tables = find_tables(study, language(code))
    assert {table.name for table in tables} == NAMES
    for table in tables:
        assert table.caption and all(column.head for column in table.columns)
        for record in table.records:
            assert all(isinstance(table.cell(record, column), str) for column in table.columns)


def test_all_formats_hold_the_same_records(study: Study) -> None:
    files = table_files(study)
    for table in find_tables(study, language("en")):
        path = "table" if table.name == "main" else f"tables/{table.name}"
        from_csv = list(csv.DictReader(io.StringIO(files[f"{path}.csv"])))
        content = json.loads(files[f"{path}.json"])
        from_json = content["table"] if table.name == "main" else content
        assert len(from_csv) == len(from_json) == len(table.records)
        for one, other in zip(from_csv, from_json, strict=True):
            assert one == {key: "" if value is None else str(value) for key, value in other.items()}
        for folder in ("", "zh/"):
            assert files[f"{folder}{path}.md"].count("\n") == 2 + len(table.records) + 2 * bool(table.note)
            assert files[f"{folder}{path}.tex"].count(" \\\\\n") == 1 + len(table.records)


def test_the_search_and_the_runs_are_told_in_full(study: Study) -> None:
    tables = {table.name: table for table in find_tables(study, language("en"))}
    assert len(tables["trials"].records) == len(study.results.trials)
    assert [record["id"] for record in tables["runs"].records] == [run.id for run in study.results.all_runs()]


def test_hostile_class_names_stay_in_their_cells(invented: Path) -> None:
    files = table_files(read_study(invented, invented.parent / ".data"))
    assert r"\textless{}b\textgreater{}x" in files["tables/classes.tex"]
    assert r"a \& b" in files["tables/classes.tex"]
    names = [row["class"] for row in csv.DictReader(io.StringIO(files["tables/classes.csv"]))]
    assert names == ["<b>x", "a & b", 'quote"s']


def test_a_sweep_that_has_just_begun_has_the_tables_it_can_have(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").glob("*/*.*"):
        path.unlink()
    (sweep_dir / "trials.json").unlink()
    files = table_files(read_study(sweep_dir, sweep_dir.parent / ".data"))
    assert {Path(name).stem for name in files} == {"table", "cost", "runs"}
    assert next(csv.DictReader(io.StringIO(files["table.csv"])))["gain_low"] == ""
