"""What becomes of the students in the format that is deployed, and whether distillation still helps there."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.arms.gains import look_read
from harness.report.analysis.chance.statistics import Estimate, Gain, accuracy, mean_difference, paired_gain, verdict
from harness.report.analysis.words import Verdict
from harness.report.results.sweep_results import ExportResult, Results
from kd.exports import STUDENTS, Export


@dataclass(frozen=True)
class FormatStudent:
    """An arm's students in a format: accuracy on test, and its change from float32 on the same seeds and images.

    Both are in the study's metric, ``Results.metric``.
    """

    num_seeds: int
    accuracy: Estimate
    change: Gain


@dataclass(frozen=True)
class ExportedFormat:
    """A format and what it changes.

    ``own``: the student in the file. ``students``: by arm, those whose weights were there. ``gain``: of distillation,
    both students in this format; ``gain_fp32``: both in float32; ``gain_change``: the difference of the two. None where
    no seed of both was exported.
    """

    record: Export
    own: FormatStudent
    students: dict[str, FormatStudent]
    gain: Gain | None
    gain_fp32: Gain | None
    gain_change: Estimate | None

    @property
    def is_fp32(self) -> bool:
        """Whether this is what the others are compared with."""
        return self.record.request.format == "fp32"

    @property
    def gain_change_verdict(self) -> Verdict | None:
        """Whether distillation helps more or less than in float32."""
        if self.gain is None or self.gain_change is None or self.is_fp32:
            return None
        return verdict(self.gain_change, self.gain.num_seeds)


def find_exports(results: Results) -> tuple[ExportedFormat, ...]:
    """Every format that was exported of these students; those of an earlier form of the sweep are left out."""
    return tuple(_measure(one, results) for one in results.exports if is_of_these(one, results))


def is_of_these(one: ExportResult, results: Results) -> bool:
    """Whether an export is of the students that the sweep has now."""
    now = {key: {run.id for run in arm.runs} for key in STUDENTS if (arm := results.arm(key)) is not None}
    return all(set(runs) <= now.get(key, set()) for key, runs in one.record.request.arms.items())


def _measure(one: ExportResult, results: Results) -> ExportedFormat:
    chosen, classes_N = one.record.request.run_id, results.classes_N
    own = _student([one.right[chosen]], [one.right_fp32[chosen]], classes_N)
    students = {
        key: _student([one.right[run] for run in runs], [one.right_fp32[run] for run in runs], classes_N)
        for key, runs in one.record.request.arms.items()
        if runs
    }
    arms = [arm.runs if (arm := results.arm(key)) else () for key in STUDENTS]
    pairs = [(a.id, b.id) for a, b in zip(*arms, strict=False) if a.id in one.right and b.id in one.right]
    if not pairs:
        return ExportedFormat(one.record, own, students, None, None, None)
    baseline, distilled = (_stack(one.right, [pair[place] for pair in pairs]) for place in (0, 1))
    baseline_fp32, distilled_fp32 = (_stack(one.right_fp32, [pair[place] for pair in pairs]) for place in (0, 1))
    rule, distilled_arm = results.plan.sweep.seed_rule, results.arm("distilled")
    assert distilled_arm is not None, "it has runs"
    widening = rule.widening(look_read(results.plan, distilled_arm, one.right), len(pairs))
    margin = None if rule.margin is None else rule.margin / 100
    of_gain = partial(paired_gain, widening=widening, margin=margin, classes_N=classes_N)
    return ExportedFormat(
        record=one.record,
        own=own,
        students=students,
        gain=of_gain(distilled, baseline),
        gain_fp32=of_gain(distilled_fp32, baseline_fp32),
        gain_change=difference_of_gains(
            (distilled, baseline), (distilled_fp32, baseline_fp32), widening=widening, classes_N=classes_N
        ),
    )


def difference_of_gains(
    now: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    before: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    widening: float = 1.0,
    classes_N: NDArray[np.integer] | None = None,
) -> Estimate:
    """How much larger one gain is than another, of the same seeds and images.

    Args:
        now: Which images [S, N] the two students read right, distilled and baseline.
        before: The same in float32.
        widening: As ``paired_gain`` has it.
        classes_N: Likewise.
    """
    (distilled_SN, baseline_SN), (distilled_fp32_SN, baseline_fp32_SN) = now, before
    values_SN = 1.0 * distilled_SN - baseline_SN - (1.0 * distilled_fp32_SN - baseline_fp32_SN)
    # Of halves, which lie between -1 and 1 as differences do.
    return mean_difference(values_SN / 2, widening=widening, classes_N=classes_N).times(2)


def _student(
    right: list[NDArray[np.bool_]], right_fp32: list[NDArray[np.bool_]], classes_N: NDArray[np.integer] | None
) -> FormatStudent:
    right_SN = np.stack(right)
    change = paired_gain(right_SN, np.stack(right_fp32), classes_N=classes_N)
    return FormatStudent(len(right), accuracy(right_SN, classes_N=classes_N), change)


def _stack(right: dict[str, NDArray[np.bool_]], runs: list[str]) -> NDArray[np.bool_]:
    return np.stack([right[run] for run in runs])
