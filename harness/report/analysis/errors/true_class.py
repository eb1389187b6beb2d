"""How much probability the models give to the right answer, image by image.

Accuracy asks only which class comes first; the cross-entropy that a student is trained on is the mean of −log of these.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.errors.calibration import finite_logits
from harness.report.analysis.errors.errors import ARMS
from harness.report.results.sweep_results import Results


class TrueClass(NamedTuple):
    """One arm: the softmax probability (T 1) of the true class of each test image [N], mean over seeds."""

    key: str
    probability_N: NDArray[np.float64]
    num_seeds: int

    @property
    def median(self) -> float:
        """Half of the images get no more than this."""
        return float(np.median(self.probability_N))


def find_true_class(results: Results) -> tuple[TrueClass, ...]:
    """Of the teacher, the baseline and the distilled student, those that were tested."""
    test = results.test
    if test is None or test.labels_N is None:
        return ()
    tested = {key: list(finite_logits(results, key).values()) for key in ARMS}
    return tuple(
        TrueClass(key, np.mean([true_class_probability(one, test.labels_N) for one in logits], axis=0), len(logits))
        for key, logits in tested.items()
        if logits
    )


def true_class_probability(logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer]) -> NDArray[np.float64]:
    """Softmax probability of each image's label [N].

    >>> true_class_probability(np.log([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 0])).round(6).tolist()
    [0.9, 0.2]
    """
    shifted_NC = logits_NC.astype(np.float64)
    shifted_NC -= shifted_NC.max(axis=1, keepdims=True)
    weights_NC = np.exp(shifted_NC)
    return np.asarray(weights_NC[np.arange(len(labels_N)), labels_N] / weights_NC.sum(axis=1))
