"""Exports are read as they are: none, damaged, newer."""

import json
from pathlib import Path

import numpy as np
import pytest

from harness.report.results.reading.reader import read_results, read_students
from harness.report.text.language import LANGUAGES, language
from harness.report.text.missing import find_missing
from kd.exports import Export
from kd.files import read_record, write_record
from tests.support.invented_exports import invent_export
from tests.support.invented_family import Invented, invent_family


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


def test_of_several_students_only_its_own_is_told_of_an_export(tmp_path: Path) -> None:
    folder = invent_family(tmp_path, {"a": Invented(0.93), "b": Invented(0.9)})
    path, say = invent_export(folder), language("en")
    first, second = read_students(folder)
    assert (len(first.exports), len(second.exports)) == (1, 0)
    assert find_missing(first, say) == find_missing(second, say) == []
    record = read_record(path, Export)
    request = record.request.model_copy(update={"arms": record.request.arms | {"baseline": ("baseline-gone",)}})
    with np.load(path.with_suffix(".npz")) as arrays:
        kept = dict(arrays)
    gone = {f"{form} baseline-gone": kept["labels"] for form in ("fp32", "int8")}
    np.savez(path.with_suffix(".npz"), allow_pickle=False, **kept, **gone)
    write_record(path, record.model_copy(update={"request": request}))
    assert [len(find_missing(one, say)) for one in read_students(folder)] == [1, 0]
