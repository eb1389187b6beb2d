"""The table of variants."""

from pathlib import Path

from harness.report.pages.frame.parts import html_table
from harness.report.study import read_study
from harness.report.tables.arms.variants import variant_table
from harness.report.text.language import language
from tests.support.invented_methods import invent_methods

EN = language("en")


def test_each_row_has_what_is_changed_and_both_differences(tmp_path: Path) -> None:
    strength = {"kd": 3.4, "shuffled_dark": 2.4}
    folder = invent_methods(tmp_path, ["kd"], controls=["shuffled_dark", "smoothed_labels"], strength=strength)
    study = read_study(folder, tmp_path / ".data")
    table = variant_table(study, EN)
    assert [record["name"] for record in table.records] == [
        "Other classes shuffled", "Smoothed labels instead of the teacher",
    ]  # fmt: skip
    shuffled, _ = table.flat()
    assert shuffled["change_verdict"] == "loss" and shuffled["change"] < 0 and shuffled["change_high"] < 0
    assert shuffled["num_seeds"] == 3 and 0 < shuffled["test_accuracy"] < 1
    assert "worse" in str(html_table("variants", lambda: table, EN))


def test_a_sweep_without_variants_has_no_rows(tmp_path: Path) -> None:
    study = read_study(invent_methods(tmp_path, ["kd"]), tmp_path / ".data")
    assert variant_table(study, EN).records == ()
