"""The list of doubted labels says everything that a person needs to correct them."""

from dataclasses import replace

from harness.report.analysis.errors.suspect_labels import SuspectLabel, SuspectLabels
from harness.report.study import read_study
from harness.report.tables.labels import label_files, label_records


def test_names_are_the_sources_own(invented):
    study = read_study(invented, invented.parent / ".data")
    one = SuspectLabel(4, 1, 2, 0.75, 1, 2, False)
    part = SuspectLabels("test", 60, 1, 4, (one,), 0)
    study = study._replace(findings=replace(study.findings, suspects=(part,)))
    (record,) = label_records(study)
    assert record == {
        "split": "test",
        "index": 4,
        "source_split": "test",
        "source_row": 4,
        "file": None,
        "label": "a & b",
        "suggested_label": 'quote"s',
        "confidence": 0.75,
        "votes": "3 of 5",
        "teacher_votes": 1,
        "num_teachers": 1,
        "student_votes": 2,
        "num_students": 4,
    }
    study = study._replace(findings=replace(study.findings, suspects=()))
    assert label_files(study) == {}
