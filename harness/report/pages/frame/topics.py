"""What a report is about: the topics of its navigation, each with a page of its own."""

from collections.abc import Callable
from typing import NamedTuple

from harness.report.pages.label_page import has_label_page
from harness.report.study import Study

Asks = Callable[[Study], bool]


class Topic(NamedTuple):
    """A page that the navigation names by the message ``topic-NAME``.

    ``sections``: what the page is made of, where ``topic.html`` writes it; none of a page with a template of its own.
    ``is_there``: whether the sweep has it. What every sweep comes to has its page from the start, so that no link dies
    while it runs; what has to be asked for, such as several methods, has one where it was.
    """

    name: str
    sections: tuple[str, ...] = ()
    is_there: Asks = lambda study: True

    @property
    def page(self) -> str:
        """Its file in the folder of the language."""
        return "index.html" if self.name == ANSWER else f"{self.name}.html"


ANSWER = "answer"
TOPICS = (
    Topic(ANSWER),
    Topic("certainty", ("real",)),
    Topic("methods", is_there=lambda study: study.methods is not None),
    Topic("controls", ("variants",), lambda study: study.variants is not None),
    Topic("other-tests", ("extra_tests",), lambda study: bool(study.findings.extra_tests)),
    Topic("classes", ("classes",)),
    Topic("errors", ("pictures", "confusions")),
    Topic("labels", is_there=has_label_page),
    Topic("agreement", ("agreement",)),
    Topic("size", ("cost", "tradeoff")),
    Topic("calibration", ("calibration", "beyond")),
    Topic("training", ("training",)),
    Topic("search", ("search",)),
    Topic("runs"),
    Topic("provenance", ("provenance",)),
)
"""In the order of the navigation: the answer and how far to trust it, what it means, how it was come by."""


def find_topics(study: Study) -> tuple[Topic, ...]:
    """Those of a sweep."""
    return tuple(topic for topic in TOPICS if topic.is_there(study))
