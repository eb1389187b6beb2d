"""A table, described once: as CSV and JSON for programs, as Markdown for people (LaTeX: ``latex``, pages: ``html``)."""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

from harness.report.analysis.arms.gains import Rank
from harness.report.analysis.chance.statistics import Estimate
from kd.plain_text import escape_markdown, printable

Record = Mapping[str, Any]
Form = Callable[[Any], str]
UNKNOWN = Estimate(math.nan, math.nan, math.nan)
"""Stands where an estimate is missing, so that the files for programs have the same columns with and without it."""


FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


class Column(NamedTuple):
    """What people see of a record: ``key`` under the heading ``head``, written by ``form``.

    ``spread`` writes an arm of the interval, after ±, by default as ``form`` does; ``has_interval``: False where the
    mean is enough. ``best``: which end is the better one, where the best is marked; ``rank``: the record's key that
    says so, where it was found out with more care. ``in_latex``: False where paper has no room for it.

    A page shows the same text, and what only a page can: ``html`` dresses it (a sign, a coloured square), ``link``
    makes it lead somewhere, ``below`` adds small lines under it, ``mark`` colours its cell, ``css`` its whole column,
    ``of_arm`` says of which arm it is. A record whose "arm" is one is that arm's row.
    """

    key: str
    head: str
    form: Form = str
    spread: Form | None = None
    has_interval: bool = True
    best: Literal["highest", "lowest"] | None = None
    rank: str | None = None
    is_text: bool = False
    in_latex: bool = True
    html: Callable[[Record], str] | None = None
    link: Callable[[Record], str | None] | None = None
    below: Callable[[Record], Iterable[str]] | None = None
    mark: Callable[[Record], str] | None = None
    css: str = ""
    of_arm: str = ""

    def text(self, value: Any) -> str:
        """A value without its interval; empty for a hole."""
        if isinstance(value, str):
            return self.form(value)
        number = mean_of(value)
        return "" if number is None else self.form(number)

    def arm(self, length: float) -> str:
        """How far an interval reaches to one side."""
        return (self.spread or self.form)(length)

    def interval(self, value: Any) -> Estimate | None:
        """A value whose interval is shown; None where it has none."""
        is_shown = self.has_interval and isinstance(value, Estimate) and math.isfinite(value.low)
        return cast("Estimate", value) if is_shown else None


class Look(NamedTuple):
    """How a page shows a table.

    ``css``: classes of the table (``sortable`` lets the script sort it); ``box``: of what scrolls around it. ``row``:
    a row's attributes. ``num_shown``: rows on the page, the first ones; the files have all. ``is_terse``: leave out
    what HTML can do without, where there are a thousand such rows.
    """

    css: str = ""
    box: str = ""
    row: Callable[[Record], Mapping[str, str]] | None = None
    num_shown: int | None = None
    is_terse: bool = False
    hole: str = "–"
    caption: str = ""
    id: str = ""

    @property
    def sorts(self) -> bool:
        """Whether a reader can sort it."""
        return "sortable" in self.css.split()


PLAIN = Look()


@dataclass(frozen=True)
class Table:
    """Records and how they are shown.

    A record holds numbers, unrounded, as well as texts, None for holes, and ``Estimate``s, which are three
    numbers in the files for programs. ``rivals``: records among which the best is marked. ``note``: what the
    marks mean; the caption says it too, but Markdown has none.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    records: tuple[Record, ...]
    rivals: frozenset[int] = frozenset()
    note: str = ""
    look: Look = PLAIN

    def flat(self) -> list[dict[str, Any]]:
        """The records as flat numbers."""
        return [flat(record) for record in self.records]

    def cell(self, record: Record, column: Column) -> str:
        """A value as people read it; empty for a hole. Its interval comes after ±, or as two ends where arms differ."""
        value = record[column.key]
        text, interval = column.text(value), column.interval(value)
        if interval is None:
            return text
        if interval.is_even:
            return f"{text} ± {column.arm(interval.half_width)}"
        return f"{text} ({column.form(interval.low)}, {column.form(interval.high)})"

    def rank(self, number: int, column: Column) -> Rank | None:
        """Whether a record is marked as the best, or as one that cannot be told from it."""
        if column.rank is not None:
            return cast("Rank | None", self.records[number][column.rank])
        return "best" if self._is_best(number, column) else None

    def _is_best(self, number: int, column: Column) -> bool:
        """Whether a record is, as rounded in its cell, the best of the rivals."""
        if column.best is None or number not in self.rivals:
            return False
        values = {rival: mean_of(self.records[rival][column.key]) for rival in self.rivals}
        known = {rival: value for rival, value in values.items() if value is not None}
        if number not in known or len(known) < 2:
            return False
        best = (max if column.best == "highest" else min)(known.values())
        return column.form(known[number]) == column.form(best)

    def to_markdown(self) -> str:
        """As Markdown prints it."""
        rules = ["---" if column.is_text else "---:" for column in self.columns]
        lines = [[escape_markdown(column.head) for column in self.columns], rules]
        lines += [
            [self._markdown_cell(number, column) for column in self.columns] for number in range(len(self.records))
        ]
        return "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + (f"\n{self.note}\n" if self.note else "")

    def _markdown_cell(self, number: int, column: Column) -> str:
        text = escape_markdown(self.cell(self.records[number], column))
        match self.rank(number, column):
            case "best":
                return f"**{text}**"
            case "tied":
                return f"{text} †"
        return text


def flat(record: Record) -> dict[str, Any]:
    """A record with each estimate as three numbers.

    >>> flat({"a": 1, "gain": Estimate(0.5, 0.25, 0.75)})
    {'a': 1, 'gain': 0.5, 'gain_low': 0.25, 'gain_high': 0.75}
    """
    result: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Estimate):
            ends = {key: value.mean, f"{key}_low": value.low, f"{key}_high": value.high}
            result |= {name: number if math.isfinite(number) else None for name, number in ends.items()}
        else:
            result[key] = None if isinstance(value, float) and not math.isfinite(value) else value
    return result


def to_csv(records: Sequence[Record]) -> str:
    r"""Flat records as CSV; holes are empty cells.

    A text that a spreadsheet would take for a formula has an apostrophe before it, which spreadsheets read as "a text",
    and control characters but for newlines and tabs are named; JSON has all texts as they are.

    >>> to_csv([{"a": 0.1, "b": None}, {"a": -1.0, "b": "=1+1"}])
    "a,b\n0.1,\n-1.0,'=1+1\n"
    """
    stream = io.StringIO()
    heads = list(dict.fromkeys(key for record in records for key in record))
    writer = csv.DictWriter(stream, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _as_text(value) for key, value in record.items()} for record in records)
    return stream.getvalue()


def _as_text(value: Any) -> Any:
    """A text that no spreadsheet obeys; anything else as it is. "-1" and "+1e3" are numbers, and as harmless."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) and not _NUMBER.fullmatch(text) else text


def to_json(content: Any) -> str:
    """Anything made of flat records as a JSON document; of a list every record is a line."""
    if isinstance(content, list):
        lines = (json.dumps(record, ensure_ascii=False, allow_nan=False) for record in content)
        return "[\n" + ",\n".join(lines) + "\n]\n"
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def mean_of(value: Any) -> float | None:
    """The number in a cell; None for texts and holes."""
    number = value.mean if isinstance(value, Estimate) else value
    return number if isinstance(number, int | float) and math.isfinite(number) else None
