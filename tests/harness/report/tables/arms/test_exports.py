"""The tables of exported formats, and where they stand."""

import json
from collections.abc import Callable
from pathlib import Path

from harness.report.build import report_files
from harness.report.study import read_study
from harness.report.tables.arms.exports import export_cost_table, export_table
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_exports import invent_export
from tests.support.pages import files_with, told


def test_without_exports_there_is_no_table_and_no_heading(invented: Path) -> None:
    files = report_files(invented, invented.parent / ".data")
    assert not any("exports" in name for name in files)
    assert 'id="exports"' not in told(files)


def test_a_row_a_format_with_holes_where_float32_has_no_change(invented: Path) -> None:
    invent_export(invented, "fp32")
    invent_export(invented)
    study = read_study(invented, invented.parent / ".data")
    for code in LANGUAGES:
        assert [record["format"] for record in export_table(study, language(code)).records] == ["fp32", "int8"]
    fp32, int8 = export_table(study, language("en")).flat()
    assert fp32["distilled_change"] is None and int8["distilled_change"] == 0.0
    assert int8["gain_change_low"] < 0 < int8["gain_change_high"]
    assert int8["num_test_readings"] == 1
    fp32, int8 = export_cost_table(study, language("en")).flat()
    assert fp32["single_over_fp32"] is None and int8["single_over_fp32"] == 0.85
    assert int8["file"] == "model-int8.onnx"


def test_the_page_shows_them_in_both_languages_with_their_files(invented: Path) -> None:
    invent_export(invented)
    files = files_with(invented, "size.html")
    for name, said in (("size.html", "Change of the gain"), ("zh/size.html", "提升的变化")):
        section = str(files[name]).partition('<section id="cost">')[2].partition("</section>")[0]
        assert said in section and "tables/exports.csv" in section and "tables/exports_cost.csv" in section
    for name in ("exports", "exports_cost"):
        assert json.loads(files[f"tables/{name}.json"])[0]["format"] == "int8"
        assert all(f"{folder}tables/{name}.{ending}" in files for folder in ("", "zh/") for ending in ("md", "tex"))


def test_columns_say_what_the_study_is_judged_by(invent: Callable[..., Path], tmp_path: Path) -> None:
    folder = invent(tmp_path, 3, 60, ["a", "b", "c"], metric="balanced_accuracy")
    invent_export(folder)
    (record,) = export_table(read_study(folder, tmp_path / ".data"), language("en", "balanced_accuracy")).records
    accuracies = {key for key in record if "accuracy" in key}
    assert accuracies == {"baseline_balanced_accuracy", "distilled_balanced_accuracy"}
