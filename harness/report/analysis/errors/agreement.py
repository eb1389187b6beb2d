"""Where a student decides as the teacher does, and who is right where it does not."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.arms.gains import gain_over
from harness.report.analysis.chance.statistics import Estimate, Gain, accuracy
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.results.sweep_results import Arm, Results, TestReading

CELLS = ("student_alone", "teacher_alone", "wrong_alike", "wrong_apart")
"""Fields of ``agreement.Shares`` that have a page; where both are right there is nothing to look at."""
MAX_PICTURES = 60  # on one page


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
                    more=gain_over(baseline, arm, alike, results.plan) if arm is not baseline else None,
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


class Gallery(NamedTuple):
    """The test images that most distilled students put into one cell, the clearest first.

    ``share`` is the mean over students of the cell's share of all test images, as the table has it.
    """

    cell: str
    images: tuple[int, ...]
    share: float
    num_seeds: int

    @property
    def name(self) -> str:
        """The cell in messages and addresses."""
        return self.cell.replace("_", "-")

    @property
    def page(self) -> str:
        """The file of its page."""
        return f"agreement-{self.name}.html"

    @property
    def shown(self) -> tuple[int, ...]:
        """The images that have a place on the page."""
        return self.images[:MAX_PICTURES]


def find_galleries(errors: ErrorAnalysis | None) -> tuple[Gallery, ...]:
    """One a cell; none before the teacher and a distilled student were tested."""
    if errors is None or not {"teacher", "distilled"} <= set(errors.predictions):
        return ()
    cells_KSN = _cells(errors)
    num_seeds = cells_KSN.shape[1]
    votes_KN = cells_KSN.sum(axis=1)
    # Of equal votes the first cell wins, and any cell wins over "both right": better one image too many.
    votes_KN = np.vstack([votes_KN, num_seeds - votes_KN.sum(axis=0)])
    chosen_N = votes_KN.argmax(axis=0)
    clearness_KN = _clearness(errors)
    galleries = []
    for number, cell in enumerate(CELLS):
        order = np.lexsort((-clearness_KN[number], -votes_KN[number]))
        images = tuple(int(image) for image in order if chosen_N[image] == number)
        galleries.append(Gallery(cell, images, float(cells_KSN[number].mean()), num_seeds))
    return tuple(galleries)


def _cells(errors: ErrorAnalysis) -> NDArray[np.bool_]:
    """Which of ``CELLS`` each image falls into with each distilled student [cells, seeds, images]."""
    teacher, students = errors.predictions["teacher"], errors.predictions["distilled"]
    said_N, right_N = teacher.predicted_SN[0], teacher.right_SN[0]
    right_SN, alike_SN = students.right_SN, students.predicted_SN == said_N
    both_wrong_SN = ~right_SN & ~right_N
    return np.stack([right_SN & ~right_N, ~right_SN & right_N, both_wrong_SN & alike_SN, both_wrong_SN & ~alike_SN])


def _clearness(errors: ErrorAnalysis) -> NDArray[np.floating]:
    """How clear a case of each cell an image is [cells, images].

    Where one alone is right: by how much more it believes in the true class than the other does.
    Where both are wrong: how much they believe in what they say, together.
    """
    teacher, students = errors.predictions["teacher"], errors.predictions["distilled"]
    images = np.arange(len(errors.labels_N))
    lead_N = (
        students.probabilities_SNC[:, images, errors.labels_N].mean(axis=0)
        - teacher.probabilities_SNC[0, images, errors.labels_N]
    )
    confidence_change_N = students.probabilities_SNC.max(axis=2).mean(axis=0) + teacher.probabilities_SNC[0].max(axis=1)
    return np.stack([lead_N, -lead_N, confidence_change_N, confidence_change_N])
