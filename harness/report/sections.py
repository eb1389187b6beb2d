"""What the templates of single sections are given: findings reckoned once, and their words in a language."""

from dataclasses import dataclass
from typing import Any

from harness.report import advice
from harness.report.gallery import Gallery, find_galleries
from harness.report.language import Language
from harness.report.mistakes import Mistakes
from harness.report.results import Results
from harness.report.search import MIN_TRIALS_FOR_MAP, SearchReading, read_search
from harness.report.text import percent, points


@dataclass(frozen=True)
class Findings:
    """What is reckoned beyond the answer, whatever the language."""

    search: SearchReading | None
    advice: tuple[advice.Advice, ...]
    galleries: tuple[Gallery, ...]


def find(results: Results, mistakes: Mistakes | None) -> Findings:
    """Everything that these results allow."""
    search = read_search(results)
    return Findings(
        search=search,
        advice=tuple(advice.find_advice(results, search)) if search else (),
        galleries=find_galleries(mistakes),
    )


def front_sections(findings: Findings, say: Language) -> dict[str, Any]:
    """What the front page's sections show and say."""
    return _search(findings, say)


def _search(findings: Findings, say: Language) -> dict[str, Any]:
    reading = findings.search
    if reading is None:
        return {"reading": None}
    from harness.report import search_figures, svg  # Matplotlib takes half a second to load

    def quantity(difference: float) -> str:
        return say("trials-points", value=points(difference)) if reading.maximize else f"{difference:.4f}"

    with svg.drawing_style():
        figures = search_figures.all_figures(reading, say)
    return {
        "reading": reading,
        "advice": findings.advice,
        "trial_figures": figures,
        "num_outside": search_figures.num_outside(reading),
        "min_trials_for_map": MIN_TRIALS_FOR_MAP,
        "min_ended": advice.MIN_ENDED,
        "search_quantity": quantity,
        "search_value": lambda value: f"{percent(value)} %" if reading.maximize else f"{value:.4f}",
    }
