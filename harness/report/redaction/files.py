"""Files and figures, each by its kind, without what must not be seen."""

import csv
import html
import io
import json
import re

from markupsafe import escape
from matplotlib.figure import Figure
from matplotlib.text import Text

from harness.report.redaction.redaction import Redaction

_OURS = (".js", ".css", ".png", ".ico")  # the program's own, and pictures that hold no text
_WHOLE = re.compile(r"(<(script|style)\b[^>]*>.*?</\2>)|<!--(.*?)-->|(<[^>]*>)|([^<]+)", re.DOTALL)
_SPOKEN = re.compile(r"""(\s(?:title|alt|aria-label|aria-description|data-value)=)("?)((?<=")[^"]*|[^\s"'>]+)\2""")
_JSON_TEXT = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?')


def redacted_file(redaction: Redaction, name: str, content: bytes) -> bytes:
    """A file to hand on. Marks, addresses and numbers in it stay as they are.

    Args:
        redaction: What to leave out.
        name: Its path, whose ending says its kind.
        content: Of the file; in UTF-8 where it is text.
    """
    ending = name.rpartition(".")[2]
    if f".{ending}" in _OURS:
        return content
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content  # figures, which ``redact_figure`` has seen
    match ending:
        case "html" | "svg" | "xml":
            text = _WHOLE.sub(lambda found: _markup(redaction, found), text)
        case "json":
            text = _JSON_TEXT.sub(lambda found: found[0] if found[2] else _json_text(redaction, found[1]), text)
        case "csv":
            text = _table(redaction, text)
        case _:
            text = redaction.text(text)
    return text.encode()


def _markup(redaction: Redaction, found: "re.Match[str]") -> str:
    whole, _, comment, tag, text = found.groups()
    if whole:
        return whole
    if comment is not None:
        return f"<!--{redaction.text(comment)}-->"
    if tag:
        return _SPOKEN.sub(lambda value: value[1] + value[2] + _escaped(redaction, value[3]) + value[2], tag)
    return _escaped(redaction, text)


def _escaped(redaction: Redaction, written: str) -> str:
    text = html.unescape(written)
    shown = redaction.text(text)
    return written if shown == text else str(escape(shown))


def _json_text(redaction: Redaction, written: str) -> str:
    text = json.loads(written)
    shown = redaction.text(text)
    return written if shown == text else json.dumps(shown, ensure_ascii=False)


def _table(redaction: Redaction, text: str) -> str:
    """All but the heads of its columns."""
    heads, *rows = csv.reader(io.StringIO(text)) if text else ([],)
    shown = io.StringIO()
    csv.writer(shown, lineterminator="\n").writerows([heads, *([redaction.text(cell) for cell in row] for row in rows)])
    return shown.getvalue()


def redact_figure(redaction: Redaction, figure: Figure) -> None:
    """Change the texts of a figure in place, before it is saved in whatever form."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            labels = [label.get_text() for label in axis.get_majorticklabels()]
            if (shown := [redaction.text(label) for label in labels]) != labels:
                axis.set_ticks(axis.get_majorticklocs(), labels=shown)
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if (new := redaction.text(text.get_text())) != text.get_text():
            text.set_text(new)
