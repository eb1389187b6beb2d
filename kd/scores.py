"""Figures computed from logits and labels, in numpy: the same code serves jobs and the report."""

import numpy as np
from numpy.typing import NDArray

from kd.records import Scores


def confusion_matrix(
    labels_N: NDArray[np.integer], predictions_N: NDArray[np.integer], num_classes: int
) -> NDArray[np.int64]:
    """Counts [num_classes, num_classes]: row is the true class, column the predicted one.

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    cells = labels_N.astype(np.int64) * num_classes + predictions_N
    return np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


def negative_log_likelihood(logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer]) -> float:
    """Mean over images of -log softmax(logits)[label], in nats, computed in float64."""
    shifted = logits_NC.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    log_normalizer = np.log(np.exp(shifted).sum(axis=1))
    return float((log_normalizer - shifted[np.arange(len(labels_N)), labels_N]).mean())


def score(logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer]) -> Scores:
    """Accuracy, NLL and confusion matrix of a model's logits.

    Args:
        logits_NC: Raw logits [images, classes].
        labels_N: True classes [images].
    """
    num_classes = logits_NC.shape[1]
    matrix = confusion_matrix(labels_N, logits_NC.argmax(axis=1), num_classes)
    return Scores(
        num_images=len(labels_N),
        accuracy=float(np.trace(matrix) / len(labels_N)),
        nll=negative_log_likelihood(logits_NC, labels_N),
        confusion=matrix.tolist(),
    )
