"""Small figures about the test images."""

from collections.abc import Iterator, Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.report.analysis.errors.agreement import Agreement
from harness.report.analysis.errors.calibration import Calibration
from harness.report.analysis.errors.confusions import per_seed
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.analysis.errors.suspect_labels import SuspectLabels
from harness.report.figures.calibration import MIN_IN_BIN
from harness.report.figures.small.marks import (
    HEIGHT,
    MARGIN,
    WIDTH,
    IntervalRow,
    Scale,
    across,
    bar,
    cell,
    curve,
    dot,
    intervals,
    line,
    picture,
    upwards,
)

MAX_CELLS = 20  # classes: more cells a side would be smaller than a dot


def classes_figure(errors: ErrorAnalysis) -> Markup | None:
    """Every class's gain as a dot, sorted; clear ones in the colour of the verdict. None before there is one."""
    known = sorted((row.gain.mean, row.index, row.verdict) for row in errors.classes if row.gain is not None)
    if not known:
        return None
    height, width = upwards([0.0, *(mean for mean, _, _ in known)]), across([0, max(1, len(known) - 1)])
    zero = line([(MARGIN, height(0.0)), (WIDTH - MARGIN, height(0.0))], "guide")
    radius = 3.0 if len(known) <= MAX_CELLS else 1.8
    dots = [
        dot(width(place), height(mean), verdict if verdict in ("gain", "loss") else "muted", radius=radius)
        for place, (mean, _, verdict) in enumerate(known)
    ]
    return picture([zero, *dots])


def confusions_figure(errors: ErrorAnalysis) -> Markup | None:
    """The change in confusions as cells, for where there are no pictures; None with many classes, or before a change.

    True classes downwards, answers across; the diagonal, which holds no confusion, is left out.
    """
    by_arm, number = per_seed(errors), len(errors.class_names)
    if not {"baseline", "distilled"} <= by_arm.keys() or number > MAX_CELLS:
        return None
    change_CC = by_arm["distilled"] - by_arm["baseline"]
    np.fill_diagonal(change_CC, 0)
    return picture(_cells(change_CC)) if change_CC.any() else None


def _cells(change_CC: NDArray[np.float64]) -> Iterator[Markup]:
    number, most = len(change_CC), float(np.abs(change_CC).max())
    side = HEIGHT / number
    left = (WIDTH - HEIGHT) / 2
    yield bar(left, 0, HEIGHT, HEIGHT, "paper")
    for truth, said in zip(*np.nonzero(change_CC), strict=True):
        change = float(change_CC[truth, said])
        place = (left + side * int(said), side * int(truth))
        yield cell(*place, side, side, "fewer" if change < 0 else "more", 0.15 + 0.85 * abs(change) / most)


def labels_figure(found: Sequence[SuspectLabels]) -> Markup | None:
    """How many labels of each part are listed, and of these how many all models contradict alike."""
    listed = [(len(one.suspects), one.num_unanimous) for one in found if one.suspects]
    if not listed:
        return None
    scale, step = Scale(0, max(map(max, listed)), 0, WIDTH - 2 * MARGIN), HEIGHT / len(listed)
    marks = []
    for place, (number, unanimous) in enumerate(listed):
        top, height = step * (place + 0.2), 0.6 * step
        marks += [bar(MARGIN, top, scale(number), height, "muted"), bar(MARGIN, top, scale(unanimous), height, "loss")]
    return picture(marks)


def agreement_figure(agreements: Sequence[Agreement]) -> Markup | None:
    """On what share of the images each student decides as the teacher; None before one was tested."""
    shown = [one for one in agreements if one.arm.is_shown_first]
    return intervals([IntervalRow(one.arm.key, one.arm.kind, one.share) for one in shown], with_zero=False)


def calibration_figure(calibration: Calibration) -> Markup | None:
    """Accuracy against confidence in the bins that have images enough, beside the line on which both are equal."""
    curves = []
    for arm in calibration.arms:
        known = arm.count_B >= MIN_IN_BIN
        curves.append(
            (arm.key, list(zip(arm.confidence_B[known].tolist(), arm.accuracy_B[known].tolist(), strict=True)))
        )
    low = min((value for _, pairs in curves for pair in pairs for value in pair), default=1.0)
    if low == 1.0:
        return None
    places, heights = Scale(low, 1, MARGIN, WIDTH - MARGIN), Scale(low, 1, HEIGHT - MARGIN, MARGIN)
    drawn = [(key, [(places(confidence), heights(right)) for confidence, right in pairs]) for key, pairs in curves]
    equal = line([(places(low), heights(low)), (places(1), heights(1))], "guide")
    return picture([equal, *(curve(points, key, key) for key, points in drawn if points)])
