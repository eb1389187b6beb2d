"""Pieces of Markdown: no text of others is obeyed, and long tables are cut with a word on the rest."""

import pytest
from markdown_it import MarkdownIt

from harness.report.markdown.writing import MAX_ROWS, block, code, folded, heading, paragraph, table
from harness.report.tables.form.table import Column, Table
from harness.report.text.failed_parts import FailedPart
from harness.report.text.language import language
from tests.support.nasty_names import NASTY_NAMES

EN = language("en")
each_name = pytest.mark.parametrize("name", NASTY_NAMES.values(), ids=NASTY_NAMES)


def rendered(markdown: str) -> str:
    return MarkdownIt("commonmark").enable("table").render(markdown)


def long_table(number: int, name: str = "x") -> Table:
    columns = (Column("name", "Name", is_text=True), Column("value", "Value", str, best="highest"))
    records = tuple({"name": name, "value": value} for value in range(number))
    return Table("seeds", "", columns, records, rivals=frozenset(range(number)))


@each_name
def test_a_text_is_shown_and_makes_nothing(name: str) -> None:
    for text in (heading(1, name), *paragraph(name, say=EN)):
        shown = rendered(text)
        assert shown.count("<") == 2, "one element: a heading, or a paragraph"
    assert "<code>" in rendered(code(name)) and rendered(code(name)).count("<") == 4
    assert rendered(block(name)).count("<") == 4


def test_nothing_is_said_of_nothing() -> None:
    assert list(paragraph(None, "", say=EN)) == []
    assert list(folded("The trials")) == []
    assert list(table(long_table(0), EN)) == []


def test_a_long_table_is_cut_and_says_where_the_rest_is() -> None:
    whole, cut = list(table(long_table(MAX_ROWS), EN)), list(table(long_table(MAX_ROWS + 2), EN))
    assert len(whole) == 1 and whole[0].count("\n") == cut[0].count("\n") == MAX_ROWS + 1
    assert cut[1] == "2 more rows are in tables/seeds.csv."
    assert f"**{MAX_ROWS - 1}**" in whole[0]


def test_a_failed_table_says_so() -> None:
    failed = FailedPart("table", "seeds", "ValueError: a*b", "")
    assert list(table(failed, EN)) == list(paragraph(failed.text(EN), say=EN))


def test_what_is_folded_is_markdown_inside() -> None:
    shown = rendered("\n\n".join(folded("A < b", *table(long_table(1), EN))))
    assert "<summary>A &lt; b</summary>" in shown and "<table>" in shown and shown.rstrip().endswith("</details>")
