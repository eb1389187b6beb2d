"""The front page: the answer, every arm in figures, and a card a topic that leads to its page."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.report.figures.drawing.style import drawing_style
from harness.report.pages.frame.topics import ANSWER, find_topics
from harness.report.pages.sections.answer_sections import AnswerSection, TableSection, answer_section, table_section
from harness.report.pages.topic_cards import Card, topic_card
from harness.report.study import Study
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.language import Language


@dataclass(frozen=True)
class FrontPage:
    """What a reader sees first."""

    answer: AnswerSection | FailedPart
    table: TableSection | FailedPart
    cards: tuple[Card, ...]


def front_page(study: Study, files: Mapping[str, str], say: Language) -> FrontPage:
    """What the front page shows and says.

    Args:
        study: The sweep.
        files: The tables as files, which the page lets the reader copy.
        say: The language.
    """
    with drawing_style():
        return FrontPage(
            answer=attempt("section", "answer", lambda: answer_section(study, say)),
            table=attempt("section", "table", lambda: table_section(study, files, say)),
            cards=tuple(topic_card(topic, study, say) for topic in find_topics(study) if topic.name != ANSWER),
        )
