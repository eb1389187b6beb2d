"""Every table of the report as files: what stands in it, for programs and for people."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from harness.report.study import Study
from harness.report.tables.arms.exports import export_cost_table, export_table
from harness.report.tables.arms.extra_tests import extra_test_table, set_tables
from harness.report.tables.arms.methods import method_table
from harness.report.tables.arms.seeds import seed_table
from harness.report.tables.arms.students import MAIN, agreement_table, beyond_accuracy, cost_table, main_table
from harness.report.tables.arms.variants import variant_table
from harness.report.tables.errors import class_table, confusion_table
from harness.report.tables.form.latex import floating
from harness.report.tables.form.table import Table, to_csv, to_json
from harness.report.tables.labels import label_files
from harness.report.tables.trainings.runs import run_table
from harness.report.tables.trainings.search import trial_table
from harness.report.tables.trainings.training import measure_table
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import LANGUAGES, Language, folder_of, language

FOLDER = "tables"
MAKERS: Mapping[str, Callable[[Study, Language], Table]] = {
    MAIN: main_table,
    "methods": method_table,
    "variants": variant_table,
    "beyond_accuracy": beyond_accuracy,
    "seeds": seed_table,
    "agreement": agreement_table,
    "cost": cost_table,
    "exports": export_table,
    "exports_cost": export_cost_table,
    "extra_tests": extra_test_table,
    "classes": class_table,
    "confusions": confusion_table,
    "training": measure_table,
    "trials": trial_table,
    "runs": run_table,
}
"""By the name of the table that each makes."""


def find_tables(study: Study, say: Language) -> list[Table]:
    """All tables that have anything to show, the main one first; none that fails."""
    made = [attempt("table", name, partial(maker, study, say)) for name, maker in MAKERS.items()]
    sets = attempt("table", "tests", lambda: list(set_tables(study, say)))
    made += [] if isinstance(sets, FailedPart) else sets
    return [table for table in made if isinstance(table, Table) and table.records]


def table_files(study: Study) -> dict[str, str]:
    """Every table by file name: for programs once, for people in each language's folder.

    The main one keeps its place beside the page, and its JSON holds the answer too.
    """
    label = f"tab:{study.results.plan.sweep.name}"
    files: dict[str, str] = {}
    for code in LANGUAGES:
        for table in find_tables(study, language(code, study.results.metric)):
            name = label if table.name == MAIN else f"{label}-{table.name}"
            written = attempt("table", table.name, partial(files_of, table, name, code))
            files |= {} if isinstance(written, FailedPart) else written
    files |= label_files(study)
    document = attempt("file", "table.json", lambda: to_json(_document(study)))
    return files if isinstance(document, FailedPart) else files | {"table.json": document}


def files_of(table: Table, label: str, code: str) -> dict[str, str]:
    """A table's files in a language's folder, those for programs with the first language's.

    Args:
        table: In that language.
        label: In LaTeX.
        code: The language's.
    """
    path = path_of(table)
    spoken = folder_of(code) + path
    files = {f"{spoken}.md": table.to_markdown(), f"{spoken}.tex": floating(table, label)}
    if code == next(iter(LANGUAGES)):
        files |= {f"{path}.csv": to_csv(table.flat()), f"{path}.json": to_json(table.flat())}
    return files


def path_of(table: Table) -> str:
    """A table's files in the site, without their endings and the language's folder."""
    return "table" if table.name == MAIN else f"{FOLDER}/{table.name}"


def _document(study: Study) -> dict[str, Any]:
    """``table.json``: the answer, the main table, the classes, and how speed was measured."""
    results = study.results
    say, speed = language(next(iter(LANGUAGES)), results.metric), results.speed
    lines = answer_lines(study.answer, say, study.methods, study.findings.causes, study.variants, study.costs)
    return {
        "schema_version": 1,
        "answer": list(lines),
        "table": main_table(study, say).flat(),
        "methods": method_table(study, say).flat(),
        "variants": variant_table(study, say).flat(),
        "classes": class_table(study, say).flat(),
        "speed": speed.model_dump(mode="json", exclude={"schema_version", "timings", "turns"}) if speed else None,
    }
