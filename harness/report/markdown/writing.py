"""Pieces of Markdown as GitHub renders it: every text is escaped, whoever wrote it, and every command is code."""

import re
from collections.abc import Iterator
from dataclasses import replace

from markupsafe import escape

from harness.report.tables.files import path_of
from harness.report.tables.form.table import Table
from harness.report.text.failed_parts import FailedPart
from harness.report.text.language import Language
from kd.plain_text import escape_markdown, one_line, printable

MAX_ROWS = 40
"""Of a table; its files have all."""


def heading(level: int, text: str) -> str:
    r"""A heading.

    >>> heading(2, "My *sweep*")
    '## My \\*sweep\\*'
    """
    return f"{'#' * level} {escape_markdown(text)}"


def paragraph(*texts: str | None, say: Language) -> Iterator[str]:
    """Sentences that follow one another; nothing where there are none."""
    found = [escape_markdown(text) for text in texts if text and text.strip()]
    if found:
        yield say("gap").join(found)


def code(text: str) -> str:
    """A text to type, within a line.

    >>> code("make sweep"), code("a `b`")
    ('`make sweep`', '`` a `b` ``')
    """
    marks = _fence(text, 1)
    shown = one_line(text)
    return f"{marks} {shown.strip()} {marks}" if "`" in text or not shown.strip() else f"{marks}{shown}{marks}"


def block(text: str, kind: str = "") -> str:
    """A text of lines, as it is."""
    marks = _fence(text, 3)
    return f"{marks}{kind}\n{printable(text).rstrip()}\n{marks}"


def _fence(text: str, least: int) -> str:
    """More backticks than the text has in a row."""
    return "`" * max([least, *(len(found) + 1 for found in re.findall("`+", text))])


def table(made: Table | FailedPart, say: Language) -> Iterator[str]:
    """A table, its first rows where it is long; nothing of an empty one."""
    if isinstance(made, FailedPart):
        yield from paragraph(made.text(say), say=say)
    elif made.records:
        number = len(made.records) - MAX_ROWS
        shown = made if number <= 0 else _cut(made)
        yield shown.to_markdown().rstrip()
        if number > 0:
            yield from paragraph(say("markdown-more", number=number, file=f"{path_of(made)}.csv"), say=say)


def _cut(made: Table) -> Table:
    rivals = frozenset(number for number in made.rivals if number < MAX_ROWS)
    return replace(made, records=made.records[:MAX_ROWS], rivals=rivals)


def folded(title: str, *blocks: str) -> Iterator[str]:
    """Blocks behind a title that opens them; nothing where there are none."""
    if blocks:
        yield f"<details>\n<summary>{escape(one_line(title))}</summary>"
        yield from blocks
        yield "</details>"
