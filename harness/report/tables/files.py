"""Every table of the report as files: what stands in it, for programs and for people."""

from collections.abc import Callable
from typing import Any

from harness.report.study import Study
from harness.report.tables.errors import _classes, _confusions
from harness.report.tables.latex import floating
from harness.report.tables.runs import _runs, _training, _trials
from harness.report.tables.students import MAIN, _agreement, _beyond_accuracy, _cost, _seeds, main_table
from harness.report.tables.table import Table, to_csv, to_json
from harness.report.text.headline import answer_lines
from harness.report.text.language import LANGUAGES, Language, folder_of, language

FOLDER = "tables"


def find_tables(study: Study, say: Language) -> list[Table]:
    """All tables that have anything to show, the main one first."""
    makers: tuple[Callable[[Study, Language], Table], ...] = (
        main_table, _beyond_accuracy, _seeds, _agreement, _cost, _classes, _confusions, _training, _trials, _runs,
    )  # fmt: skip
    return [table for maker in makers if (table := maker(study, say)).records]


def table_files(study: Study) -> dict[str, str]:
    """Every table by file name: for programs once, for people in each language's folder.

    The main one keeps its place beside the page, and its JSON holds the answer too.
    """
    label = f"tab:{study.results.plan.sweep.name}"
    files: dict[str, str] = {}
    for code in LANGUAGES:
        for table in find_tables(study, language(code)):
            is_main = table.name == MAIN
            path = "table" if is_main else f"{FOLDER}/{table.name}"
            if code == next(iter(LANGUAGES)):
                files |= {f"{path}.csv": to_csv(table.flat()), f"{path}.json": to_json(table.flat())}
            spoken = folder_of(code) + path
            files[f"{spoken}.md"] = table.to_markdown()
            files[f"{spoken}.tex"] = floating(table, label if is_main else f"{label}-{table.name}")
    return files | {"table.json": to_json(_document(study))}


def _document(study: Study) -> dict[str, Any]:
    """``table.json``: the answer, the main table, the classes, and how speed was measured."""
    say, speed = language(next(iter(LANGUAGES))), study.results.speed
    return {
        "schema_version": 1,
        "answer": list(answer_lines(study.answer, say)),
        "table": main_table(study, say).flat(),
        "classes": _classes(study, say).flat(),
        "speed": speed.model_dump(mode="json", exclude={"schema_version", "timings"}) if speed else None,
    }
