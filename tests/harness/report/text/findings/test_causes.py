"""Causes in words: each with its numbers and what to try, in both languages."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import Answer, find_answer
from harness.report.analysis.arms.guessing import Guessing
from harness.report.analysis.causes import Cause, SmallGain
from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.analysis.evidence import Claim, Disputed, LateLearning, OffLabel, OnViews, UnevenTuning
from harness.report.analysis.search.edges import Edge
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.causes import reasons
from harness.report.text.language import LANGUAGES, language
from harness.state.stages.weak_teacher import WeakTeacher
from kd.config import TrainConfig
from kd.records import Scores

EN = language("en")
ESTIMATE = Estimate(0.004, -0.006, 0.014, 0.4)
GAIN = Gain(ESTIMATE, ESTIMATE, ESTIMATE, 5, 1500, 0.9, 0.904)
CLAIM = Claim(0.95, Scores(num_images=500, accuracy=0.6, nll=1.0, confusion=[]), "cats & dogs")
WIDER = "search.space.temperature.high=40"
CAUSES = {
    "not better than the student alone: val accuracy 10.00 % against 90.00 % (1 baseline)": Cause(
        "weak-teacher", WeakTeacher(0.1, 0.9, 1, 1)
    ),
    "labels but has little to teach: train it longer": Cause("weak-teacher", WeakTeacher(0.1, 0.9, 1, 1)),
    "right on every val image, so no teacher could be better there": Cause("weak-teacher", WeakTeacher(1.0, 1.0, 1, 1)),
    "The student alone does no better than always naming the most frequent class of val: 9.63 % against 11.11 % (the "
    "mean of 3 runs). With": Cause("nothing-learned", Guessing("alone", 0.0963, 0.1111, 3)),
    "The distilled student does no better than always naming the most frequent class of val: 9.63 % against 11.11 %. "
    "It": Cause("nothing-learned", Guessing("distilled", 0.0963, 0.1111, 1)),
    "its model card says: 60.0 % on val against 95.0 % (cats & dogs)": Cause("other-input", CLAIM),
    "its model card says: 60.0 % on val against 95.0 %. Its input": Cause("other-input", CLAIM._replace(dataset="")),
    "right on 40.0 % of the training images as the student sees them, augmented, and on 90.0 % of the val": Cause(
        "other-views", OnViews(0.4, 0.9)
    ),
    "on 10.0 % of the val and test images (120 of 1,200) all 7 models confidently agree": Cause(
        "wrong-labels", Disputed(120, 1200, 7)
    ),
    "at T 1.5 the other classes get 0.4 % of the probability there, and 6.0 % on val": Cause(
        "sure-teacher", OffLabel(0.004, 0.06, 1.5, 4.0), "distill.temperature=4"
    ),
    "in the last 2 epochs of 10 the training loss still made 12 % of its total decrease, and val accuracy rose": Cause(
        "underfit", LateLearning(0.12, 0.025, 2, 10), "student.epochs=20"
    ),
    "in the last epoch of 2 the training loss was still falling, and val accuracy rose by 2.08 points": Cause(
        "underfit", LateLearning(1.0, 0.0208, 1, 2), "student.epochs=4"
    ),
    "in the last epoch of 4 the training loss was still falling, and": Cause(
        "underfit", LateLearning(1.3, 0.1, 1, 4), "student.epochs=8"
    ),
    "in the last epoch of 3": Cause("underfit", LateLearning(0.3, 0.1, 1, 3), "student.epochs=6"),
    "trained with optimizer.lr 0.001, the distilled student with optimizer.lr 0.008, as the search of each chose; the "
    "student alone has 2 complete trials, and the usual minimum is 10": Cause(
        "uneven-tuning",
        UnevenTuning({"student.optimizer.lr": 1e-3}, {"student.optimizer.lr": 8e-3}, 2, 2),
        "search.num_trials=10",
    ),
    "The best T, 19, lies within 5 % of the range’s upper end 20 (on the log scale)": Cause(
        "edge", Edge("temperature", 19.0, 20.0, False, True, False, WIDER), WIDER
    ),
    "The best α, 0.01, hardly uses the teacher": Cause("edge", Edge("alpha", 0.01, 0.0, True, False, True, None)),
    "with 1,500 test images and 5 seeds a gain must be 1.43 points": Cause("small-gain", SmallGain(GAIN, 0.0143)),
}


@pytest.fixture
def answer(invented: Path) -> Answer:
    return replace(find_answer(read_results(invented)), teacher_lead=None)


@pytest.mark.parametrize("words", CAUSES)
def test_a_cause_is_said_with_its_evidence_and_what_to_try(answer: Answer, words: str) -> None:
    cause = CAUSES[words]
    (reason,) = reasons(answer, [cause], EN)
    assert words in reason.line(EN) and reason.change == cause.change
    assert reason.remedy or cause.kind in ("edge", "small-gain")
    assert (f'SET="{cause.change}"' in reason.line(EN)) == (cause.change is not None)
    for code in LANGUAGES:
        for number in (1, 3):
            (said,) = reasons(replace(answer, num_teachers=number), [cause], language(code))
            assert said.finding and "{" not in said.line(language(code))


def test_a_teacher_that_is_used_as_it_came_is_not_to_be_trained_longer(answer: Answer) -> None:
    run = answer.teacher.arm.runs[0]
    config = run.run.config
    assert isinstance(config, TrainConfig)
    given = config.model_copy(update={"training": config.training.model_copy(update={"epochs": 0})})
    runs = (replace(run, run=run.run._replace(config=given)),)
    teacher = replace(answer.teacher, arm=replace(answer.teacher.arm, runs=runs))
    cause = Cause("weak-teacher", WeakTeacher(0.1, 0.9, 1, 1))
    (reason,) = reasons(replace(answer, teacher=teacher), [cause], EN)
    assert "train it longer" not in reason.remedy and "check what it is fed" in reason.remedy


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.01, 0.03, None),
        (
            -0.01,
            0.03,
            "The test images cannot tell whether the teacher is better than the student alone: 92.00 % against",
        ),
        (-0.03, -0.01, "On the test images the teacher is not better than the student alone: 92.00 % against"),
    ],
)
def test_a_teacher_that_is_not_clearly_better(answer: Answer, low: float, high: float, words: str | None) -> None:
    mean = (low + high) / 2
    estimate = Estimate(mean, low, high, 0.5)
    lead = Gain(estimate, None, estimate, 5, 100, 0.92 - mean, 0.92)
    found = reasons(replace(answer, teacher_lead=lead), (), EN)
    assert found[0].finding.startswith(words) and not found[0].is_cause if words else found == ()
