"""Where a student decides as the teacher does, and who is right where it does not."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.answer import gain_over
from harness.report.results import Arm, Results, TestReading
from harness.report.statistics import Estimate, Gain, accuracy


class Shares(NamedTuple):
    """Of the test images, by who reads them right; they add up to 1. Means over seeds."""

    both_right: float
    student_alone: float
    teacher_alone: float
    wrong_alike: float
    wrong_apart: float


class Agreement(NamedTuple):
    """A student's decisions beside the teacher's on the same test images.

    ``share`` of the images on which both decide for the same class, right or wrong. ``more``: by how
    much that is more than the baseline's, on the seeds that both have.
    """

    arm: Arm
    share: Estimate
    more: Gain | None
    shares: Shares


def find_agreements(results: Results) -> list[Agreement]:
    """Of every tested student, beside the teacher or the ensemble; empty without the predictions of the teacher."""
    test, teacher, baseline = results.test, results.arms[0].runs[0], results.arm("baseline")
    if test is None or test.labels_N is None or teacher.id not in test.logits or baseline is None:
        return []
    teacher_N = test.logits[teacher.id].argmax(axis=1)
    alike = {run_id: logits.argmax(axis=1) == teacher_N for run_id, logits in test.logits.items()}
    agreements = []
    for arm in (arm for arm in results.arms if arm.kind != "teacher"):
        run_ids = [run.id for run in arm.runs if run.id in alike]
        if run_ids:
            agreements.append(
                Agreement(
                    arm=arm,
                    share=accuracy(np.stack([alike[run_id] for run_id in run_ids])),
                    more=gain_over(baseline, arm, alike) if arm is not baseline else None,
                    shares=_shares(test, run_ids, teacher_N, test.labels_N),
                )
            )
    return agreements


def _shares(
    test: TestReading, run_ids: list[str], teacher_N: NDArray[np.integer], labels_N: NDArray[np.integer]
) -> Shares:
    student_SN = np.stack([test.logits[run_id].argmax(axis=1) for run_id in run_ids])
    right_SN, teacher_right_N, alike_SN = student_SN == labels_N, teacher_N == labels_N, student_SN == teacher_N
    return Shares(
        both_right=float((right_SN & teacher_right_N).mean()),
        student_alone=float((right_SN & ~teacher_right_N).mean()),
        teacher_alone=float((~right_SN & teacher_right_N).mean()),
        wrong_alike=float((alike_SN & ~right_SN).mean()),
        wrong_apart=float((~alike_SN & ~right_SN & ~teacher_right_N).mean()),
    )
