"""The table of students: what each costs, what it reaches, what distillation brought it, how far below the teacher."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from harness.report.analysis.costs import Cost
from harness.report.analysis.family import Family, StudentRow
from harness.report.analysis.words import Verdict, Within
from harness.report.results.sweep_results import Results
from harness.report.tables.arms.students import latencies
from harness.report.tables.files import files_of
from harness.report.tables.form.html import coloured, with_dot
from harness.report.tables.form.table import UNKNOWN, Column, Look, Record, Table, to_json
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.findings.family import family_lines, notes_of
from harness.report.text.findings.speed import speed_beside_teacher
from harness.report.text.labels import hardware_text, verdict_label
from harness.report.text.language import LANGUAGES, Language, folder_of, language
from harness.report.text.numbers import megabytes, percent, quantity, signed_points, significant

STUDENTS = "students"
"""The table, and the folder of the students' own reports."""

_COLOR: Mapping[Within, Verdict] = {"yes": "gain", "no": "loss", "maybe": "no clear difference"}


def student_folder(key: str) -> str:
    """Where a student's own report is, within the sweep's.

    >>> student_folder("tiny")
    'students/tiny/'
    """
    return f"{STUDENTS}/{key}/"


def family_table(family: Family, say: Language) -> Table:
    """The teacher, and a row a student."""
    records = (_teacher(family, say), *(_student(row, family, say) for row in family.rows))
    results = family.teacher.results
    images = next((row.behind.num_images for row in family.rows if row.behind), 0)
    caption = say("family-file-caption", number=len(family.rows), images=images, measured=measured_text(results, say))

    def row_of(record: Record) -> Mapping[str, str]:
        is_chosen = record["is_smallest_within"]
        return {"class": "chosen" if is_chosen else "dominated" if record["dominated_by"] else ""}

    rivals = frozenset(range(1, len(records)))
    return Table(STUDENTS, caption, _columns(say), records, rivals, look=Look("sortable pinned", row=row_of))


def measured_text(results: Results, say: Language) -> str:
    """What speed was measured on."""
    return (
        say("file-cost-measured", hardware=hardware_text(results.speed, say))
        if results.speed
        else say("cost-unmeasured")
    )


def family_files(family: Family, label: str) -> dict[str, str]:
    """The table by file name, and ``table.json``, which holds the answer too."""
    files: dict[str, str] = {}
    for code in LANGUAGES:
        made = attempt("table", STUDENTS, partial(_files, family, label, code))
        files |= {} if isinstance(made, FailedPart) else made
    document = attempt("file", "table.json", lambda: to_json(_document(family)))
    return files if isinstance(document, FailedPart) else files | {"table.json": document}


def _files(family: Family, label: str, code: str) -> dict[str, str]:
    return files_of(family_table(family, language(code, family.teacher.results.metric)), f"{label}-{STUDENTS}", code)


def _document(family: Family) -> dict[str, Any]:
    say = language(next(iter(LANGUAGES)), family.teacher.results.metric)
    return {
        "schema_version": 1,
        "answer": list(family_lines(family, say)),
        "students": family_table(family, say).flat(),
    }


def _teacher(family: Family, say: Language) -> Record:
    answer, costs = family.teacher.answer, family.teacher.costs
    cost = next(cost for cost in costs if cost.key == "teacher")
    name = say("arm", kind="teacher" if answer.num_teachers == 1 else "ensemble")
    none: dict[str, Any] = dict.fromkeys(("page", "gain_verdict", "behind_p", "within", "dominated_by", "dominated_in"))
    return {
        "student": name,
        "role": "teacher",
        **_cost(cost, say),
        "num_seeds": answer.teacher.num_seeds,
        f"test_{say.metric}": answer.teacher.accuracy or UNKNOWN,
        f"baseline_{say.metric}": UNKNOWN,
        "gain": UNKNOWN,
        "behind": UNKNOWN,
        **none,
        "is_smallest_within": False,
        "note": "",
    }


def _student(row: StudentRow, family: Family, say: Language) -> Record:
    answer, behind = row.part.answer, row.behind
    return {
        "student": row.key,
        "role": "student",
        **_cost(row.cost, say),
        "num_seeds": answer.distilled.num_seeds,
        f"test_{say.metric}": row.accuracy or UNKNOWN,
        f"baseline_{say.metric}": answer.baseline.accuracy or UNKNOWN,
        "gain": answer.gain.both if answer.gain else UNKNOWN,
        "behind": behind.both if behind else UNKNOWN,
        "page": student_folder(row.key) + folder_of(say.code) + "index.html",
        "gain_verdict": answer.gain.verdict if answer.gain else None,
        "behind_p": behind.both.p if behind else None,
        "within": row.within,
        "dominated_by": row.dominated_by or None,
        "dominated_in": " ".join(sorted(row.dominated_in)) or None,
        "is_smallest_within": row is family.smallest("yes"),
        "note": say("semicolon").join(notes_of(row, family, say)),
    }


def _cost(cost: Cost, say: Language) -> dict[str, Any]:
    return {
        "model": cost.model,
        "num_parameters": cost.size.num_parameters if cost.size else None,
        "macs": cost.size.macs if cost.size else None,
        **latencies(cost),
        "speed": speed_beside_teacher(cost, say),
    }


def _columns(say: Language) -> tuple[Column, ...]:
    def gain_verdict(record: Record) -> Iterator[str]:
        if record["gain_verdict"] is not None:
            yield coloured(record["gain_verdict"], verdict_label(record["gain_verdict"], say))

    def within(record: Record) -> Iterator[str]:
        if record["within"] is not None:
            yield coloured(_COLOR[record["within"]], say("family-within", within=record["within"]))

    def page(record: Record) -> str | None:
        up = "../" * folder_of(say.code).count("/")  # the students' reports are at the root, whatever the language
        return record["page"] and f"{up}{record['page']}"

    def quartiles(record: Record) -> Iterator[str]:
        low, high = (record[f"latency_single_ms_quartile{which}"] for which in (1, 3))
        if low is not None:
            yield say("interval", low=significant(low), high=significant(high))
        if record["speed"]:
            yield record["speed"]

    return (
        Column("student", say("family-student"), is_text=True, html=_dotted, link=page, below=_below),
        Column("num_parameters", say("head-parameters"), "{:,}".format),
        Column("num_bytes", say("cost-bytes"), megabytes),
        Column("macs", say("head-macs"), quantity),
        Column("latency_single_ms", say("cost-single"), significant, below=quartiles),
        Column(f"test_{say.metric}", say("table-accuracy"), percent),
        Column("gain", say("head-gain-points"), signed_points, percent, below=gain_verdict),
        Column("behind", say("family-behind"), signed_points, percent, below=within),
    )


def _dotted(record: Record) -> str:
    return with_dot("teacher" if record["role"] == "teacher" else "distilled", record["student"])


def _below(record: Record) -> Iterator[str]:
    if record["model"] and record["model"] != record["student"]:
        yield record["model"]
    if record["note"]:
        yield record["note"]
