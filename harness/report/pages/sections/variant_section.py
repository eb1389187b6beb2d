"""The section that takes the gain apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.report.analysis.arms.variants import Variants
from harness.report.pages.frame.parts import PageTable, page_table
from harness.report.study import Study
from harness.report.tables.arms.variants import variant_table
from harness.report.text.findings.variants import variant_lines
from harness.report.text.language import Language


@dataclass(frozen=True)
class VariantsSection:
    """What each variant tells, in a sentence each, and the figures; ``notes`` say how variants are made."""

    sentences: tuple[str, ...]
    variants: PageTable
    notes: tuple[str, ...]


def variants_section(study: Study, files: Mapping[str, str], say: Language) -> VariantsSection | None:
    """None of a sweep without variants, and before its search has chosen."""
    table = page_table("variants", lambda: variant_table(study, say), files, say, "LaTeX", "CSV", "Markdown")
    if study.variants is None or table is None:
        return None
    return VariantsSection(variant_lines(study.variants, say), table, tuple(_notes(study, study.variants, say)))


def _notes(study: Study, variants: Variants, say: Language) -> Iterator[str]:
    yield say("variants-note")
    if any(row.row.arm.distill and row.row.arm.distill.control for row in variants.rows):
        yield say("variants-controls")
    if (unlabeled := study.results.plan.sweep.unlabeled) is not None:
        yield say("variants-unlabeled", images=unlabeled.num_images or 0, ratio=f"{unlabeled.ratio:g}")
