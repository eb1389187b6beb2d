"""What distillation changed in the confusions, and which classes are confused most where there are many.

Axes: C classes, row true and column said; K of them that are shown.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.errors.errors import ARMS, ErrorAnalysis

MAX_WHOLE = 20  # classes up to which every one is shown, in its place and with its numbers
MAX_SHOWN = 24  # of more: a map of hundreds of rows is a carpet that nobody can name a row of
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
    """Images per seed [K, K] by arm, of the classes that are shown.

    Args:
        classes: Their indices, in the order of rows and columns.
        by_arm: Rows are true classes, columns what the model said.
        num_classes: Of the data set.
        share_inside: Of the students' confusions, those with both ends among ``classes``.
        class_size: Mean number of test images of a class.
    """

    classes: tuple[int, ...]
    by_arm: dict[str, NDArray[np.float64]]
    num_classes: int
    share_inside: float = 1.0
    class_size: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether every class is shown, in the data set's order."""
        return self.num_classes <= MAX_WHOLE

    @property
    def change(self) -> NDArray[np.float64] | None:
        """Distilled minus baseline; None before both were tested."""
        if not {"baseline", "distilled"} <= set(self.by_arm):
            return None
        return self.by_arm["distilled"] - self.by_arm["baseline"]


def per_seed(errors: ErrorAnalysis) -> dict[str, NDArray[np.float64]]:
    """Confusion matrices [C, C] in images per seed, by arm: the one unit in which they can stand side by side."""
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


def find_matrix(errors: ErrorAnalysis, max_whole: int = MAX_WHOLE, max_shown: int = MAX_SHOWN) -> Matrix:
    """Every class; of more than ``max_whole`` the ``max_shown`` of the most confused pairs, confused ones adjacent."""
    by_arm = per_seed(errors)
    num_classes = len(errors.class_names)
    class_size = len(errors.labels_N) / num_classes
    if num_classes <= max_whole:
        return Matrix(tuple(range(num_classes)), by_arm, num_classes, 1.0, class_size)
    mass_CC = _mass(by_arm)
    kept: dict[int, None] = {}
    for pair in _ranked(mass_CC):
        new = [index for index in pair if index not in kept]
        if len(kept) + len(new) > max_shown:
            break
        kept |= dict.fromkeys(new)
    # Fewer confusions than rows: the first classes fill up.
    kept |= dict.fromkeys([index for index in range(num_classes) if index not in kept][: max_shown - len(kept)])
    classes = side_by_side(mass_CC, list(kept))
    shown = np.ix_(classes, classes)
    inside = float(mass_CC[shown].sum() / mass_CC.sum()) if mass_CC.any() else 1.0
    shown_by_arm = {key: counts_CC[shown] for key, counts_CC in by_arm.items()}
    return Matrix(tuple(classes), shown_by_arm, num_classes, inside, class_size)


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
