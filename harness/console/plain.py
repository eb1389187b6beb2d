"""Words on a terminal that knows no UTF-8: bars of ASCII, and a near letter for what it cannot show."""

import codecs
import io
from typing import TextIO

_NEAR = {"·": "|", "…": "...", "—": "-", "–": "-", "−": "-", "×": "x", "→": "->", "≥": ">=", "±": "+-", "α": "alpha"}
_HANDLER = "kd-sweep-near"


def write_plainly(*streams: TextIO) -> None:
    """Let these streams write what is near where they cannot write what is meant, instead of raising."""
    codecs.register_error(_HANDLER, _near)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _near(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_NEAR.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def bar(share: float, width: int, encoding: str) -> str:
    """A bar that is filled to ``share`` of its width.

    >>> bar(0.5, 4, "utf-8"), bar(0.5, 4, "ascii")
    ('██░░', '##..')
    """
    full, empty = "█░" if encoding.lower().startswith("utf") else "#."
    return f"{full * round(width * share):{empty}<{width}}"
