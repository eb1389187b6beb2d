"""What is said of an exported format, in both languages."""

import re
from pathlib import Path

import pytest

from harness.report.analysis.arms.exports import ExportedFormat, find_exports
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.exports import export_lines, export_marks
from harness.report.text.language import LANGUAGES, language
from kd.exports import Format
from tests.support.invented_exports import invent_export


def found(sweep: Path, form: Format = "int8", num_seeds: int = 9) -> ExportedFormat:
    invent_export(sweep, form, num_seeds=num_seeds)
    return find_exports(read_results(sweep))[0]


@pytest.mark.parametrize("code", list(LANGUAGES))
@pytest.mark.parametrize("form", ["fp32", "fp16", "int8"])
def test_every_format_is_described_in_every_language(invented: Path, form: Format, code: str) -> None:
    one, say = found(invented, form), language(code)
    lines = [*export_lines(one, say), export_marks(one.record, say)]
    assert all(form in line for line in lines if line)
    assert len(lines) == (5 if form == "fp32" else 6)
    assert bool(re.search("1.1 to 1.2× as fast|速度为 1.1 到 1.2 倍", "".join(lines))) is (form != "fp32"), (
        "float32 is no ratio to itself"
    )


def test_it_says_whether_distillation_helps_as_much(invented: Path) -> None:
    lines = export_lines(found(invented), language("en"))
    assert any("as int8" in line and "too few seeds to tell" in line for line in lines)
    assert any("26 % of fp32’s 0.408 MB" in line for line in lines)


def test_how_the_file_was_judged_is_said(invented: Path) -> None:
    one = found(invented)
    words = export_marks(one.record, language("en"))
    assert "changes by −0.60 points on 525 images, where a loss of up to 1.00 points was accepted" in words
    assert "calibrated on 512 training images" in words
    again = one.record.model_copy(update={"num_test_readings": 2})
    assert "The test set was read 2 times" in export_marks(again, language("en"))


@pytest.mark.parametrize(("code", "word"), [("en", "balanced test accuracy"), ("zh", "测试平衡准确率")])
def test_balanced_accuracy_is_called_so_and_val_s_plain(invented: Path, code: str, word: str) -> None:
    one, say = found(invented), language(code, "balanced_accuracy")
    own, students, *_ = export_lines(one, say)
    assert ("测试图像上平衡准确率" if code == "zh" else word) in own and word in students
    assert {"en": "points of plain accuracy on 525", "zh": "普通准确率变化"}[code] in export_marks(one.record, say)
