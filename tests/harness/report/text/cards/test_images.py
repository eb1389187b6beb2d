"""The lines about the test images say what the analysis has found."""

from dataclasses import replace

import pytest

from harness.report.analysis.chance.statistics import Estimate
from harness.report.analysis.errors.confusions import confused_pairs
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.analysis.errors.suspect_labels import SuspectLabels
from harness.report.analysis.words import Verdict
from harness.report.study import Study
from harness.report.text.cards.images import (
    agreement_line,
    calibration_line,
    classes_line,
    errors_line,
    labels_line,
    unread_line,
)
from harness.report.text.language import language
from harness.report.text.numbers import percent

EN, ZH = language("en"), language("zh")


def judged(errors: ErrorAnalysis, *verdicts: Verdict) -> ErrorAnalysis:
    rows = zip(errors.classes, verdicts, strict=True)
    return replace(errors, classes=tuple(replace(row, verdict=verdict) for row, verdict in rows))


@pytest.mark.parametrize(
    ("verdicts", "line"),
    [
        (("gain", "no clear difference", "loss"), '1 of 3 classes clearly gains (<b>x); 1 clearly loses (quote"s).'),
        (("gain", "gain", "no clear difference"), "2 of 3 classes clearly gain (<b>x, a & b); none clearly loses."),
        (("no clear difference",) * 3, "None of 3 classes clearly gains; none clearly loses."),
        (("too few seeds",) * 3, "Too few seeds to tell which of 3 classes gain."),
    ],
)
def test_classes_are_counted_by_what_may_be_said(
    errors: ErrorAnalysis, verdicts: tuple[Verdict, ...], line: str
) -> None:
    assert classes_line(judged(errors, *verdicts), True, EN) == line


def test_classes_without_a_pair_of_students_have_no_gain(errors: ErrorAnalysis) -> None:
    bare = replace(errors, classes=tuple(replace(row, gain=None) for row in errors.classes))
    assert classes_line(bare, False, EN) == "Errors by class of 3 classes; no gain to judge yet."
    assert unread_line(True, EN).startswith("Nothing to show: ") and unread_line(False, EN).startswith(
        "Nothing to show yet"
    )


def test_fixed_and_broken_images_are_counted_and_the_worst_pair_is_named(errors: ErrorAnalysis) -> None:
    pairs = confused_pairs(errors)
    one, other = errors.class_names[pairs[0].one], errors.class_names[pairs[0].other]
    found = replace(errors, fixed=(1, 2), broken=())
    assert errors_line(found, pairs, True, EN) == (
        f"2 test images fixed by distillation, none broken (by the majority of seeds). "
        f"Most often confused: {one} with {other}."
    )
    assert errors_line(found, pairs, False, EN) == f"Most often confused: {one} with {other}."
    assert errors_line(found, [], False, EN) == "No two classes are confused."


def test_labels_that_all_models_contradict_are_counted_by_part() -> None:
    found = [SuspectLabels("test", 100, 1, 3, (), 2), SuspectLabels("val", 100, 1, 3, (), 1)]
    assert labels_line(found, EN) == (
        "All models agree on another answer than the label for 2 test images, 1 val image: worth a second look."
    )
    alone = [one._replace(num_teachers=1, num_students=0, num_silent=4) for one in found]
    start = "The one model that is clearly better than a guess gives another answer than the label for "
    assert labels_line(alone, EN).startswith(start)
    assert labels_line(alone, ZH).startswith("唯一明显优于猜测的模型给出与标签不同的答案：")
    assert labels_line([found[0]._replace(num_silent=1), found[1]], EN).startswith(
        "All models that are clearly better than a guess agree on another answer than the label for 2 test images"
    )
    assert labels_line([one._replace(num_unanimous=0) for one in found], EN).startswith(
        "No label is contradicted by all models;"
    )


def test_agreement_is_said_of_both_students(study: Study) -> None:
    shares = {one.arm.key: percent(one.share.mean, 1) for one in study.agreements}
    line = agreement_line(study.agreements, 1, True, EN)
    assert f"on {shares['distilled']} % of the test images, the student alone on {shares['baseline']} %" in line
    alone = [one for one in study.agreements if one.arm.key == "baseline"]
    assert agreement_line(alone, 2, True, EN).startswith("The student alone agrees with the ensemble")
    assert agreement_line([], 1, False, EN) == "Nothing to show yet: teacher and student were not both tested."


def test_calibration_errors_stand_side_by_side_with_what_may_be_said(study: Study) -> None:
    calibration = study.findings.calibration
    assert calibration is not None
    errors = {one.key: percent(one.ece.mean) for one in calibration.arms}
    for change, end in (
        (Estimate(-0.03, -0.05, -0.01), ": clearly better."),
        (Estimate(0.03, 0.01, 0.05), ": clearly worse."),
        (Estimate(0.0, -0.01, 0.01), ": no clear difference."),
        (None, "without."),
    ):
        line = calibration_line(calibration._replace(change=change, num_pairs=3), EN)
        assert line.startswith(
            f"Calibration error {errors['distilled']} points with distillation, {errors['baseline']}"
        )
        assert line.endswith(end)
    teacher = calibration._replace(arms=calibration.arms[:1])
    assert calibration_line(teacher, EN) == f"Calibration error of the teacher: {errors['teacher']} points."
