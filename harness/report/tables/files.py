"""Every table of the report as files: what stands in it, for programs and for people."""

from collections.abc import Callable
from typing import Any

from harness.report.study import Study
from harness.report.tables.errors import class_table, confusion_table
from harness.report.tables.latex import floating
from harness.report.tables.runs import run_table
from harness.report.tables.search import trial_table
from harness.report.tables.seeds import seed_table
from harness.report.tables.students import MAIN, agreement_table, beyond_accuracy, cost_table, main_table
from harness.report.tables.table import Table, to_csv, to_json
from harness.report.tables.training import measure_table
from harness.report.text.headline import answer_lines
from harness.report.text.language import LANGUAGES, Language, folder_of, language

FOLDER = "tables"
MAKERS: tuple[Callable[[Study, Language], Table], ...] = (
    main_table, beyond_accuracy, seed_table, agreement_table, cost_table, class_table, confusion_table, measure_table,
    trial_table, run_table,
)  # fmt: skip


def find_tables(study: Study, say: Language) -> list[Table]:
    """All tables that have anything to show, the main one first."""
    return [table for maker in MAKERS if (table := maker(study, say)).records]


def table_files(study: Study) -> dict[str, str]:
    """Every table by file name: for programs once, for people in each language's folder.

    The main one keeps its place beside the page, and its JSON holds the answer too.
    """
    label = f"tab:{study.results.plan.sweep.name}"
    files: dict[str, str] = {}
    for code in LANGUAGES:
        for table in find_tables(study, language(code)):
            path = path_of(table)
            if code == next(iter(LANGUAGES)):
                files |= {f"{path}.csv": to_csv(table.flat()), f"{path}.json": to_json(table.flat())}
            spoken = folder_of(code) + path
            files[f"{spoken}.md"] = table.to_markdown()
            files[f"{spoken}.tex"] = floating(table, label if table.name == MAIN else f"{label}-{table.name}")
    return files | {"table.json": to_json(_document(study))}


def path_of(table: Table) -> str:
    """A table's files in the site, without their endings and the language's folder."""
    return "table" if table.name == MAIN else f"{FOLDER}/{table.name}"


def _document(study: Study) -> dict[str, Any]:
    """``table.json``: the answer, the main table, the classes, and how speed was measured."""
    say, speed = language(next(iter(LANGUAGES))), study.results.speed
    return {
        "schema_version": 1,
        "answer": list(answer_lines(study.answer, say)),
        "table": main_table(study, say).flat(),
        "classes": class_table(study, say).flat(),
        "speed": speed.model_dump(mode="json", exclude={"schema_version", "timings"}) if speed else None,
    }
