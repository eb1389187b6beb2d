"""The front page: a section a field, each with all that its template shows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from harness.report.figures.style import drawing_style
from harness.report.pages.answer_sections import (
    AgreementSection,
    AnswerSection,
    CostSection,
    RealSection,
    TableSection,
    TradeoffSection,
    agreement_section,
    answer_section,
    cost_section,
    real_section,
    table_section,
    tradeoff_section,
)
from harness.report.pages.error_sections import (
    CalibrationSection,
    ClassesSection,
    ConfusionsSection,
    PicturesSection,
    calibration_section,
    classes_section,
    confusions_section,
    pictures_section,
)
from harness.report.pages.extra_test_pages import ExtraTestsSection, extra_tests_section
from harness.report.pages.label_page import LabelsSection, labels_section
from harness.report.pages.method_pages import MethodsSection, methods_section
from harness.report.pages.run_sections import (
    MissingSection,
    ProvenanceSection,
    RunsSection,
    TrainingSection,
    missing_section,
    provenance_section,
    runs_section,
    training_section,
)
from harness.report.pages.search_section import SearchSection, search_section
from harness.report.pages.variant_section import VariantsSection, variants_section
from harness.report.study import Study
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.language import Language


@dataclass(frozen=True)
class FrontPage:
    """The sections in the order of the page; None for one that there is nothing to show of yet.

    A section's name is that of its template in ``sections/``, of its place on the page and of its title in the
    navigation (``nav-NAME``).
    """

    answer: AnswerSection | FailedPart
    methods: MethodsSection | FailedPart | None
    table: TableSection | FailedPart
    real: RealSection | FailedPart | None
    variants: VariantsSection | FailedPart | None
    extra_tests: ExtraTestsSection | FailedPart | None
    agreement: AgreementSection | FailedPart | None
    cost: CostSection | FailedPart
    tradeoff: TradeoffSection | FailedPart | None
    classes: ClassesSection | FailedPart | None
    confusions: ConfusionsSection | FailedPart | None
    pictures: PicturesSection | FailedPart | None
    labels: LabelsSection | FailedPart | None
    calibration: CalibrationSection | FailedPart | None
    training: TrainingSection | FailedPart
    search: SearchSection | FailedPart
    missing: MissingSection | FailedPart | None
    runs: RunsSection | FailedPart
    provenance: ProvenanceSection | FailedPart

    @property
    def sections(self) -> Iterator[tuple[str, Any]]:
        """Those that there are, by name."""
        for field in fields(self):
            if (section := getattr(self, field.name)) is not None:
                yield field.name, section


def front_page(study: Study, files: Mapping[str, str], say: Language) -> FrontPage:
    """What the front page shows and says.

    Args:
        study: The sweep.
        files: The tables as files, which the page lets the reader copy.
        say: The language.
    """
    sections: dict[str, Callable[[], Any]] = {
        "answer": lambda: answer_section(study, say),
        "methods": lambda: methods_section(study, say),
        "table": lambda: table_section(study, files, say),
        "real": lambda: real_section(study, files, say),
        "variants": lambda: variants_section(study, files, say),
        "extra_tests": lambda: extra_tests_section(study, files, say),
        "agreement": lambda: agreement_section(study, files, say),
        "cost": lambda: cost_section(study, files, say),
        "tradeoff": lambda: tradeoff_section(study, say),
        "classes": lambda: classes_section(study, files, say),
        "confusions": lambda: confusions_section(study, files, say),
        "pictures": lambda: pictures_section(study),
        "labels": lambda: labels_section(study),
        "calibration": lambda: calibration_section(study, say),
        "training": lambda: training_section(study, files, say),
        "search": lambda: search_section(
            study, study.results.headline, study.findings.search, study.findings.advice, files, say
        ),
        "missing": lambda: missing_section(study, say),
        "runs": lambda: runs_section(study, say),
        "provenance": lambda: provenance_section(study),
    }
    with drawing_style():
        made = {name: attempt("section", name, make) for name, make in sections.items()}
    return FrontPage(**made)
