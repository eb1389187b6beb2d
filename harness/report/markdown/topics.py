"""What each topic's page has that can be said without a figure: the tables, and the sentences that stand with them."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from harness.report.markdown.provenance import provenance_blocks
from harness.report.markdown.writing import code, folded, heading, paragraph, table
from harness.report.study import Study
from harness.report.tables.arms.exports import export_cost_table, export_table
from harness.report.tables.arms.extra_tests import extra_test_table
from harness.report.tables.arms.methods import method_table
from harness.report.tables.arms.seeds import chance_table, seed_table
from harness.report.tables.arms.students import agreement_table, beyond_accuracy, cost_table
from harness.report.tables.arms.variants import variant_table
from harness.report.tables.errors import calibration_table, class_table, confusion_table, pair_table
from harness.report.tables.form.table import Table
from harness.report.tables.trainings.runs import missing_table, role_table
from harness.report.tables.trainings.search import trial_table
from harness.report.tables.trainings.training import measure_table
from harness.report.text.failed_parts import attempt
from harness.report.text.findings.variants import variant_lines
from harness.report.text.language import Language
from harness.report.text.missing import find_missing
from harness.report.text.run_lines import describe_runs, sum_up
from kd.plain_text import escape_markdown

Blocks = Callable[[Study, Language], Iterator[str]]


def _table(name: str, make: Callable[[], Table], say: Language) -> Iterator[str]:
    return table(attempt("table", name, make), say)


def _of_study(name: str, make: Callable[[Study, Language], Table], title: str = "") -> Blocks:
    """A table of the study: open, or folded behind a title."""

    def blocks(study: Study, say: Language) -> Iterator[str]:
        made = _table(name, partial(make, study, say), say)
        return folded(say(title), *made) if title else made

    return blocks


def _together(*parts: Blocks) -> Blocks:
    def blocks(study: Study, say: Language) -> Iterator[str]:
        for part in parts:
            yield from part(study, say)

    return blocks


def _chance(study: Study, say: Language) -> Iterator[str]:
    gain = study.answer.gain
    return iter(()) if gain is None else _table("chance", lambda: chance_table(gain, say), say)


def _variants(study: Study, say: Language) -> Iterator[str]:
    for line in variant_lines(study.variants, say):
        yield from paragraph(line, say=say)


def _pairs(study: Study, say: Language) -> Iterator[str]:
    errors, pairs = study.errors, study.findings.confused_pairs
    if errors is not None:
        yield from _table("pairs", lambda: pair_table(pairs, errors, say), say)


def _calibration(study: Study, say: Language) -> Iterator[str]:
    calibration = study.findings.calibration
    if calibration is not None:
        yield from _table("calibration", lambda: calibration_table(calibration, say), say)


def _advice(study: Study, say: Language) -> Iterator[str]:
    if study.findings.advice:
        yield heading(3, say("advice-heading"))
        said = ((escape_markdown(say(one.message, **one.values)), one.change) for one in study.findings.advice)
        yield "\n".join(f"- {text} " + code(f'SET="{change}"') if change else f"- {text}" for text, change in said)


def _trials(study: Study, say: Language) -> Iterator[str]:
    reading, found = study.findings.search, study.results.headline
    if reading is not None:
        trials = _table("trials", lambda: trial_table(study, say, [(found, reading.listed)]), say)
        yield from folded(say("markdown-trials"), *trials)


def _runs(study: Study, say: Language) -> Iterator[str]:
    lines, missing = describe_runs(study.results, say), find_missing(study.results, say)
    yield from _table("roles", lambda: role_table(sum_up(lines), say), say)
    if missing:
        yield heading(3, say("missing-results"))
        yield from _table("missing", lambda: missing_table(missing, frozenset(), say), say)


BLOCKS: Mapping[str, Blocks] = {
    "certainty": _together(_chance, _of_study("seeds", seed_table, "real-by-seed")),
    "methods": _of_study("methods", method_table),
    "controls": _together(_variants, _of_study("variants", variant_table, "markdown-table")),
    "other-tests": _of_study("extra_tests", extra_test_table),
    "classes": _of_study("classes", class_table, "markdown-table"),
    "errors": _together(_pairs, _of_study("confusions", confusion_table, "confusions-changed")),
    "agreement": _of_study("agreement", agreement_table, "markdown-table"),
    "size": _together(
        _of_study("cost", cost_table),
        _of_study("exports", export_table, "export-heading"),
        _of_study("exports_cost", export_cost_table),
    ),
    "calibration": _together(_calibration, _of_study("beyond_accuracy", beyond_accuracy, "table-beyond")),
    "training": _of_study("training", measure_table, "measures"),
    "search": _together(_advice, _trials),
    "runs": _runs,
    "provenance": provenance_blocks,
}
"""By the topic; one that is not here has its line alone."""
