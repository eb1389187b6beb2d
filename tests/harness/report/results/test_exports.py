"""Exports are read as they are: none, damaged, newer."""

import json
from pathlib import Path

import pytest

from harness.report.results.reader import read_results
from harness.report.text.language import LANGUAGES, language
from harness.report.text.missing import find_missing
from tests.support.invented_exports import invent_export


def test_a_sweep_without_exports_has_none(invented: Path) -> None:
    assert read_results(invented).exports == ()


def test_formats_come_in_their_order_with_what_each_student_reads_right(invented: Path) -> None:
    for form in ("int8", "fp32", "fp16"):
        invent_export(invented, form)  # type: ignore[arg-type]
    results = read_results(invented)
    assert [one.record.request.format for one in results.exports] == ["fp32", "fp16", "int8"]
    runs = {run.id for arm in results.arms if arm.kind != "teacher" for run in arm.runs}
    assert all(set(one.right) == set(one.right_fp32) == runs for one in results.exports)


def damage(record: Path, how: str) -> None:
    if how == "newer":
        content = json.loads(record.read_text())
        record.write_text(json.dumps(content | {"schema_version": 99}))
    elif how == "half a record":
        record.write_text(record.read_text()[:40])
    elif how == "predictions gone":
        record.with_suffix(".npz").unlink()
    else:
        record.with_suffix(".npz").write_bytes(b"PK")


@pytest.mark.parametrize("how", ["newer", "half a record", "predictions gone", "half the predictions"])
def test_a_damaged_export_is_named_and_takes_nothing_with_it(invented: Path, how: str) -> None:
    damage(invent_export(invented), how)
    results = read_results(invented)
    assert results.exports == ()
    assert len(results.unreadable) == 1
    for code in LANGUAGES:
        (hole,) = [one for one in find_missing(results, language(code)) if one.what.startswith("exports/int8")]
        assert hole.why
