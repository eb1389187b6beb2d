"""The tables of other test sets hold every arm, for programs and for people."""

import pytest

from harness.report.study import read_study
from harness.report.tables.arms.extra_tests import extra_test_table, page_of, set_tables
from harness.report.tables.files import table_files
from harness.report.text.language import language
from tests.support.invented_sets import invent_sets


@pytest.fixture
def study_of_sets(invented):
    invent_sets(invented, {"sketch": 60, "few": 3}, corruptions=True)
    return read_study(invented, invented.parent / ".data")


def test_a_row_a_set_and_on_the_page_the_mean_for_the_corruptions(study_of_sets):
    say = language("en")
    assert len(extra_test_table(study_of_sets, say).records) == 15
    shown = extra_test_table(study_of_sets, say, is_on_page=True).records
    assert [record["label"] for record in shown] == ["sketch", "few", "corrupted test images (mean)"]
    assert page_of("sketch") == "tests-sketch.html"


def test_each_set_has_a_table_of_every_arm(study_of_sets):
    tables = {table.name: table for table in set_tables(study_of_sets, language("zh"))}
    assert list(tables) == ["tests-sketch", "tests-few", "tests-corruptions"]
    assert [record["arm"] for record in tables["tests-sketch"].records] == ["teacher", "baseline", "distilled"]
    assert len(tables["tests-corruptions"].records) == 3 * 13
    files = table_files(study_of_sets)
    for name in ("extra_tests", *tables):
        assert {f"tables/{name}.csv", f"tables/{name}.json", f"tables/{name}.md", f"tables/{name}.tex"} <= set(files)
    assert files["tables/tests-sketch.csv"].startswith(
        "arm,model,note,variant,set,label,corruption,strength,num_images"
    )


def test_no_set_is_no_table(invented):
    study = read_study(invented, invented.parent / ".data")
    assert extra_test_table(study, language("en")).records == ()
    assert list(set_tables(study, language("en"))) == []


def test_columns_say_what_the_study_is_judged_by(invent, tmp_path):
    folder = invent_sets(invent(tmp_path, 3, 60, ["a", "b", "c"], metric="balanced_accuracy"), {"sketch": 60})
    study, say = read_study(folder, tmp_path / ".data"), language("en", "balanced_accuracy")
    (side_by_side,), (each, *_) = extra_test_table(study, say).records, next(set_tables(study, say)).records
    assert {key for key in [*side_by_side, *each] if "accuracy" in key} == {
        "balanced_accuracy", "teacher_balanced_accuracy", "baseline_balanced_accuracy", "distilled_balanced_accuracy",
    }  # fmt: skip
