"""The list of labels worth a second look, as files that a person corrects from."""

from typing import Any

from harness.report.analysis.errors.suspect_labels import SuspectLabel, SuspectLabels
from harness.report.study import Study
from harness.report.tables.form.table import to_csv, to_json
from harness.report.text.failed_parts import FailedPart, attempt

LABELS = "tables/labels"


def label_files(study: Study) -> dict[str, str]:
    """CSV and JSON; nothing where no label is doubted."""
    made = attempt("table", "labels", lambda: label_records(study))
    if isinstance(made, FailedPart) or not made:
        return {}
    return {f"{LABELS}.csv": to_csv(made), f"{LABELS}.json": to_json(made)}


def label_records(study: Study) -> list[dict[str, Any]]:
    """A row an image: which it is, its label and the suggested one, both as the source calls them, and the votes."""
    return [_record(part, one, study) for part in study.findings.suspects for one in part.suspects]


def _record(part: SuspectLabels, one: SuspectLabel, study: Study) -> dict[str, Any]:
    places = study.findings.places
    names = places.names if places else study.results.class_names
    num_models = part.num_teachers + part.num_students
    return {
        "split": part.part,
        "index": one.image,
        "source_split": places.split[part.part] if places else None,
        "source_row": places.position(part.part, one.image) if places and places.are_rows else None,
        "file": places.file(part.part, one.image) if places else None,
        "label": names[one.label] if names else one.label,
        "suggested_label": names[one.suggested] if names else one.suggested,
        "confidence": one.confidence,
        "votes": f"{one.teacher_votes + one.student_votes} of {num_models}",
        "teacher_votes": one.teacher_votes,
        "num_teachers": part.num_teachers,
        "student_votes": one.student_votes,
        "num_students": part.num_students,
    }
