"""Tables as LaTeX, with booktabs; the best is bold, and † marks what cannot be told from it."""

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from harness.report.analysis.chance.statistics import Estimate
from harness.report.tables.form.table import Column, Table
from kd.plain_text import printable

SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\symbol{34}", "`": r"\textasciigrave{}", "[": "{[}", "*": "{*}", "\ue000": "{}",
    "α": r"$\alpha$", "±": r"$\pm$", "−": r"$-$", "×": r"$\times$", "²": r"$^2$", "³": r"$^3$", "⁻": r"$^-$",
    "→": r"$\to$", "≤": r"$\leq$", "≥": r"$\geq$", "\u202f": r"\,", "’": "'", "†": r"$\dagger$", "‘": "`", "“": "``",
    "”": "''", "–": "--", "—": "---", "…": r"\ldots{}",
}  # fmt: skip
"""A row that began with a bare ``[`` or ``*`` would be read as an option of the line break above it."""

MAX_ROWS = 40  # of a table that has to fit one page
MAX_WIDTH = 2400  # letters in a line; a length of TeX's ends at 16,384 points
WIDEST = 7  # letters: a letter whose number is printed
OFF_CAPTION = r"\setlength{\abovetopsep}{1.5ex}"  # booktabs puts the first rule right under a caption
HEAD_WIDTH = 11  # characters in a line of a heading
_LAST_LATIN = "\u017f"  # of Latin Extended-A, which T1 fonts have
_LIGATURE = re.compile("-(?=-)|'(?=')|,(?=,)")  # U+E000 parts them: no printable text holds it
_NUMBER = re.compile(r"(< )?[+−]?[\d,]*\.?\d+")


def escape_latex(text: str) -> str:
    r"""Text as LaTeX prints it, in one line and letter by letter: two hyphens are no dash.

    >>> escape_latex("50 % of A_b"), escape_latex("[x] a--b")
    ('50 \\% of A\\_b', '{[}x] a-{}-b')
    """
    plain = _fitting(unicodedata.normalize("NFC", " ".join(printable(text).split())))
    return "".join(SPECIAL.get(character, character) for character in _LIGATURE.sub("\\g<0>\ue000", plain))


def _fitting(text: str) -> str:
    """As much of a text as TeX can set in one line, which a cell is, and a caption while it is measured."""
    if len(text) <= MAX_WIDTH // WIDEST:
        return text
    widths = accumulate(WIDEST if letter > _LAST_LATIN else 1 for letter in text)
    fitting = sum(width < MAX_WIDTH for width in widths)
    return text if fitting == len(text) else text[:fitting] + "…"


def beyond_latin(latex: str) -> list[str]:
    """The letters that pdfLaTeX's usual fonts may lack, each once, by number.

    >>> beyond_latin("café 单峰 单")
    ['单', '峰']
    """
    return sorted({letter for letter in latex if letter > _LAST_LATIN})


def floating(table: Table, label: str) -> str:
    """A whole table with its caption; one that is too long for a page may break."""
    caption = escape_latex(table.caption)
    if is_long(table):
        lines = [rf"\begingroup{OFF_CAPTION}", long_table(table, caption, label).rstrip("\n"), r"\endgroup"]
        return _with_needs("booktabs,longtable", "\n".join(lines) + "\n")
    lines = [
        r"\begin{table}",
        rf"  \centering{OFF_CAPTION}",
        rf"  \caption{{{caption}}}",
        rf"  \label{{{label}}}",
        textwrap.indent(tabular(table), "  ").rstrip("\n"),
        r"\end{table}",
    ]
    return _with_needs("booktabs", "\n".join(lines) + "\n")


def _with_needs(packages: str, latex: str) -> str:
    """After comments that say what a document must have to show it."""
    letters = "% has letters beyond Latin: LuaLaTeX or XeLaTeX, and a font for them\n" if beyond_latin(latex) else ""
    return f"% needs \\usepackage{{{packages}}}\n{letters}{latex}"


def is_long(table: Table) -> bool:
    """Whether a table needs more than a page."""
    return len(table.records) > MAX_ROWS


def tabular(table: Table) -> str:
    """The table alone, without a caption."""
    return _lines([rf"\begin{{tabular}}{{{_alignment(table)}}}"], table, [r"\end{tabular}"], [])


def long_table(table: Table, caption: str, label: str) -> str:
    """The table over several pages, each with its head; ``longtable`` wants the caption inside.

    Args:
        table: The table.
        caption: As LaTeX.
        label: Its name for references.
    """
    opening = [rf"\begin{{longtable}}{{{_alignment(table)}}}", rf"  \caption{{{caption}}}\label{{{label}}}\\"]
    return _lines(opening, table, [r"\end{longtable}"], [r"  \endhead"])


def _lines(opening: list[str], table: Table, closing: list[str], after_head: list[str]) -> str:
    columns = _columns(table)
    heads = " & ".join(_head(column) for column in columns)
    rows = [
        " & ".join(_cell(table, number, record, column) for column in columns)
        for number, record in enumerate(table.records)
    ]
    body = [r"  \toprule", rf"  {heads} \\", r"  \midrule", *after_head, *(rf"  {row} \\" for row in rows)]
    return "\n".join([*opening, *body, r"  \bottomrule", *closing]) + "\n"


def _alignment(table: Table) -> str:
    return "".join("l" if column.is_text else "r" for column in _columns(table))


def _columns(table: Table) -> list[Column]:
    return [column for column in table.columns if column.in_latex]


def _head(column: Column) -> str:
    r"""A heading in lines as short as a number.

    >>> _head(Column("a", "T")), _head(Column("b", "Both wrong, %"))
    ('$T$', '\\begin{tabular}[b]{@{}r@{}}Both wrong,\\\\\\%\\end{tabular}')
    """
    lines = [escape_latex(line) for line in textwrap.wrap(column.head, HEAD_WIDTH, break_long_words=False)]
    if len(lines) == 1:
        return "$T$" if column.head == "T" else lines[0]
    side, broken = "l" if column.is_text else "r", r"\\".join(lines)
    return rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}{broken}\end{{tabular}}"


def _cell(table: Table, number: int, record: Mapping[str, Any], column: Column) -> str:
    text = column.text(record[column.key])
    if not text:
        return "--"
    if column.is_text or not _NUMBER.fullmatch(text):
        return escape_latex(table.cell(record, column))
    mean, rank = _in_math(text), table.rank(number, column)
    if rank == "best":
        mean = rf"\mathbf{{{mean}}}"
    cell = f"${mean}{_arms(column, column.interval(record[column.key]))}$"
    return rf"{cell}\rlap{{$^{{\dagger}}$}}" if rank == "tied" else cell


def _arms(column: Column, interval: Estimate | None) -> str:
    """What follows a mean: ± its arm, or both where they differ; nothing without an interval."""
    if interval is None:
        return ""
    if interval.is_even:
        return rf" \pm {_in_math(column.arm(interval.half_width))}"
    up, down = column.arm(interval.high - interval.mean), column.arm(interval.mean - interval.low)
    return f"^{{{_with_sign('+', up)}}}_{{{_with_sign('-', down)}}}"


def _with_sign(sign: str, length: str) -> str:
    """The length of an arm; at a bound of its quantity there is none, and nought has no sign."""
    return f"{sign if set(length) & set('123456789') else ''}{_in_math(length)}"


def _in_math(number: str) -> str:
    """A number as LaTeX's mathematics writes it.

    >>> _in_math("−1,234.5")
    '-1{,}234.5'
    """
    return number.replace("−", "-").replace(",", "{,}")
