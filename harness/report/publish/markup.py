"""Finished pages as text: where their tags and comments stand, so that a few can be changed and the rest left alone."""

from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from itertools import accumulate
from typing import Literal, NamedTuple

from markupsafe import escape

OUT, END_OF_OUT = "out", "/out"
"""Comments around what leads out of a report, as the macro ``way`` writes them."""


class Token(NamedTuple):
    """A tag or a comment. ``name``: the element's, in lower case, or the comment's text; a value may be missing."""

    kind: Literal["start", "end", "comment"]
    name: str
    start: int
    end: int
    attributes: Mapping[str, str | None] = {}
    is_closed: bool = False


class Edit(NamedTuple):
    """What stands between two places of a text from now on."""

    start: int
    end: int
    text: str


def tokens(page: str) -> list[Token]:
    """The tags and comments of a page, in order; what a script or a style sheet holds is neither.

    >>> [(token.kind, token.name) for token in tokens("<p><!--out-->a < b<br/></P>")]
    [('start', 'p'), ('comment', 'out'), ('start', 'br'), ('end', 'p')]
    """
    reader = _Reader(page)
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Token] = []
        self._page = page
        self._lines = [0, *accumulate(len(line) + 1 for line in page.split("\n"))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add_start(tag, attrs, False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add_start(tag, attrs, True)

    def handle_endtag(self, tag: str) -> None:
        start = self._place()
        self.found.append(Token("end", tag, start, self._page.index(">", start) + 1))

    def handle_comment(self, data: str) -> None:
        start = self._place()
        self.found.append(Token("comment", data, start, start + len(f"<!--{data}-->")))

    def _add_start(self, tag: str, attrs: list[tuple[str, str | None]], is_closed: bool) -> None:
        start = self._place()
        end = start + len(self.get_starttag_text() or "")
        self.found.append(Token("start", tag, start, end, dict(attrs), is_closed))

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made; they may come in any order, and none lies within another."""
    parts, place = [], 0
    for edit in sorted(edits):
        parts += [text[place : edit.start], edit.text]
        place = edit.end
    return "".join([*parts, text[place:]])


def tag_text(name: str, attributes: Mapping[str, str | None], is_closed: bool = False) -> str:
    """A start tag, written.

    >>> tag_text("a", {"href": "a&b.html", "hidden": None})
    '<a href="a&amp;b.html" hidden>'
    """
    written = [name, *(key if value is None else f'{key}="{escape(value)}"' for key, value in attributes.items())]
    return f"<{' '.join(written)}{'/' if is_closed else ''}>"


def without_ways_out(page: str) -> str:
    """The page without what leads out of its report, which is not there for whoever is handed the report alone.

    >>> without_ways_out("<p><!--out--><a href=../..>All</a> › <!--/out-->Mine</p>")
    '<p>Mine</p>'
    """
    if f"<!--{OUT}-->" not in page:
        return page
    marks = [token for token in tokens(page) if token.kind == "comment" and token.name in (OUT, END_OF_OUT)]
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return edited(page, (Edit(opened.start, closed.end, "") for opened, closed in pairs))
