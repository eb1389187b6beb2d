"""Links between pages lead within the one file; what it does not hold keeps its text."""

import pytest

from harness.report.publish.markup import edited, tokens
from harness.report.publish.one_file.links import Inside, Target, link_edits, named_files, target_of

INSIDE = Inside({"index.html", "class-3.html", "zh/class-3.html", "zh/runs/a.html"}, {"class-3.png", "tables/runs.csv"})


def linked(page: str, text: str) -> str:
    return edited(text, link_edits(page, tokens(text), INSIDE))


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ("index.html", "<a href=class-3.html>3</a>", '<a href="#/class-3.html">3</a>'),
        ("index.html", '<a href="class-3.html#image-7">7</a>', '<a href="#/class-3.html#image-7">7</a>'),
        ("index.html", '<a href="index.html">', '<a href="#/index.html">'),
        ("class-3.html", '<a href="#right">R</a>', '<a href="#/class-3.html#right">R</a>'),
        ("index.html", '<a href="#answer">A</a>', '<a href="#answer">A</a>'),
        ("zh/runs/a.html", '<a href="../../index.html#answer">', '<a href="#/index.html#answer">'),
        (
            "index.html",
            '<a class="x" href="zh/runs/a.html" lang=zh>',
            '<a class="x" lang="zh" href="#/zh/runs/a.html">',
        ),
        ("index.html", '<svg><a xlink:href="class-3.html"/></svg>', '<svg><a href="#/class-3.html"/></svg>'),
        ("zh/class-3.html", '<image href="../class-3.png"/>', '<image data-file="class-3.png"/>'),
        ("class-3.html", '<img src="class-3.png" alt="3">', '<img alt="3" data-file="class-3.png">'),
        ("class-3.html", '<img src="data:,">', '<img src="data:,">'),
        ("index.html", "<a href=tables/runs.csv>", '<a data-file="tables/runs.csv" download="runs.csv">'),
        ("index.html", '<a href="runs/b.html">b</a>', "<a>b</a>"),
        ("index.html", '<a href="../other/report/index.html">b</a>', "<a>b</a>"),
        ("index.html", '<a href="https://example.org/?a=b#c">', '<a href="https://example.org/?a=b#c">'),
        ("index.html", '<a href="mailto:me@example.org">', '<a href="mailto:me@example.org">'),
        ("index.html", '<a id="place">', '<a id="place">'),
        ("index.html", '<use href="#glyph"/>', '<use href="#glyph"/>'),
    ],
)
def test_every_kind_of_link(page: str, text: str, expected: str) -> None:
    assert linked(page, text) == expected


def test_signs_in_a_name_are_written_for_addresses() -> None:
    assert target_of("index.html", "test%20%C3%A9.html") == Target("test é.html", "")


def test_what_a_page_names() -> None:
    text = '<a href="#here"><image href="../class-3.png"/></a><a href="https://example.org"><p href="x">'
    assert list(named_files("zh/class-3.html", tokens(text))) == [
        ("a", Target("zh/class-3.html", "here")),
        ("image", Target("class-3.png", "")),
    ]
