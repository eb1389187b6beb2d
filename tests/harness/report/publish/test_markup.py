"""Pages are read as browsers read them, and changed only where they are meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.report.publish.markup import Edit, edited, tag_text, tokens, without_ways_out

PIECES = [
    "<p>", "</p>", "a < b", "&", "&amp;x", "\n", "é", "<br/>", '<svg viewBox="0 0 1 1">', "<i class=wrong>",
    "<A HREF=x>", "<!--out-->", "<!-- - -->", "<script>if (a < b) '</p>'</script>", '<a title="1 > 0">', "<li>",
]  # fmt: skip


@given(some.lists(some.sampled_from(PIECES)))
def test_every_token_stands_where_it_says(pieces: list[str]) -> None:
    page = "".join(pieces)
    for token in tokens(page):
        written = page[token.start : token.end]
        begin = {"start": f"<{token.name}", "end": f"</{token.name}", "comment": f"<!--{token.name}--"}[token.kind]
        assert written.lower().startswith(begin.lower()) and written.endswith(">")
        assert page.count("<A HREF=x>") == 0 or token.kind != "start" or token.attributes.get("href", "x") == "x"


def test_what_is_not_edited_stays_byte_for_byte() -> None:
    page = '<P Class=a>1 &lt; 2 &amp T<BR/>\n<svg viewBox="0 0"/>'
    assert edited(page, []) == page
    svg = tokens(page)[-1]
    assert svg.is_closed
    assert edited(page, [Edit(svg.start, svg.end, "!"), Edit(0, 0, "?")]) == "?" + page.replace(
        '<svg viewBox="0 0"/>', "!"
    )


@pytest.mark.parametrize("value", ['a"b', "a&amp;b", "<!--out-->", "'", ""])
def test_a_value_that_is_written_is_read_again(value: str) -> None:
    assert tokens(tag_text("a", {"title": value, "hidden": None}))[0].attributes == {"title": value, "hidden": None}


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("a<!--out--><a href=..>up</a><!--/out-->b<!--out-->c<!--/out-->d", "abd"),
        ("<p title='<!--out-->'>x</p><!--/out-->", "<p title='<!--out-->'>x</p><!--/out-->"),
        ("<script>'<!--out-->'; x; '<!--/out-->'</script>", "<script>'<!--out-->'; x; '<!--/out-->'</script>"),
        ("<!--out-->never closed", "<!--out-->never closed"),
        ("<!-- a remark -->", "<!-- a remark -->"),
    ],
)
def test_ways_out_are_what_stands_between_the_marks(page: str, kept: str) -> None:
    assert without_ways_out(page) == kept
