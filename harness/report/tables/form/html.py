"""A table as a page shows it: the numbers of the files, with what only a page can do.

An interval stands small under its mean, the first cell of a row is its header, holes are dashes, and a cell whose text
does not sort says in ``data-value`` what it is sorted by. The script ``report.js`` makes ``sortable`` tables sort.
"""

from collections.abc import Mapping

from markupsafe import Markup, escape

from harness.report.analysis.words import Verdict
from harness.report.tables.form.table import Column, Record, Table, mean_of
from harness.report.text.language import Language


def to_html(table: Table, say: Language) -> Markup:
    """The table in a box that scrolls where the page is too narrow."""
    look = table.look
    caption = f"<caption>{escape(look.caption)}</caption>\n" if look.caption else ""
    heads = "".join(_head(table, column, is_first=place == 0) for place, column in enumerate(table.columns))
    rows = "\n".join(_row(table, number, say) for number in range(len(table.records[: look.num_shown])))
    if _is_bare(table):
        content = f"<tr>{heads}\n{rows}\n"
    else:
        content = f"{caption}<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>"
    box = _attributes({"class": f"scroll {look.box}".strip()})
    return Markup(f"<div{box}><table{_attributes({'class': look.css, 'id': look.id})}>\n{content}</table></div>")


def _is_bare(table: Table) -> bool:
    """Rows alone; the script sorts by the head and the body."""
    return table.look.is_terse and not table.look.sorts


def _head(table: Table, column: Column, is_first: bool) -> str:
    attributes = {"scope": "" if _is_bare(table) else "col", "class": _side(column, is_first)}
    attributes["data-arm"] = column.of_arm
    return f"<th{_attributes(attributes)}>{escape(column.head)}" + ("" if table.look.is_terse else "</th>")


def _row(table: Table, number: int, say: Language) -> str:
    row = table.look.row
    record = table.records[number]
    opening = f"<tr{_attributes({'data-arm': record.get('arm', ''), **(row(record) if row else {})})}>"
    cells = (_cell(table, number, place, say) for place in range(len(table.columns)))
    return opening + "".join(cells) + ("" if table.look.is_terse else "</tr>")


def _cell(table: Table, number: int, place: int, say: Language) -> str:
    column, record, look = table.columns[place], table.records[number], table.look
    lines = _lines(column, record, say)
    is_first = place == 0
    tag, mark = "th" if is_first else "td", column.mark(record) if column.mark else ""
    attributes = {
        "scope": "row" if is_first and not look.is_terse else "",
        "class": f"{_side(column, is_first)} {mark}".strip(),
        "data-arm": column.of_arm,
    }
    opening = _attributes(attributes) + (_sort_value(table, column, record, bool(lines)) if look.sorts else "")
    inner = _inner(column, record)
    match table.rank(number, column):
        case "best":
            inner = f"<strong>{inner}</strong>"
        case "tied":
            inner += "<sup>†</sup>"
    return f"<{tag}{opening}>{inner or look.hole}{lines}" + ("" if look.is_terse else f"</{tag}>")


def content_of(column: Column, record: Record, say: Language) -> Markup:
    """What stands in a cell, for a table that is turned on its side; empty for a hole."""
    return Markup(_inner(column, record) + _lines(column, record, say))


def _inner(column: Column, record: Record) -> str:
    """The text, or what dresses it, with its link."""
    inner = str(escape(column.html(record) if column.html else column.text(record[column.key])))
    if column.link and inner and (href := column.link(record)) is not None:
        return f'<a href="{escape(href)}">{inner}</a>'
    return inner


def _lines(column: Column, record: Record, say: Language) -> str:
    """What stands small under a cell's text; nothing under a hole."""
    if not column.text(record[column.key]):
        return ""
    interval = column.interval(record[column.key])
    lines: list[str] = []
    if interval is not None:
        lines.append(say("interval", low=column.form(interval.low), high=column.form(interval.high)))
    lines += column.below(record) if column.below else ()
    return "".join(f"<small>{escape(line)}</small>" for line in lines)


def _sort_value(table: Table, column: Column, record: Record, has_lines: bool) -> str:
    """The attribute that says what a cell is sorted by, where its text would not do; holes come last."""
    value = record[column.key]
    number = mean_of(value)
    if number is None and not isinstance(value, str):
        shown = "" if column.html is None else column.html(record)
        return ' data-value=""' if shown or table.look.hole else ""
    exact = str(value if number is None else number)
    if not has_lines and (number is None or (column.html is None and column.text(value) == exact)):
        return ""
    brief = f"{number:.6g}" if isinstance(number, float) and table.look.is_terse else exact
    return f' data-value="{escape(brief)}"'


def _side(column: Column, is_first: bool) -> str:
    """A column's classes: texts are set to the left, as the style sheet does with every first column."""
    return f"{'left' if column.is_text and not is_first else ''} {column.css}".strip()


def _attributes(values: Mapping[str, str]) -> str:
    """Those that say something, with a space before each."""
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items() if value)


def with_dot(key: str, text: str) -> Markup:
    """A text after the coloured square of an arm."""
    return Markup('<i class="dot {}"></i>{}').format(key, text)


def code(text: str) -> Markup:
    """A text that a machine reads."""
    return Markup("<code>{}</code>").format(text)


def coloured(verdict: Verdict | None, text: str) -> Markup:
    """What is said of a difference, in the colour of a gain or a loss; grey where neither is clear."""
    return Markup('<span class="{}">{}</span>').format(verdict if verdict in ("gain", "loss") else "muted", text)
