"""Every table in every format: the same records, golden LaTeX, and nothing that a name could break."""

from harness.report.tables.form.table import Table, to_csv
from tests.harness.report.tables.example_table import COLUMNS, RECORDS, TABLE


def test_golden_markdown_and_csv() -> None:
    assert TABLE.to_markdown() == (
        "| Model | T | Accuracy, % | Gain, points | Loss |\n"
        "| --- | ---: | ---: | ---: | ---: |\n"
        "| Teacher |  | 99.00 (98.00, 99.50) |  | 0.10 |\n"
        "| A_1 & B | 4 | 90.00 (89.00, 92.00) |  | 0.50 |\n"
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
