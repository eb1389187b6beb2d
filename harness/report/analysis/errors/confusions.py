"""What distillation changed in the confusions, and which classes are confused most where there are many.

Axes: C classes, row true and column said; K classes that stand alone, and one more for all others together.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.errors.errors import ARMS, ErrorAnalysis

MAX_ROWS = 20  # of a map with numbers
NUM_PAIRS = 10


class ConfusedPair(NamedTuple):
    """Two classes taken for one another, in images per seed, either way, by arm.

    ``links``: to the images of the first read as the second, and the reverse; to the class's page where there are none.
    """

    one: int
    other: int
    by_arm: dict[str, float]
    links: tuple[str, str]


class Matrix(NamedTuple):
    """Counts of images per seed, of some classes; where ``has_others``, the last row and column are all the rest.

    ``share_inside``: of the students' confusions, those with both ends among ``classes``.
    """

    classes: tuple[int, ...]
    has_others: bool
    by_arm: dict[str, NDArray[np.float64]]
    share_inside: float = 1.0

    @property
    def change(self) -> NDArray[np.float64] | None:
        """Distilled minus baseline; None before both were tested."""
        if not {"baseline", "distilled"} <= set(self.by_arm):
            return None
        return self.by_arm["distilled"] - self.by_arm["baseline"]


def per_seed(errors: ErrorAnalysis) -> dict[str, NDArray[np.float64]]:
    """Confusion matrices in images per seed, by arm."""
    return {
        key: errors.confusions[key] / len(errors.predictions[key].run_ids) for key in ARMS if key in errors.confusions
    }


def confused_pairs(errors: ErrorAnalysis, num_pairs: int = NUM_PAIRS) -> list[ConfusedPair]:
    """The pairs that the students confuse most, by the mean of their arms; the teacher decides nothing."""
    by_arm = per_seed(errors)
    mass_CC = _mass(by_arm)
    pairs = _ranked(mass_CC)[:num_pairs]
    return [
        ConfusedPair(
            one,
            other,
            {key: float(counts_CC[one, other] + counts_CC[other, one]) for key, counts_CC in by_arm.items()},
            (_link(by_arm, one, other), _link(by_arm, other, one)),
        )
        for one, other in pairs
    ]


def _link(by_arm: dict[str, NDArray[np.float64]], truth: int, predicted: int) -> str:
    is_met = any(counts_CC[truth, predicted] for counts_CC in by_arm.values())
    return f"class-{truth}.html" + (f"#as-{predicted}" if is_met else "")


def find_matrix(errors: ErrorAnalysis, max_rows: int = MAX_ROWS) -> Matrix:
    """Every class; where there are more than ``max_rows``, those of the most confused pairs, and all others as one."""
    by_arm = per_seed(errors)
    num_classes = len(errors.class_names)
    if num_classes <= max_rows:
        return Matrix(tuple(range(num_classes)), False, by_arm)
    mass_CC = _mass(by_arm)
    kept: dict[int, None] = {}
    for pair in _ranked(mass_CC):
        new = [index for index in pair if index not in kept]
        if len(kept) + len(new) > max_rows - 1:
            break
        kept |= dict.fromkeys(new)
    # Fewer confusions than rows: the first classes fill up.
    kept |= dict.fromkeys([index for index in range(num_classes) if index not in kept][: max_rows - 1 - len(kept)])
    classes = side_by_side(mass_CC, list(kept))
    inside = mass_CC[np.ix_(classes, classes)].sum() / mass_CC.sum() if mass_CC.any() else 1.0
    grouped = {key: group(counts_CC, classes) for key, counts_CC in by_arm.items()}
    return Matrix(tuple(classes), True, grouped, float(inside))


def group(counts_CC: NDArray[np.floating], classes: Sequence[int]) -> NDArray[np.float64]:
    """The rows and columns of ``classes``, and one more of each for the sum of all others.

    >>> group(np.array([[5.0, 1.0, 2.0], [0.0, 7.0, 0.0], [3.0, 0.0, 4.0]]), [2]).tolist()
    [[4.0, 3.0], [2.0, 13.0]]
    """
    place_C = np.full(len(counts_CC), len(classes))
    place_C[list(classes)] = np.arange(len(classes))
    grouped = np.zeros((len(classes) + 1, len(classes) + 1))
    np.add.at(grouped, (place_C[:, None], place_C[None, :]), counts_CC)
    return grouped


def side_by_side(mass_CC: NDArray[np.float64], classes: list[int]) -> list[int]:
    """Classes in an order that puts the confused ones next to one another.

    References:
        Bar-Joseph, Gifford and Jaakkola, Fast optimal leaf ordering for hierarchical clustering, 2001.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(classes) < 3:
        return classes
    likeness = mass_CC[np.ix_(classes, classes)]
    distance = likeness.max() - likeness
    np.fill_diagonal(distance, 0)
    order = leaves_list(linkage(squareform(distance, checks=False), "average", optimal_ordering=True))
    return [classes[place] for place in order]


def _mass(by_arm: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Confusions of each pair of classes, either way: images per seed, mean over the arms of students; symmetric."""
    students = [matrix for key, matrix in by_arm.items() if key != "teacher"] or list(by_arm.values())
    mean_CC = np.mean(students, axis=0)
    mass_CC: NDArray[np.float64] = mean_CC + mean_CC.T
    np.fill_diagonal(mass_CC, 0)
    return mass_CC


def _ranked(mass_CC: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs of classes that are confused at all, most first."""
    ones, others = np.triu_indices(len(mass_CC), 1)
    masses = mass_CC[ones, others]
    order = np.argsort(-masses, kind="stable")
    return [(int(ones[place]), int(others[place])) for place in order if masses[place] > 0]
