"""What the templates of single sections are given: findings reckoned once, and their words in a language."""

from collections.abc import Mapping
from typing import Any

import yaml

from harness.report.analysis.attempts import find_progress, summarize_attempts
from harness.report.analysis.calibration import NUM_BINS
from harness.report.analysis.confusions import MAX_ROWS
from harness.report.analysis.convergence import find_measures
from harness.report.analysis.errors import ErrorAnalysis
from harness.report.analysis.search import MAX_TRIALS_FOR_IMPORTANCE, MIN_TRIALS_FOR_MAP
from harness.report.analysis.statistics import Estimate, verdict
from harness.report.pages.run_pages import front_of_runs
from harness.report.study import Findings, Study, seed_pairs
from harness.report.text import advice
from harness.report.text.headline import lead_sentence
from harness.report.text.language import Language
from harness.report.text.missing import find_missing
from harness.report.text.numbers import percent, points

NUM_SAMPLES = 10
NUM_CHANGED = 12  # pictures shown of each kind: fixed, broken
NUM_PAIRS = 10


def front_sections(findings: Findings, errors: ErrorAnalysis | None, say: Language) -> dict[str, Any]:
    """What the front page's sections show and say."""
    from harness.report.figures import style, tradeoff  # Matplotlib takes half a second to load

    with style.drawing_style():
        return {
            "size_figure": tradeoff.scatter("size", findings.size_points, say),
            "latency_figure": tradeoff.scatter("latency", findings.latency_points, say),
            "data_splits": findings.data_splits,
            "command": findings.command,
            **_search(findings, say),
            **_calibration(findings, say),
            **_confusions(findings, errors, say),
        }


def grouped_confusions(findings: Findings, errors: ErrorAnalysis | None, say: Language) -> dict[str, Any]:
    """The page of the most confused classes, where there are too many for one map."""
    from harness.report.figures import confusion_maps, style

    matrix = findings.matrix
    assert matrix is not None and errors is not None
    names = errors.class_names
    with style.drawing_style():
        change = confusion_maps.change_map(matrix, names, say)
        drawings = [confusion_maps.arm_map(key, matrix, names, say) for key in matrix.by_arm]
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
    from harness.report.figures import search

    def quantity(difference: float) -> str:
        return say("trials-points", value=points(difference)) if reading.maximize else f"{difference:.4f}"

    return {
        "reading": reading,
        "advice": findings.advice,
        "trial_figures": search.all_figures(reading, say),
        "num_outside": search.num_outside(reading),
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
    from harness.report.figures.calibration import MIN_IN_BIN, reliability_diagram, true_class_figure

    change = calibration.change
    return {
        "calibration": calibration,
        "calibration_figure": reliability_diagram(calibration, say),
        "true_class_figure": true_class_figure(findings.true_class, say),
        # Less error is a gain.
        "calibration_verdict": verdict(Estimate(-change.mean, -change.high, -change.low)) if change else None,
        "num_bins": NUM_BINS,
        "min_in_bin": MIN_IN_BIN,
    }


def _confusions(findings: Findings, errors: ErrorAnalysis | None, say: Language) -> dict[str, Any]:
    matrix = findings.matrix
    if matrix is None or errors is None:
        return {}
    from harness.report.figures import confusion_maps

    change = None if matrix.has_others else confusion_maps.change_map(matrix, errors.class_names, say)
    return {"confusion_change": change, "confused_pairs": findings.confused_pairs, "max_rows": MAX_ROWS}


def front_facts(study: Study, files: Mapping[str, str]) -> dict[str, Any]:
    """What the front page shows, in figures."""
    results, answer = study.results, study.answer
    # The resolved sweep as the reader could have written it.
    resolved = yaml.safe_dump(
        results.plan.sweep.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100
    )
    return {
        "results": results,
        "rows": study.rows,
        "answer": answer,
        "agreements": study.agreements,
        "costs": study.costs,
        "seed_pairs": seed_pairs(results),
        "measures": find_measures(results),
        "pairs": study.errors.changed_pairs(NUM_PAIRS) if study.errors else [],
        "samples": study.errors.samples(NUM_SAMPLES) if study.errors else (),
        "num_changed": NUM_CHANGED,
        "attempts": summarize_attempts(results),
        "progress": find_progress(results),
        "resolved": resolved,
        "files": files,
        "published": results.plan.sweep.reference,
        "skipped": study.pictures.store.skipped if study.pictures else [],
    }


def front_words(study: Study, say: Language) -> dict[str, Any]:
    """What the front page shows, in words."""
    # Matplotlib costs half a second; whoever only wants the answer does not pay.
    from harness.report.figures import accuracy, confusion_maps, search, style

    results, errors = study.results, study.errors
    with style.drawing_style():
        return {
            "lead": lead_sentence(study.answer, study.costs, say),
            **front_of_runs(results, say),
            "missing_results": find_missing(results, say),
            "accuracy_figure": accuracy.accuracies(study.rows, results.plan.sweep.reference, say),
            "gain_figure": accuracy.gain_intervals(study.rows, say),
            "search_figure": search.search_map(results, say, study.findings.search),
            "class_figure": accuracy.class_errors(errors.classes, say) if errors else None,
            "max_classes_shown": accuracy.MAX_CLASSES_SHOWN,
            "confusion_figures": confusion_maps.confusion_maps(errors, say) if errors else [],
            **front_sections(study.findings, errors, say),
        }
