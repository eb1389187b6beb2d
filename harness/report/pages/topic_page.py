"""The page of a topic: its sections, each with all that its template shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.report.figures.drawing.style import drawing_style
from harness.report.pages.extra_test_pages import extra_tests_section
from harness.report.pages.frame.topics import Topic
from harness.report.pages.sections.answer_sections import (
    agreement_section,
    beyond_section,
    cost_section,
    real_section,
    tradeoff_section,
)
from harness.report.pages.sections.error_sections import (
    calibration_section,
    classes_section,
    confusions_section,
    pictures_section,
)
from harness.report.pages.sections.run_sections import provenance_section, training_section
from harness.report.pages.sections.search_section import search_section
from harness.report.pages.sections.variant_section import variants_section
from harness.report.study import Study
from harness.report.text.failed_parts import attempt
from harness.report.text.language import Language

Files = Mapping[str, str]
Make = Callable[[Study, Files, Language], Any]

SECTIONS: Mapping[str, Make] = {
    "real": real_section,
    "variants": variants_section,
    "extra_tests": extra_tests_section,
    "classes": classes_section,
    "pictures": lambda study, files, say: pictures_section(study),
    "confusions": confusions_section,
    "agreement": agreement_section,
    "cost": cost_section,
    "tradeoff": lambda study, files, say: tradeoff_section(study, say),
    "calibration": lambda study, files, say: calibration_section(study, say),
    "beyond": beyond_section,
    "training": training_section,
    "search": lambda study, files, say: search_section(
        study, study.results.headline, study.findings.search, study.findings.advice, files, say
    ),
    "provenance": lambda study, files, say: provenance_section(study),
}
"""What makes a section: None where there is nothing to show of it yet. Its name is its template's and its place's."""


@dataclass(frozen=True)
class TopicPage:
    """The sections that there are, by name; a failed one is a ``FailedPart``."""

    sections: tuple[tuple[str, Any], ...]

    @property
    def is_alone(self) -> bool:
        """Whether one section is the page, whose heading then is the page's."""
        return len(self.sections) == 1


def topic_page(topic: Topic, study: Study, files: Files, say: Language) -> TopicPage:
    """What a topic's page shows and says.

    Args:
        topic: With its sections.
        study: The sweep.
        files: The tables as files, which the page lets the reader copy.
        say: The language.
    """
    with drawing_style():
        made = [(name, _section(name, study, files, say)) for name in topic.sections]
    return TopicPage(tuple((name, section) for name, section in made if section is not None))


def _section(name: str, study: Study, files: Files, say: Language) -> Any:
    return attempt("section", name, lambda: SECTIONS[name](study, files, say))
