"""What pages are made of: their place in the site, figures with their captions, tables with their files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from harness.report.figures.style import Drawing
from harness.report.pages.sprite_sheet import Picture
from harness.report.study import Study
from harness.report.tables.files import path_of
from harness.report.tables.html import to_html
from harness.report.tables.table import Table
from harness.report.text.language import Choice, Language, folder_of
from harness.report.text.standing import StandingText, standing_text

ENDINGS = {"LaTeX": "tex", "CSV": "csv", "Markdown": "md"}
FOR_PROGRAMS = ("csv", "json")  # their files stand once, at the site's root


class Place(NamedTuple):
    """Where a page stands: the way to the site's root, the same page in other languages, and its pictures."""

    root: str
    choices: list[Choice]
    picture_of: Callable[[int], Picture | None]


class Figure(NamedTuple):
    """A drawing and what stands below it."""

    drawing: Drawing
    caption: str


class Copy(NamedTuple):
    """What a button copies: the element of the page that holds it, and its text."""

    what: str
    id: str
    text: str


@dataclass(frozen=True)
class PageTable:
    """A table on a page: ``{{ table }}`` writes it; ``path`` leads to its files, which hold the same."""

    html: Markup
    path: str
    copies: tuple[Copy, ...] = ()

    def __html__(self) -> str:
        return self.html


def standing_of(study: Study, say: Language) -> StandingText:
    """Where the sweep stands, as every page says it."""
    return standing_text(study.results.standing, study.findings.way_on, say)


def figure(drawing: Drawing | None, caption: str) -> Figure | None:
    """A drawing with its caption; None where there is nothing to draw."""
    return Figure(drawing, caption) if drawing is not None else None


def page_table(table: Table, files: Mapping[str, str], say: Language, *copied: str) -> PageTable | None:
    """A table that is there as files too; None where it has no rows.

    Args:
        table: The table.
        files: The texts of all tables by path.
        say: The language of the page.
        copied: Formats that the page can copy at once: LaTeX, CSV, Markdown.
    """
    if not table.records:
        return None
    path = path_of(table)
    copies = []
    for what in copied:
        ending = ENDINGS[what]
        folder = "" if ending in FOR_PROGRAMS else folder_of(say.code)
        copies.append(Copy(what, f"{path.rpartition('/')[2]}-{ending}", files[f"{folder}{path}.{ending}"]))
    return PageTable(to_html(table, say), path, tuple(copies))
