"""What pages are made of: their place in the site, figures with their captions, tables with their files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup

from harness.report.figures.drawing.line_charts import Chart
from harness.report.figures.drawing.style import Drawing, Records
from harness.report.figures.drawing.words import DrawnFigure, draw_for
from harness.report.pages.frame.figure_files import FigureFile, drawn_once, file_of
from harness.report.pages.frame.sprite_sheet import Picture
from harness.report.tables.files import path_of
from harness.report.tables.form.html import to_html
from harness.report.tables.form.table import Table
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.language import LANGUAGES, Choice, Language, folder_of, language

ENDINGS = {"LaTeX": "tex", "CSV": "csv", "Markdown": "md"}
FOR_PROGRAMS = ("csv", "json")  # their files stand once, at the site's root


class Page(NamedTuple):
    """A page in no language yet: its template, what makes all that it shows once there is a language, its topic."""

    name: str
    template: str
    context: Callable[[Language], Mapping[str, Any]]
    topic: str


class Place(NamedTuple):
    """Where a page stands.

    Args:
        root: The way to the site's root.
        up: The way to the folder of its language.
        choices: The same page in other languages.
        picture_of: Its pictures.
        topic: The name of the topic that it is the page of, or a part of.
        is_topic: Whether it is the topic's own page.
    """

    root: str
    up: str
    choices: list[Choice]
    picture_of: Callable[[int], Picture | None]
    topic: str
    is_topic: bool


class Figure(NamedTuple):
    """A drawing as SVG and what stands below it; where it failed, the words that say so and nothing else.

    ``how``: how to read it, which a page opens on demand. ``file``: what it is saved as, and its data.
    """

    svg: Markup
    caption: str
    how: str = ""
    file: FigureFile | None = None


class Copy(NamedTuple):
    """What a button copies: the element of the page that holds it, and its text."""

    what: str
    id: str
    text: str


@dataclass(frozen=True)
class PageTable:
    """A table on a page: ``{{ table }}`` writes it; ``path`` leads to its files, which hold the same.

    Without a path it has no files: these failed, or the table itself, whose ``html`` says so.
    """

    html: Markup
    path: str = ""
    copies: tuple[Copy, ...] = ()

    def __html__(self) -> str:
        return self.html


Draw = Callable[[Language], Drawing | None]
"""Draws a figure in the language that it is given: that of a page, or several at once (``Words``)."""


def figure(name: str, draw: Draw, caption: str | None, say: Language, how: str = "") -> Figure | None:
    """A drawing with its caption; None where there is nothing to draw.

    Args:
        name: Unique in the site: said where it fails, and of the files that it is saved as.
        draw: Draws it.
        caption: What stands below it; None for the description that it has anyway.
        say: The language of the page.
        how: How to read it.
    """
    made = attempt("figure", name, lambda: _figure(name, draw, caption, say, how))
    return Figure(made.html(say), "") if isinstance(made, FailedPart) else made


def _figure(name: str, draw: Draw, caption: str | None, say: Language, how: str) -> Figure | None:
    drawn = _drawn(name, draw, say)
    if drawn is None:
        return None
    shown, file = drawn.by_code[say.code], file_of(name, lambda: drawn.data, say)
    return Figure(shown.svg, shown.description if caption is None else caption, how, file)


def _drawn(name: str, draw: Draw, say: Language) -> DrawnFigure | None:
    says = [language(code, say.metric) for code in LANGUAGES]
    return drawn_once(name, lambda: draw_for(says, draw))


def view(
    name: str,
    draws: Iterable[tuple[str, Callable[[Language], Drawing]]],
    data: Callable[[], Records],
    caption: str,
    say: Language,
    how: str = "",
) -> Figure:
    """Drawings side by side as one figure, with one caption and one file of data.

    Args:
        name: As ``figure`` has it.
        draws: Each drawing's name and what draws it; one that fails says so in its place.
        data: Of all of them.
        caption: What stands below them.
        say: The language of the page.
        how: How to read them.
    """
    made = [attempt("figure", one, partial(_svg_drawn, one, draw, say)) for one, draw in draws]
    file = attempt("figure", name, lambda: file_of(name, data, say))
    svgs = Markup("").join(one.html(say) if isinstance(one, FailedPart) else one for one in made)
    return Figure(
        Markup('<div class="maps">{}</div>').format(svgs), caption, how, None if isinstance(file, FailedPart) else file
    )


class DrawnCharts(NamedTuple):
    """Charts whose picture is there, what is said of those that failed, and the file of all their data."""

    charts: tuple[Chart, ...]
    failed: tuple[Markup, ...]
    file: FigureFile | None = None


def charts(
    name: str, make: Callable[[], Iterable[Chart]], say: Language, up: str = "", has_file: bool = True
) -> DrawnCharts:
    """Curves, each drawn, with one file of data.

    Args:
        name: As ``figure`` has it.
        make: Gathers them.
        say: The language of the page.
        up: The way from the page to its language's folder.
        has_file: Keep their data as a file too.
    """
    made = attempt("figure", name, lambda: list(make()))
    if isinstance(made, FailedPart):
        return DrawnCharts((), (made.html(say),))
    drawn = [(chart, attempt("figure", f"{name}: {chart.title}", partial(_svg_of, chart))) for chart in made]
    shown = tuple(chart for chart, svg in drawn if not isinstance(svg, FailedPart))
    failed = tuple(svg.html(say) for _, svg in drawn if isinstance(svg, FailedPart))
    if not (shown and has_file):
        return DrawnCharts(shown, failed)
    file = file_of(name, lambda: [record for chart in shown for record in chart.records], say, up)
    return DrawnCharts(shown, failed, file)


def _svg_drawn(name: str, draw: Draw, say: Language) -> Markup:
    drawn = _drawn(name, draw, say)
    assert drawn is not None, "what is compared is there"
    return drawn.by_code[say.code].svg


def _svg_of(chart: Chart) -> Markup:
    return chart.svg


def html_table(name: str, make: Callable[[], Table], say: Language) -> Markup | None:
    """A table that is on the page alone; None where it has no rows.

    Args:
        name: Said where it fails.
        make: Makes it.
        say: The language of the page.
    """
    html = attempt("table", name, lambda: _html_table(make(), say))
    return html.html(say) if isinstance(html, FailedPart) else html


def _html_table(table: Table, say: Language) -> Markup | None:
    return to_html(table, say) if table.records else None


def page_table(
    name: str, make: Callable[[], Table], files: Mapping[str, str], say: Language, *copied: str
) -> PageTable | None:
    """A table that is there as files too; None where it has no rows.

    Args:
        name: Said where it fails.
        make: Makes it.
        files: The texts of all tables by path.
        say: The language of the page.
        copied: Formats that the page can copy at once: LaTeX, CSV, Markdown.
    """
    made = attempt("table", name, lambda: _page_table(make(), files, say, copied))
    return PageTable(made.html(say)) if isinstance(made, FailedPart) else made


def _page_table(table: Table, files: Mapping[str, str], say: Language, copied: Sequence[str]) -> PageTable | None:
    if not table.records:
        return None
    path = path_of(table)
    if f"{path}.json" not in files:  # they failed, and were named
        return PageTable(to_html(table, say))
    copies = []
    for what in copied:
        ending = ENDINGS[what]
        folder = "" if ending in FOR_PROGRAMS else folder_of(say.code)
        copies.append(Copy(what, f"{path.rpartition('/')[2]}-{ending}", files[f"{folder}{path}.{ending}"]))
    return PageTable(to_html(table, say), path, tuple(copies))
