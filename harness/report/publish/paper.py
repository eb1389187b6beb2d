"""A sweep's tables and figures as a folder for a LaTeX paper."""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from harness.report.analysis.family import Family
from harness.report.figures.drawing.print_style import to_print
from harness.report.publish.paper_figures import Figure, find_figures
from harness.report.publish.written import (
    MARKER,
    OLD_MARKERS,
    check_inside,
    check_untouched,
    mark_written,
    read_own,
)
from harness.report.redaction.files import redact_figure, redacted_file
from harness.report.redaction.redaction import Redaction, redaction_of
from harness.report.study import Study
from harness.report.tables.family import STUDENTS, family_table
from harness.report.tables.files import find_tables
from harness.report.tables.form.latex import beyond_latin, escape_latex, is_long, long_table, tabular
from harness.report.tables.form.table import Table
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.findings.family import family_lines
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import Language
from kd.files import write_bytes

LEFT_OUT = ("trials", "runs")  # no table for a paper; the report has them
PREAMBLE = r"""% Written by make paper, which writes it again: keep changes in a file of your own.
\documentclass[10pt]{article}
\usepackage[letterpaper,textwidth=7in,textheight=9.2in]{geometry}
\usepackage{iftex}
\ifPDFTeX\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{textcomp}\fi
\usepackage{booktabs,graphicx,longtable}
\setlength{\tabcolsep}{4pt}
\setlength{\abovetopsep}{1.5ex}
"""
LETTERS = r"""% pdfLaTeX prints the numbers of letters that its fonts lack; LuaLaTeX prints what its fonts have.
\newcommand{\letter}[3]{\ifcsname u8:\detokenize{#1}\endcsname\else\DeclareUnicodeCharacter{#2}{#3}\fi}
\ifPDFTeX
"""


def write_paper(study: Study, target: Path, say: Language, family: Family | None = None) -> Path:
    """Write tables, figures, captions and a ``main.tex`` that shows them all; the same results give the same bytes.

    Args:
        study: The sweep; of several students, the one that stands for it.
        target: The folder; made if need be.
        say: The language of headings, labels and captions.
        family: Several students, of whom a table and figures come first.

    Returns:
        ``main.tex``.

    Raises:
        InputError: As ``place_files``.
    """
    place_files(paper_files(study, say, family), target)
    return target / "main.tex"


def place_files(files: Mapping[str, bytes], target: Path) -> None:
    """Write files, and remove those that an earlier call wrote and this one does not; all others are kept.

    Args:
        files: Contents by path.
        target: The folder.

    Raises:
        InputError: A file that would be written is there already and was not written by this function, or was
            changed since, or a name leads out of the folder; nothing is written then.
    """
    known = read_own(target)
    new = [name for name, content in files.items() if not _holds(target / name, content)]
    gone = (known or {}).keys() - files.keys() - {MARKER, *OLD_MARKERS}
    check_inside(target, {*files, *gone})
    check_untouched(target, {*new, *gone}, known)
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, content)
    for name in gone:
        (target / name).unlink(missing_ok=True)
    mark_written(target, files)


def paper_files(study: Study, say: Language, family: Family | None = None) -> dict[str, bytes]:
    """Every file by its path, without what tells of this machine (``harness.report.redaction``).

    A table or a figure that fails is left out.
    """
    redaction = redaction_of(study.results.folder, study.errors.class_names if study.errors else ())
    name = study.results.plan.sweep.name
    files: dict[str, bytes] = {}
    tables, figures = [], []
    found = [table for table in find_tables(study, say) if table.name not in LEFT_OUT]
    if family is not None:
        of_students = attempt("table", STUDENTS, lambda: family_table(family, say))
        found = [*([] if isinstance(of_students, FailedPart) else [of_students]), *found]
    for table in found:
        written = attempt("table", table.name, partial(_table_files, table, name))
        if not isinstance(written, FailedPart):
            tables.append(table)
            files |= written
    for figure in find_figures(study, say, family):
        written = attempt("figure", figure.name, partial(_figure_files, figure, redaction))
        if not isinstance(written, FailedPart):
            figures.append(figure)
            files |= written
    body = _body(study, tables, figures, _lines(study, family, say))
    texts = (content.decode() for path, content in files.items() if path.endswith(".tex"))
    files["main.tex"] = _text("\n".join([PREAMBLE + _declared(beyond_latin("".join([body, *texts]))), body]))
    return {name: redacted_file(redaction, name, content) for name, content in files.items()}


