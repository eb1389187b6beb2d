"""The pages beside the sweeps: all of them in one table, and side by side."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from harness.report.index import interval_marks
from harness.report.index.comparison import compare_settings
from harness.report.index.sweeps import Entry
from harness.report.index.tables import Line, comparison_table, linked, setting_table, sweep_table
from harness.report.pages.frame.templates import environment, frame
from harness.report.tables.form.html import to_html
from harness.report.text.language import LANGUAGES, Choice, file_name, language


class Sweeps(NamedTuple):
    """The folders that are sweeps, with their intervals on one scale, which goes ``reach`` to both sides of zero."""

    lines: list[Line]
    reach: float


def overview_files(entries: Sequence[Entry]) -> dict[str, str]:
    """The pages by file name, in every language."""
    files = {file_name("index", code): _table_page(entries, code) for code in LANGUAGES}
    return files | {file_name("compare", code): _comparison_page(entries, code) for code in LANGUAGES}


def _table_page(entries: Sequence[Entry], code: str) -> str:
    (lines, reach), say = _sweeps(entries, code), language(code)
    gains = (line.entry.summary.gain if line.entry.summary else None for line in lines)
    others = [(linked(line.page, line.entry.name), line.entry) for line in _lines_of_others(entries, code)]
    return environment(say).get_template("sweeps.html").render(
        frame(),
        num_sweeps=len(lines),
        table=to_html(sweep_table(lines, reach, say), say),
        verdicts=Counter(gain.judged if gain else None for gain in gains),
        others=others,
        compare=file_name("compare", code),
        choices=_choices("index", code),
    )  # fmt: skip


def _comparison_page(entries: Sequence[Entry], code: str) -> str:
    (lines, reach), say = _sweeps(entries, code), language(code)
    settings = compare_settings([line.entry.sweep for line in lines])
    return environment(say).get_template("compare.html").render(
        frame(),
        names=[line.entry.name for line in lines],
        has_results=any(line.entry.summary for line in lines),
        differs=any(setting.differs for setting in settings),
        results=to_html(comparison_table(lines, reach, say), say),
        settings=to_html(setting_table(lines, settings, say), say),
        index=file_name("index", code),
        choices=_choices("compare", code),
    )  # fmt: skip


def _lines_of_others(entries: Sequence[Entry], code: str) -> Iterator[Line]:
    return (_line(entry, code) for entry in entries if not entry.is_sweep)


def _sweeps(entries: Sequence[Entry], code: str) -> Sweeps:
    sweeps = [entry for entry in entries if entry.is_sweep]
    reach = interval_marks.reach_of(entry.summary.gain for entry in sweeps if entry.summary and entry.summary.gain)
    return Sweeps([_line(entry, code, reach) for entry in sweeps], reach)


def _choices(page: str, code: str) -> list[Choice]:
    """The same page in the other languages."""
    others = (other for other in LANGUAGES if other != code)
    return [Choice(LANGUAGES[other], language(other).locale, file_name(page, other)) for other in others]


def _line(entry: Entry, code: str, reach: float = interval_marks.MIN_REACH) -> Line:
    page = entry.pages.get(code) or next(iter(entry.pages.values()), None)
    gain = entry.summary.gain if entry.summary else None
    return Line(
        entry, quote(os.fsencode(page)) if page else None, interval_marks.interval_mark(gain, reach) if gain else None
    )
