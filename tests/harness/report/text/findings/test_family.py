"""What is said of several students, in both languages."""

from pathlib import Path
from typing import Any

import pytest

from harness.report.analysis.family import Family
from harness.report.study import family_of, read_studies
from harness.report.text.findings.family import MAX_NAMED, family_lines, family_sentence, notes_of, student_reasons
from harness.report.text.language import language
from tests.support.invented_family import Invented, invent_family

EN, ZH = language("en"), language("zh")


def family(results: Path, students: dict[str, Invented], **more: Any) -> Family:
    folder = invent_family(results, students, **more)
    found = family_of(read_studies(folder, results / ".data"))
    assert found is not None
    return found


GOOD, EDGE, BAD = Invented(0.95, 3000), Invented(0.9405, 2000), Invented(0.8, 500)


@pytest.mark.parametrize(
    ("students", "begins", "holds"),
    [
        ({"a": GOOD, "c": BAD}, "The smallest student within 1 point of the teacher is a: 9", "30.0 % of its param"),
        (
            {"a": GOOD, "b": EDGE},
            "The smallest student within 1 point",
            "b is smaller still and may also be within 1 point: 9",
        ),
        (
            {"b": EDGE, "c": BAD},
            "No student is clearly within 1 point of the teacher. The smallest that may be within it is b",
            "",
        ),
        ({"b": BAD, "c": BAD}, "No student is within 1 point of the teacher. The nearest is b: 7", "of its param"),
    ],
)
def test_the_sentence(tmp_path: Path, students: dict[str, Invented], begins: str, holds: str) -> None:
    found = family(tmp_path, students)
    sentence = family_sentence(found, EN)
    assert sentence.startswith(begins) and holds in sentence and "95 % interval" in sentence
    assert "nan" not in sentence.lower()
    chinese = family_sentence(found, ZH)
    assert "1 个百分点" in chinese and "student" not in chinese


def test_a_larger_student_has_times_as_many_parameters(tmp_path: Path) -> None:
    found = family(tmp_path, {"giant": Invented(0.95, 25_000)})
    assert family_sentence(found, EN).endswith("with 2.5× its parameters.")
    assert family_sentence(found, ZH).endswith("参数量为其 2.5 倍。")


def test_two_seeds_cannot_tell(tmp_path: Path) -> None:
    found = family(tmp_path, {"a": GOOD, "b": BAD}, seeds=2)
    assert family_sentence(found, EN).startswith("2 seeds cannot tell which student is within 1 point of the teacher.")


def test_a_failed_student_is_named_and_the_others_answers_stand(tmp_path: Path) -> None:
    found = family(tmp_path, {"broken": Invented(0.9, fails=True), "whole": GOOD})
    sentence, *lines = family_lines(found, EN)
    assert sentence.startswith("The smallest student within 1 point of the teacher is whole: ")
    assert sentence.endswith("Without a result: broken (6 of 6 trainings failed).")
    assert any(line.startswith("broken: no answer (") for line in lines)
    assert any(line.startswith("whole: A real gain: +") for line in lines)
    assert "没有结果：broken" in family_sentence(found, ZH)


def test_before_test_is_read_nothing_is_claimed(tmp_path: Path) -> None:
    found = family(tmp_path, {"a": GOOD, "b": BAD}, is_tested=False)
    assert family_sentence(found, EN) == (
        "Which student is within 1 point of the teacher cannot be told yet. Not known yet: a (not tested yet); "
        "b (not tested yet)."
    )


def test_of_many_holes_a_few_are_named(tmp_path: Path) -> None:
    found = family(tmp_path, {f"s{n}": GOOD for n in range(MAX_NAMED + 2)}, is_tested=False)
    assert "s3 (not tested yet); and 2 more." in family_sentence(found, EN)


def test_a_student_that_the_teacher_is_not_better_than_is_told_so(tmp_path: Path) -> None:
    found = family(tmp_path, {"better": Invented(0.97, 20_000, alone=0.96), "small": EDGE})
    (line,) = [line for line in student_reasons(found, EN) if line.startswith("better: ")]
    assert "The teacher is not better than the student alone" in line


def test_notes(tmp_path: Path) -> None:
    found = family(tmp_path, {"a": GOOD, "worse": Invented(0.93, 4000), "giant": Invented(0.94, 50_000, ms=9)})
    notes = [notes_of(row, found, EN) for row in found.rows]
    assert notes == [
        ["the smallest within 1 point"],
        ["a is at least as accurate and costs no more"],
        ["a is at least as accurate and costs no more"],
    ]
