"""Small figures about the test images."""

import re
from dataclasses import replace

import numpy as np

from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.analysis.errors.suspect_labels import SuspectLabel, SuspectLabels
from harness.report.figures.small.images import (
    agreement_figure,
    calibration_figure,
    classes_figure,
    confusions_figure,
    labels_figure,
)
from harness.report.figures.small.marks import HEIGHT
from harness.report.study import Study


def test_every_class_is_a_dot_and_clear_ones_are_coloured(errors: ErrorAnalysis) -> None:
    rows = [replace(row, verdict=verdict) for row, verdict in zip(errors.classes, ("gain", "loss", "tie"), strict=True)]
    svg = classes_figure(replace(errors, classes=tuple(rows))) or ""
    assert svg.count("<circle") == 3
    assert all(svg.count(f'<circle class="{css}"') == 1 for css in ("gain", "loss", "muted"))
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', svg)]
    assert heights == sorted(heights, reverse=True), "sorted, the smallest gain first"
    bare = tuple(replace(row, gain=None) for row in errors.classes)
    assert classes_figure(replace(errors, classes=bare)) is None


def test_a_confusion_that_became_rarer_and_one_that_did_not_differ(errors: ErrorAnalysis) -> None:
    before, after = (np.diag([9, 9, 9]) for _ in range(2))
    before[0, 1], after[2, 0] = 4, 2
    svg = confusions_figure(replace(errors, confusions={"baseline": before, "distilled": after})) or ""
    (fewer,) = re.findall(r'<rect class="fewer" x="[\d.]+" y="([\d.]+)" .*? fill-opacity="([\d.]+)"', svg)
    (more,) = re.findall(r'<rect class="more" x="[\d.]+" y="([\d.]+)" .*? fill-opacity="([\d.]+)"', svg)
    assert (float(fewer[0]), float(more[0])) == (0.0, round(HEIGHT * 2 / 3, 1)), "true classes downwards"
    assert float(fewer[1]) == 1.0 > float(more[1])


def test_without_a_change_there_are_no_cells(errors: ErrorAnalysis) -> None:
    same = np.diag([9, 9, 9])
    assert confusions_figure(replace(errors, confusions={"baseline": same, "distilled": same})) is None
    assert confusions_figure(replace(errors, confusions={"teacher": same})) is None


def test_listed_labels_are_a_bar_a_part() -> None:
    one = SuspectLabel(0, 1, 2, 0.9, 1, 3, True)
    found = [SuspectLabels("test", 100, 1, 3, (one,) * 4, 2), SuspectLabels("val", 100, 1, 3, (), 0)]
    svg = labels_figure(found) or ""
    widths = [float(width) for width in re.findall(r' width="([\d.]+)"', svg)]
    assert widths == [228.0, 114.0] and labels_figure(found[1:]) is None


def test_students_and_curves_carry_their_arm(study: Study) -> None:
    agreement = agreement_figure(study.agreements) or ""
    assert {"baseline", "distilled"} <= set(re.findall('data-arm="([a-z]+)', agreement))
    assert agreement_figure([]) is None
    calibration = study.findings.calibration
    assert calibration is not None
    svg = calibration_figure(calibration) or ""
    assert set(re.findall('data-arm="([a-z]+)', svg)) <= {one.key for one in calibration.arms} and "nan" not in svg
    empty = calibration._replace(arms=tuple(one._replace(count_B=0 * one.count_B) for one in calibration.arms))
    assert calibration_figure(empty) is None