def _table_files(table: Table, study_name: str) -> dict[str, bytes]:
    return {
        f"captions/{table.name}.tex": _text(escape_latex(table.caption)),
        f"tables/{table.name}.tex": _text(_table(table, study_name)),
    }


def _figure_files(figure: Figure, redaction: Redaction) -> dict[str, bytes]:
    redact_figure(redaction, figure.drawing.figure)
    pdf, svg = to_print(figure.drawing, figure.look)
    return {
        f"captions/{figure.name}.tex": _text(escape_latex(figure.caption)),
        f"figures/{figure.name}.pdf": pdf,
        f"figures/{figure.name}.svg": svg,
    }


def _table(table: Table, study_name: str) -> str:
    """Without its caption, which has a file of its own; a table over several pages wants it inside."""
    if not is_long(table):
        return tabular(table)
    return long_table(table, _input(f"captions/{table.name}"), _label("tab", study_name, table.name))


def _lines(study: Study, family: Family | None, say: Language) -> tuple[str, ...]:
    """The answer; of several students, theirs, and then that of the one whose figures follow."""
    found = study.findings
    own = answer_lines(study.answer, say, study.methods, found.causes, study.variants, study.costs)
    if family is None:
        return own
    return (*family_lines(family, say), say("family-follows", name=study.results.plan.student_key), *own)


def _body(study: Study, tables: list[Table], figures: list[Figure], lines: Iterable[str]) -> str:
    sweep = study.results.plan.sweep
    parts = [
        r"\begin{document}",
        rf"\section*{{{escape_latex(sweep.description or sweep.name)}}}",
        *(rf"\noindent {escape_latex(line)}" + "\n" for line in lines),
        *(_figure_environment(figure, sweep.name) for figure in figures),
        *(_table_environment(table, sweep.name) for table in tables),
        r"\end{document}",
    ]
    return "\n".join(parts)


def _declared(letters: list[str]) -> str:
    """What pdfLaTeX shall print for letters beyond Latin: their numbers, and nothing for what has no shape."""
    if not letters:
        return ""
    lines = []
    for letter in letters:
        is_seen = unicodedata.category(letter) != "Cf" and not "\ufe00" <= letter <= "\ufe0f"
        number = f"{ord(letter):04X}"
        shown = rf"{{\footnotesize U+{number}}}" if is_seen else ""
        lines.append(rf"\letter{{{letter}}}{{{number}}}{{{shown}}}")
    return LETTERS + "\n".join(lines) + "\n\\fi\n"


def _figure_environment(figure: Figure, study_name: str) -> str:
    return "\n".join(
        [
            r"\begin{figure}[htbp]",
            r"  \centering",
            rf"  \includegraphics{{figures/{figure.name}.pdf}}",
            rf"  \caption{{{_input(f'captions/{figure.name}')}}}",
            rf"  \label{{{_label('fig', study_name, figure.name)}}}",
            r"\end{figure}",
        ]
    )


def _table_environment(table: Table, study_name: str) -> str:
    if is_long(table):
        return rf"\input{{tables/{table.name}}}"
    return "\n".join(
        [
            r"\begin{table}[htbp]",
            r"  \centering\small",
            rf"  \caption{{{_input(f'captions/{table.name}')}}}",
            rf"  \label{{{_label('tab', study_name, table.name)}}}",
            # centred on the text, whatever its width: a wide table leans into both margins and is not cut off at one
            rf"  \makebox[\linewidth]{{\input{{tables/{table.name}}}\unskip}}",
            r"\end{table}",
        ]
    )


def _input(path: str) -> str:
    return rf"\protect\input{{{path}}}\unskip"


def _label(kind: str, study_name: str, name: str) -> str:
    return f"{kind}:{study_name}-{name}"


def _text(text: str) -> bytes:
    return f"{text.rstrip()}\n".encode()


def _holds(path: Path, content: bytes) -> bool:
    """Whether a file is already as it shall be: then it does not matter who wrote it."""
    return path.exists() and path.read_bytes() == content
