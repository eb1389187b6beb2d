"""The table of students, in every format."""

import csv
import io
import json
from pathlib import Path

import pytest

from harness.report.analysis.family import Family
from harness.report.study import family_of, read_studies
from harness.report.tables.family import family_files, family_table, student_folder
from harness.report.tables.form.html import to_html
from harness.report.text.language import language
from tests.support.invented_family import Invented, invent_family


@pytest.fixture
def family(tmp_path: Path) -> Family:
    students = {
        "good": Invented(0.95, 3000, ms=2.0),
        "slow": Invented(0.93, 4000, ms=3.0),
        "broken": Invented(0.9, fails=True),
    }
    folder = invent_family(tmp_path, students)
    found = family_of(read_studies(folder, tmp_path / ".data"))
    assert found is not None
    return found


def test_a_row_each_with_all_that_is_measured(family: Family) -> None:
    teacher, good, slow, broken = family_table(family, language("en")).flat()
    assert (teacher["role"], teacher["num_parameters"], teacher["gain"]) == ("teacher", 10_000, None)
    assert good["test_accuracy_low"] < good["test_accuracy"] < good["test_accuracy_high"]
    assert good["latency_single_ms_quartile1"] < good["latency_single_ms"] < good["latency_single_ms_quartile3"]
    assert (good["num_bytes"], good["macs"], good["within"], good["is_smallest_within"]) == (12_000, 3000, "yes", True)
    assert (slow["dominated_by"], slow["dominated_in"], slow["within"]) == ("good", "bytes latency macs", "no")
    assert (broken["test_accuracy"], broken["note"]) == (None, "6 of 6 trainings failed")


def test_a_balanced_value_is_named_so(family: Family) -> None:
    _, good, *_ = family_table(family, language("en", "balanced_accuracy")).flat()
    assert good["test_balanced_accuracy"] == pytest.approx(0.95, abs=0.02)
    assert "test_accuracy" not in good


def test_files_of_every_format_in_both_languages(family: Family) -> None:
    files = family_files(family, "tab:family")
    assert sorted(files) == [
        "table.json", "tables/students.csv", "tables/students.json", "tables/students.md", "tables/students.tex",
        "zh/tables/students.md", "zh/tables/students.tex",
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(files["tables/students.csv"])))
    assert [row["student"] for row in rows] == ["Teacher", "good", "slow", "broken"]
    document = json.loads(files["table.json"])
    assert document["answer"][0].startswith("The smallest student within 1 point of the teacher is good")
    assert document["students"] == json.loads(files["tables/students.json"])
    assert r"\label{tab:family-students}" in files["tables/students.tex"]
    assert "| 教师 |" in files["zh/tables/students.md"]


def test_the_page_greys_the_dominated_and_leads_to_each_students_report(family: Family) -> None:
    for code, href in (("en", "students/good/index.html"), ("zh", "../students/good/zh/index.html")):
        page = to_html(family_table(family, language(code)), language(code))
        assert f'href="{href}"' in page
        assert '<tr class="chosen">' in page and '<tr class="dominated">' in page


def test_a_student_has_a_folder() -> None:
    assert student_folder("a") == "students/a/"


def test_columns_say_what_the_study_is_judged_by(tmp_path: Path) -> None:
    students = {"a": Invented(0.95, alone=0.9), "b": Invented(0.9)}
    folder = invent_family(tmp_path, students, num_test=200, metric="balanced_accuracy")
    found = family_of(read_studies(folder, tmp_path / ".data"))
    assert found is not None
    _, record, _ = family_table(found, language("en", "balanced_accuracy")).records
    assert {key for key in record if "accuracy" in key} == {"test_balanced_accuracy", "baseline_balanced_accuracy"}
