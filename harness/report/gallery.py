"""The images behind the agreement of student and teacher: who alone is right, and where both err alike or apart."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.mistakes import Mistakes

CELLS = ("student_alone", "teacher_alone", "wrong_alike", "wrong_apart")
"""Fields of ``agreement.Shares`` that have a page; where both are right there is nothing to look at."""
MAX_PICTURES = 60  # on one page


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


def find_galleries(mistakes: Mistakes | None) -> tuple[Gallery, ...]:
    """One a cell; none before the teacher and a distilled student were tested."""
    if mistakes is None or not {"teacher", "distilled"} <= set(mistakes.opinions):
        return ()
    cells_KSN = _cells(mistakes)
    num_seeds = cells_KSN.shape[1]
    votes_KN = cells_KSN.sum(axis=1)
    # Of equal votes the first cell wins, and any cell wins over "both right": better one image too many.
    votes_KN = np.vstack([votes_KN, num_seeds - votes_KN.sum(axis=0)])
    chosen_N = votes_KN.argmax(axis=0)
    clearness_KN = _clearness(mistakes)
    galleries = []
    for number, cell in enumerate(CELLS):
        order = np.lexsort((-clearness_KN[number], -votes_KN[number]))
        images = tuple(int(image) for image in order if chosen_N[image] == number)
        galleries.append(Gallery(cell, images, float(cells_KSN[number].mean()), num_seeds))
    return tuple(galleries)


def _cells(mistakes: Mistakes) -> NDArray[np.bool_]:
    """Which of ``CELLS`` each image falls into with each distilled student [cells, seeds, images]."""
    teacher, students = mistakes.opinions["teacher"], mistakes.opinions["distilled"]
    said_N, right_N = teacher.said_SN[0], teacher.right_SN[0]
    right_SN, alike_SN = students.right_SN, students.said_SN == said_N
    both_wrong_SN = ~right_SN & ~right_N
    return np.stack([right_SN & ~right_N, ~right_SN & right_N, both_wrong_SN & alike_SN, both_wrong_SN & ~alike_SN])


def _clearness(mistakes: Mistakes) -> NDArray[np.floating]:
    """How clear a case of each cell an image is [cells, images].

    Where one alone is right: by how much more it believes in the true class than the other does.
    Where both are wrong: how much they believe in what they say, together.
    """
    teacher, students = mistakes.opinions["teacher"], mistakes.opinions["distilled"]
    images = np.arange(len(mistakes.labels_N))
    lead_N = (
        students.probabilities_SNC[:, images, mistakes.labels_N].mean(axis=0)
        - teacher.probabilities_SNC[0, images, mistakes.labels_N]
    )
    sureness_N = students.probabilities_SNC.max(axis=2).mean(axis=0) + teacher.probabilities_SNC[0].max(axis=1)
    return np.stack([lead_N, -lead_N, sureness_N, sureness_N])
