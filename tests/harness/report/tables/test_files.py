"""Every table in every format: the same records."""

import csv
import io
import json
from pathlib import Path

import pytest

from harness.report.study import Study, read_study
from harness.report.tables.files import find_tables, table_files
from harness.report.text.language import LANGUAGES, language

NAMES = {
    "agreement", "beyond_accuracy", "classes", "confusions", "cost", "main", "runs", "seeds", "training", "trials"
}  # fmt: skip


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
