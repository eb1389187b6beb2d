"""The report of several students as Markdown: which one to take, and the way to each one's own."""

from collections.abc import Iterator

from harness.report.analysis.family import Family
from harness.report.markdown.report import FILE
from harness.report.markdown.writing import heading, paragraph, table
from harness.report.tables.family import family_table, student_folder
from harness.report.text.failed_parts import attempt
from harness.report.text.findings.family import family_lines
from harness.report.text.language import LANGUAGES, Language, folder_of, language
from kd.plain_text import escape_markdown


def family_markdown_files(family: Family) -> dict[str, str]:
    """The report by its path in the site, a language each."""
    metric = family.teacher.results.metric
    return {folder_of(code) + FILE: family_markdown(family, language(code, metric)) for code in LANGUAGES}


def family_markdown(family: Family, say: Language) -> str:
    """What the family's page says, without figures."""
    return "\n\n".join(_blocks(family, say)) + "\n"


def _blocks(family: Family, say: Language) -> Iterator[str]:
    sweep = family.teacher.results.record.sweep
    yield heading(1, sweep.name)
    yield from paragraph(sweep.description, say=say)
    for line in family_lines(family, say):
        yield from paragraph(line, say=say)
    yield from table(attempt("table", "students", lambda: family_table(family, say)), say)
    yield heading(2, say("family-reports"))
    up = "../" * folder_of(say.code).count("/")
    ways = ((row.key, f"{up}{student_folder(row.key)}{folder_of(say.code)}{FILE}") for row in family.rows)
    yield "\n".join(f"- [{escape_markdown(key)}](<{way}>)" for key, way in ways)
