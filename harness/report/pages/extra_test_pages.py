"""Other test sets: the section that has all of them, and a page a set."""

from collections.abc import Mapping
from typing import NamedTuple

from harness.report.pages.frame.parts import PageTable, page_table
from harness.report.study import Study
from harness.report.tables.arms.extra_tests import extra_test_table, page_of, set_table
from harness.report.text.findings.extra_tests import holds_text, remarks
from harness.report.text.language import Language
from harness.sweep.sections.extra_tests import CORRUPTED


class ExtraTestsSection(NamedTuple):
    """All sets side by side."""

    table: PageTable


class ExtraTestPage(NamedTuple):
    """One set: whether the gain holds, every arm, and what should be known of the set."""

    name: str
    is_corrupted: bool
    num_images: int
    sentence: str
    table: PageTable
    remarks: tuple[str, ...]
    others: tuple[tuple[str, str], ...]


def extra_tests_section(study: Study, files: Mapping[str, str], say: Language) -> ExtraTestsSection | None:
    """None where no set was read."""
    table = page_table("extra_tests", lambda: extra_test_table(study, say, is_on_page=True), files, say)
    return ExtraTestsSection(table) if table else None


def set_names(study: Study) -> tuple[str, ...]:
    """Of the sets that were read."""
    return tuple(dict.fromkeys(one.name for one in study.findings.extra_tests))


def extra_test_page(study: Study, name: str, files: Mapping[str, str], say: Language) -> ExtraTestPage:
    """What a set's page shows."""
    sets = [one for one in study.findings.extra_tests if one.name == name]
    table = page_table(f"tests-{name}", lambda: set_table(study, name, say), files, say, "LaTeX", "CSV", "Markdown")
    assert table is not None, "a set that was read has arms"
    return ExtraTestPage(
        name=name,
        is_corrupted=name == CORRUPTED,
        num_images=sets[0].num_images,
        sentence=holds_text(sets[0], study.answer.gain, say),
        table=table,
        remarks=tuple(remarks(sets[0], len(study.errors.class_names) if study.errors else 0, say)),
        others=tuple((other, page_of(other)) for other in set_names(study) if other != name),
    )
