"""The section of the front page that takes the gain apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.report.pages.parts import PageTable, page_table
from harness.report.study import Study
from harness.report.tables.variants import variant_table
from harness.report.text.language import Language
from harness.report.text.variants import variant_lines


@dataclass(frozen=True)
class VariantsSection:
    """What each variant tells, in a sentence each, and the figures."""

    sentences: tuple[str, ...]
    variants: PageTable
    has_controls: bool


def variants_section(study: Study, files: Mapping[str, str], say: Language) -> VariantsSection | None:
    """None of a sweep without variants, and before its search has chosen."""
    table = page_table("variants", lambda: variant_table(study, say), files, say, "LaTeX", "CSV", "Markdown")
    if study.variants is None or table is None:
        return None
    has_controls = any(row.row.arm.distill and row.row.arm.distill.control for row in study.variants.rows)
    return VariantsSection(variant_lines(study.variants, say), table, has_controls)
