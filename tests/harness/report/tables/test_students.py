"""What the table of students marks and explains."""

from harness.report.tables.latex import tabular
from harness.report.tables.table import Column, Table
from harness.report.text.numbers import percent
from tests.harness.report.tables.example_table import COLUMNS, RECORDS


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
