"""The tables of one run's page: every epoch, every attempt, and what differs from the baseline."""

from harness.report.tables.trainings.run import Difference, difference_table, epoch_table, score_table, setting_table
from harness.report.text.language import LANGUAGES, language
from kd.records import Scores
from tests.support.troubled_sweep import epoch

EN = language("en")


def test_every_epoch_has_a_row_and_what_was_not_measured_a_hole() -> None:
    table = epoch_table([epoch(number) for number in (1, 2, 3)], EN)
    cells = {column.key: [table.cell(record, column) for record in table.records] for column in table.columns}
    assert cells["epoch"] == ["1", "2", "3"]
    assert cells["soft_loss"] == ["", "", ""]
    assert cells["val_loss"] == ["3", "1.5", "1"]


def test_a_loss_on_features_has_a_column_where_it_was_measured() -> None:
    epochs = [epoch(1), epoch(2).model_copy(update={"feature_loss": 0.25})]
    table = epoch_table(epochs, EN)
    assert [
        table.cell(record, column) for record in table.records for column in table.columns if "feature" in column.key
    ] == ["", "0.25"]
    assert "feature_loss" not in [column.key for column in epoch_table(epochs[:1], EN).columns]


def test_a_measure_that_no_part_has_is_left_out() -> None:
    plain = Scores(num_images=10, accuracy=0.5, nll=1.25, confusion=[[5, 5], [0, 0]])
    full = plain.model_copy(update={"top5": 1.0, "ece": 0.125})
    assert [record["val"] for record in score_table([("val", plain)], EN).records] == ["1.2500"]
    records = score_table([("val", plain), ("test", full)], EN).records
    assert [(record["val"], record["test"]) for record in records] == [
        (None, "100.00"),
        ("1.2500", "1.2500"),
        (None, "12.50"),
    ]


def test_only_what_differs_is_compared_in_every_language() -> None:
    same, other = Difference("epochs", "3", "3"), Difference("seed", "1", "0")
    assert (same.differs, other.differs) == (False, True)
    for code in LANGUAGES:
        for make in (difference_table, setting_table):
            text = make([same, other], language(code)).to_markdown()
            assert "epochs" in text and "seed" in text
