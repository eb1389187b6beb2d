"""Small figures about the work."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup

from harness.report.analysis.arms.gains import Answer
from harness.report.analysis.search.reading import SearchReading, shown_state
from harness.report.analysis.search.surface import outer_fence
from harness.report.figures.small.marks import HEIGHT, MARGIN, WIDTH, Scale, across, bar, curve, dot, picture, upwards
from harness.report.results.sweep_results import Arm
from harness.report.text.run_lines import RUN_STATES
from harness.state.attempts.run_state import RunState

DRAWN = ("baseline", "distilled")
LATE = 0.1  # of the epochs, before which a curve may leave the picture, as it may in the charts


def size_figure(answer: Answer) -> Markup | None:
    """Parameters, and below them multiply-adds, of teacher and student; None before both sizes are known."""
    student = next((row for row in (answer.distilled, answer.baseline) if row.size is not None), None)
    sizes = [row.size for row in (answer.teacher, student) if row is not None and row.size is not None]
    if len(sizes) < 2:
        return None
    counts = [[size.num_parameters for size in sizes], [size.macs for size in sizes]]
    groups = [group for group in counts if any(group)]
    step = HEIGHT / len(groups)
    marks = []
    for place, group in enumerate(groups):
        scale = Scale(0, max(group), 0, WIDTH - 2 * MARGIN)
        for row, (arm, number) in enumerate(zip(("teacher", "distilled"), group, strict=True)):
            top = step * (place + 0.12 + 0.4 * row)
            marks.append(bar(MARGIN, top, max(1.0, scale(number)), 0.34 * step, arm, arm))
    return picture(marks)


def training_figure(arms: Iterable[Arm]) -> Markup | None:
    """Val accuracy by epoch of baseline and distilled student, means over seeds; None before the first epoch."""
    curves = [(arm, mean) for arm in arms if arm.key in DRAWN and len(mean := _mean_accuracies(arm))]
    if not curves:
        return None
    width = across([1, max(2, *(len(mean) for _, mean in curves))])
    height = upwards(value for _, mean in curves for value in mean[int(LATE * len(mean)) :])
    return picture(
        curve([(width(epoch), height(value)) for epoch, value in enumerate(mean, start=1)], arm.kind, arm.key)
        for arm, mean in curves
    )


def _mean_accuracies(arm: Arm) -> list[float]:
    """Over the epochs that every started seed has reached."""
    found = [[epoch.val_accuracy for epoch in run.history.epochs] for run in arm.runs if run.history]
    rows = [row for row in found if row]
    length = min(map(len, rows), default=0)
    return [float(value) for value in np.mean([row[:length] for row in rows], axis=0)] if length else []


def search_figure(reading: SearchReading) -> Markup | None:
    """Every trial's value by its number, the better the higher, the best one ringed; None before a value.

    One that lies far outside stands at the bottom, as it does in the large figures.
    """
    known = [(t, t.value) for t in reading.trials if t.value is not None and np.isfinite(t.value)]
    if not known:
        return None
    sign = 1 if reading.maximize else -1
    fence = sign * outer_fence([value for _, value in known], reading.maximize)
    worst = min(sign * value for _, value in known if sign * value >= fence)
    values = [max(sign * value, worst) for _, value in known]
    width, height = across([0, max(1, len(reading.trials) - 1)]), upwards(values)
    marks = [
        dot(width(trial.number), height(value), f"trial {shown_state(trial)}", radius=3)
        for (trial, _), value in zip(known, values, strict=True)
    ]
    if reading.best is not None and reading.best.value is not None:
        marks.append(dot(width(reading.best.number), height(sign * reading.best.value), "ring", radius=6))
    return picture(marks)


def runs_figure(states: Sequence[RunState]) -> Markup | None:
    """All runs as one bar, in parts by state: what is complete first."""
    if not states:
        return None
    counts, scale = Counter(states), Scale(0, len(states), MARGIN, WIDTH - MARGIN)
    marks, before = [], 0
    for state in reversed(RUN_STATES):
        if counts[state]:
            left, before = scale(before), before + counts[state]
            css = f"run {state.replace(' ', '-')}"
            marks.append(bar(left, HEIGHT / 2 - 12, scale(before) - left, 24, css))
    return picture(marks)
