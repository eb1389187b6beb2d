"""What is obeyed and not seen is named; the rest of a text stays as it is."""

import unicodedata

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt

from kd.plain_text import escape_markdown, one_line, printable
from tests.support.nasty_names import NASTY_NAMES, texts

EVERY = "".join(map(chr, range(0x110000)))


def test_controls_private_letters_and_half_pairs_are_named_and_nothing_else_is() -> None:
    obeyed = {c for c in EVERY if unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp")} - {"\t", "\n"}
    obeyed |= {c for c in EVERY if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF")}
    obeyed |= {c for c in EVERY if unicodedata.bidirectional(c) in ("LRI", "RLI", "FSI", "PDI")}
    obeyed |= {c for c in EVERY if ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF}
    assert {c for c in EVERY if printable(c) != c} == obeyed
    assert {c for c in EVERY if one_line(c) != c} == obeyed | {"\t", "\n"}


@pytest.mark.parametrize("name", ["👩‍👩‍👧", "می‌خواهم", "\u200fשלום", "单峰", "cafe\u0301", "❤️"])
def test_what_scripts_and_emoji_are_written_with_stays(name: str) -> None:
    assert one_line(name) == name


@given(texts)
def test_named_texts_are_in_utf8_and_name_no_more_the_second_time(text: str) -> None:
    shown = printable(text + "\udcff")
    assert printable(shown) == shown
    assert shown.encode()


def cells_of(markdown: str) -> list[str]:
    """What a Markdown parser reads in the first row of a table, as text; "?" for anything that is not text."""
    inlines = [token for token in MarkdownIt("commonmark").enable("table").parse(markdown) if token.type == "inline"]
    kinds = {"text", "text_special", "softbreak"}
    return [
        "".join(child.content if child.type in kinds else f"?{child.type}?" for child in inline.children or [])
        for inline in inlines
    ]


@given(texts)
@example("https://a.b www.c")
@example("\\|")
def test_markdown_reads_back_as_the_text_in_a_cell_and_on_a_line(text: str) -> None:
    shown = " ".join(printable(text).split())
    cell = escape_markdown(text)
    assert cells_of(f"| a | b |\n| --- | --- |\n| {cell} | {cell} |\n")[2:] == [shown, shown]
    assert cells_of(f"{cell}\n") == ([shown] if shown else [])


@pytest.mark.parametrize("name", NASTY_NAMES.values(), ids=NASTY_NAMES)
def test_nasty_names_read_back_from_markdown(name: str) -> None:
    shown = " ".join(printable(name).split())
    assert cells_of(f"| a |\n| --- |\n| {escape_markdown(name)} |\n")[1:] == [shown]


def test_markdown_of_plain_names_is_the_name() -> None:
    for name in ("mnist_mlp", "A & B", "50 % of 3-4", "C# (new)", "a.b/c", "0 - 1", "单峰"):
        assert escape_markdown(name) == name
