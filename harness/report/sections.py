"""What the templates of single sections are given: findings reckoned once, and their words in a language."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.report import advice
from harness.report.answer import Row
from harness.report.calibration import NUM_BINS, Calibration, find_calibration
from harness.report.confusions import MAX_ROWS, ConfusedPair, Matrix, confused_pairs, find_matrix
from harness.report.costs import Cost
from harness.report.gallery import Gallery, find_galleries
from harness.report.language import Language
from harness.report.mistakes import Mistakes
from harness.report.reproduction import Command, Effort, Part, find_command, find_effort, find_parts
from harness.report.results import Results
from harness.report.search import MAX_TRIALS_FOR_IMPORTANCE, MIN_TRIALS_FOR_MAP, SearchReading, read_search
from harness.report.statistics import Estimate, verdict
from harness.report.text import percent, points
from harness.report.tradeoffs import Point, latency_points, size_points


@dataclass(frozen=True)
class Findings:
    """What is reckoned beyond the answer, whatever the language."""

    search: SearchReading | None
    advice: tuple[advice.Advice, ...]
    galleries: tuple[Gallery, ...]
    calibration: Calibration | None
    matrix: Matrix | None
    confused_pairs: tuple[ConfusedPair, ...]
    size_points: list[Point]
    latency_points: list[Point]
    effort: Effort
    parts: tuple[Part, ...]
    command: Command


def find(
    results: Results, mistakes: Mistakes | None, rows: Sequence[Row], costs: Sequence[Cost], data_root: Path
) -> Findings:
    """Everything that these results allow."""
    reference = results.plan.sweep.reference
    search = read_search(results)
    return Findings(
        search=search,
        advice=tuple(advice.find_advice(results, search)) if search else (),
        galleries=find_galleries(mistakes),
        calibration=find_calibration(results),
        matrix=find_matrix(mistakes) if mistakes else None,
        confused_pairs=tuple(confused_pairs(mistakes)) if mistakes else (),
        size_points=size_points(rows, costs, reference),
        latency_points=latency_points(rows, costs, reference),
        effort=find_effort(results),
        parts=find_parts(results.plan.data, data_root),
        command=find_command(results),
    )


def front_sections(findings: Findings, mistakes: Mistakes | None, say: Language) -> dict[str, Any]:
    """What the front page's sections show and say."""
    from harness.report import svg, tradeoff_figures  # Matplotlib takes half a second to load

    with svg.drawing_style():
        return {
            "size_figure": tradeoff_figures.scatter("size", findings.size_points, say),
            "latency_figure": tradeoff_figures.scatter("latency", findings.latency_points, say),
            "effort": findings.effort,
            "parts": findings.parts,
            "command": findings.command,
            **_search(findings, say),
            **_calibration(findings, say),
            **_confusions(findings, mistakes, say),
        }


def grouped_confusions(findings: Findings, mistakes: Mistakes | None, say: Language) -> dict[str, Any]:
    """The page of the most confused classes, where there are too many for one map."""
    from harness.report import error_figures, svg

    matrix = findings.matrix
    assert matrix is not None and mistakes is not None
    names = mistakes.class_names
    with svg.drawing_style():
        change = error_figures.change_map(matrix, names, say)
        drawings = [error_figures.arm_map(key, matrix, names, say) for key in matrix.by_arm]
    return {
        "matrix": matrix,
        "matrix_share": matrix.share_inside,
        "drawings": ([change] if change else []) + drawings,
        "confused_pairs": findings.confused_pairs,
    }


def _search(findings: Findings, say: Language) -> dict[str, Any]:
    reading = findings.search
    if reading is None:
        return {"reading": None}
    from harness.report import search_figures

    def quantity(difference: float) -> str:
        return say("trials-points", value=points(difference)) if reading.maximize else f"{difference:.4f}"

    return {
        "reading": reading,
        "advice": findings.advice,
        "trial_figures": search_figures.all_figures(reading, say),
        "num_outside": search_figures.num_outside(reading),
        "min_trials_for_map": MIN_TRIALS_FOR_MAP,
        "most_for_importance": MAX_TRIALS_FOR_IMPORTANCE,
        "min_ended": advice.MIN_ENDED,
        "search_quantity": quantity,
        "search_value": lambda value: f"{percent(value)} %" if reading.maximize else f"{value:.4f}",
    }


def _calibration(findings: Findings, say: Language) -> dict[str, Any]:
    calibration = findings.calibration
    if calibration is None:
        return {"calibration": None}
    from harness.report import error_figures

    change = calibration.change
    return {
        "calibration": calibration,
        "calibration_figure": error_figures.reliability_diagram(calibration, say),
        # Less error is a gain.
        "calibration_verdict": verdict(Estimate(-change.mean, -change.high, -change.low)) if change else None,
        "num_bins": NUM_BINS,
        "min_in_bin": error_figures.MIN_IN_BIN,
    }


def _confusions(findings: Findings, mistakes: Mistakes | None, say: Language) -> dict[str, Any]:
    matrix = findings.matrix
    if matrix is None or mistakes is None:
        return {}
    from harness.report import error_figures

    change = None if matrix.has_others else error_figures.change_map(matrix, mistakes.class_names, say)
    return {"confusion_change": change, "confused_pairs": findings.confused_pairs, "max_rows": MAX_ROWS}
