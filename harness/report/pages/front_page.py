"""The front page: a section a field, each with all that its template shows."""

from collections.abc import Iterator, Mapping
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
from harness.report.pages.run_sections import (
    MissingSection,
    ProvenanceSection,
    RunsSection,
    SearchSection,
    TrainingSection,
    missing_section,
    provenance_section,
    runs_section,
    search_section,
    training_section,
)
from harness.report.study import Study
from harness.report.text.language import Language


@dataclass(frozen=True)
class FrontPage:
    """The sections in the order of the page; None for one that there is nothing to show of yet.

    A section's name is that of its template in ``sections/``, of its place on the page and of its title in the
    navigation (``nav-NAME``).
    """

    answer: AnswerSection
    table: TableSection
    real: RealSection | None
    agreement: AgreementSection | None
    cost: CostSection
    tradeoff: TradeoffSection | None
    classes: ClassesSection | None
    confusions: ConfusionsSection | None
    pictures: PicturesSection | None
    calibration: CalibrationSection | None
    training: TrainingSection
    search: SearchSection
    missing: MissingSection | None
    runs: RunsSection
    provenance: ProvenanceSection

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
    with drawing_style():
        return FrontPage(
            answer=answer_section(study, say),
            table=table_section(study, files, say),
            real=real_section(study, files, say),
            agreement=agreement_section(study, files, say),
            cost=cost_section(study, files, say),
            tradeoff=tradeoff_section(study, say),
            classes=classes_section(study, files, say),
            confusions=confusions_section(study, files, say),
            pictures=pictures_section(study),
            calibration=calibration_section(study, say),
            training=training_section(study, files, say),
            search=search_section(study, files, say),
            missing=missing_section(study, say),
            runs=runs_section(study, say),
            provenance=provenance_section(study),
        )
