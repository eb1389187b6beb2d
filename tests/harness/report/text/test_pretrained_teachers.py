"""What a report says of a teacher that came trained."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from harness.report.text.language import LANGUAGES, language
from harness.report.text.pretrained_teachers import find_pretrained
from harness.sweep.plan import Plan
from kd.records import Scores


def as_it_is(results: Results, train: float, val: float, test: float | None = None) -> Results:
    """The results, had the teacher been a file of weights with these accuracies on a thousand images each."""
    teacher = results.plan.sweep.teacher
    assert teacher is not None
    given = teacher.model_copy(update={"epochs": 0, "checkpoint": "/nowhere/prod.pth", "checkpoint_sha256": "a" * 64})
    plan = Plan(results.plan.sweep.model_copy(update={"teacher": given}), results.record.digest)
    (run,) = plan.teachers
    before = results.teachers[0].metrics
    assert before is not None and results.test is not None
    metrics = before.model_copy(update={"run_id": run.id, "train": scores(train), "val": scores(val)})
    read = replace(results.test, scores={} if test is None else {run.id: scores(test)})
    return replace(results, plan=plan, teachers=(replace(results.teachers[0], run=run, metrics=metrics),), test=read)


def scores(accuracy: float) -> Scores:
    return Scores(num_images=1000, accuracy=accuracy, nll=1.0, confusion=[])


def names(results: Results, data_root: Path) -> list[str]:
    return [message.name for message in find_pretrained(results, data_root)]


@pytest.fixture(scope="module")
def small(finished: Path) -> tuple[Results, Path]:
    return read_results(finished), finished.parent / ".data"


def test_nothing_of_a_teacher_that_was_trained_here(small: tuple[Results, Path]) -> None:
    assert find_pretrained(*small) == ()


@pytest.mark.parametrize(
    ("train", "val", "test", "expected"),
    [
        (0.95, 0.92, 0.92, []),
        (1.0, 0.6, None, ["given-train-known"]),
        (1.0, 0.6, 0.9, ["given-train-known", "given-test-above-val"]),
        (0.6, 0.6, 0.66, ["given-test-above-val"]),
        (0.6, 0.6, 0.63, []),
    ],
)
def test_what_its_accuracies_say(
    small: tuple[Results, Path], train: float, val: float, test: float | None, expected: list[str]
) -> None:
    results, data = small
    assert names(as_it_is(results, train, val, test), data) == ["given-test-seen", *expected]
    assert names(as_it_is(results, train, val, test), data / "gone") == expected


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sentence_is_there_in_every_language(small: tuple[Results, Path], code: str) -> None:
    results, data = small
    say = language(code)
    seen, train, test = map(say, find_pretrained(as_it_is(results, 1.0, 0.6, 0.9), data))
    assert "mnist5k" in seen
    assert "100.0" in train and "60.0" in train
    assert "90.0" in test
