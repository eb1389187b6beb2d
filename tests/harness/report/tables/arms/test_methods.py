"""The table of methods: what stands in it, for programs and for people."""

import json
from pathlib import Path

import pytest

from harness.report.study import Study, read_study
from harness.report.tables.arms.methods import method_table, page_of
from harness.report.tables.files import table_files
from harness.report.tables.form.html import to_html
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_methods import invent_methods

EN = language("en")


def test_a_row_a_method_in_the_order_of_the_sweep_file(several: Study) -> None:
    table = method_table(several, EN)
    assert [record["method"] for record in table.records] == ["kd", "dkd", "dist"]
    heads = [column.head for column in table.columns]
    assert heads[:4] == ["Method", "α", "T", "Options"] and "Lead over tuned KD, points" in heads
    kd, dkd, _ = table.records
    assert kd["is_yardstick"] and kd["lead_verdict"] is None
    assert dkd["lead_verdict"] == "gain" and dkd["lead_p_holm"] < 0.05
    assert dkd["options"].startswith("optimizer.lr ")
    assert dkd["student.optimizer.name"] in ("adam", "sgd")


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_a_page_leads_to_every_method_and_calls_what_is_clear_so(several: Study, code: str) -> None:
    say = language(code)
    html = to_html(method_table(several, say), say)
    for name in ("kd", "dkd", "dist"):
        assert f'href="{page_of(name)}"' in html
    assert html.count(say("methods-verdict", verdict="gain")) == 1
    assert html.count(say("methods-is-yardstick")) == 1
    assert html.count('class="chosen"') == 1


def test_columns_that_hold_nothing_are_left_out(tmp_path: Path) -> None:
    folder = invent_methods(tmp_path, ["kd", "hard"], search={"num_trials": 3})
    table = method_table(read_study(folder, tmp_path / ".data"), EN)
    keys = [column.key for column in table.columns]
    assert "options" not in keys and "gpu_hours" not in keys and "core_hours" in keys
    hard = table.records[1]
    assert hard["temperature"] is None  # makes no use of one


def test_a_method_without_students_has_its_reason(tmp_path: Path) -> None:
    folder = invent_methods(tmp_path, ["kd", "dkd"], failed=["dkd"], search={"num_trials": 3})
    table = method_table(read_study(folder, tmp_path / ".data"), EN)
    html = to_html(table, EN)
    assert "no trial is complete, so nothing was chosen" in html
    assert table.flat()[1]["test_accuracy"] is None and table.flat()[1]["lead"] is None


def test_the_files_and_the_document_hold_it(several: Study) -> None:
    files = table_files(several)
    assert {f"tables/methods.{ending}" for ending in ("csv", "json", "md", "tex")} <= set(files)
    assert "zh/tables/methods.md" in files
    assert [each["method"] for each in json.loads(files["table.json"])["methods"]] == ["kd", "dkd", "dist"]
    assert "nan" not in files["tables/methods.csv"].lower().replace("nand", "")


def test_one_method_has_no_such_table(study: Study) -> None:
    assert method_table(study, EN).records == ()
    assert "tables/methods.csv" not in table_files(study)
