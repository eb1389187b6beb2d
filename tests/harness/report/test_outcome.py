"""What a sweep's end says, and whose model it publishes."""

from pathlib import Path

from harness.report.analysis.arms.gains import find_answer, find_rows
from harness.report.analysis.causes import explain
from harness.report.outcome import find_outcome
from harness.report.publish.student import publish_student
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from tests.support.invented_family import Invented, invent_family


def test_of_one_student_it_is_the_answer_and_that_student(invented: Path) -> None:
    outcome = find_outcome(invented)
    results = read_results(invented)
    rows = find_rows(results)
    answer = find_answer(results, rows)
    assert outcome.lines == answer_lines(answer, language("en"), causes=explain(results, answer))
    assert outcome.results.plan.student_key == ""


def test_of_several_the_smallest_within_a_point_stands_for_the_sweep(tmp_path: Path) -> None:
    folder = invent_family(tmp_path, {"large": Invented(0.95, 9000), "small": Invented(0.949, 800)})
    outcome = find_outcome(folder)
    assert outcome.lines[0].startswith("The smallest student within 1 point of the teacher is small")
    assert [line.partition(":")[0] for line in outcome.lines[-2:]] == ["large", "small"]
    assert outcome.results.plan.student_key == "small"


def test_without_a_trained_student_nothing_is_published(tmp_path: Path) -> None:
    folder = invent_family(tmp_path, {"a": Invented(0.9, fails=True), "b": Invented(0.9)}, is_tested=False)
    outcome = find_outcome(folder)
    assert publish_student(outcome.results) is None
    assert outcome.lines[0].startswith("Which student is within 1 point of the teacher cannot be told")
