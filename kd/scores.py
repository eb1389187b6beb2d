"""Figures computed from logits and labels, in numpy: the same code serves jobs and the report."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.records import Scores

IMBALANCED = 3
"""The largest class has more than so many times the images of the smallest: then accuracy is that of a few classes."""

Confusion = Sequence[Sequence[int]] | NDArray[np.integer]
"""Counts [C, C]: row is the true class, column the predicted one; as records have it, or as an array."""


def imbalance(class_sizes: Sequence[int]) -> float:
    """How many times the images of the smallest class the largest has; 1 without images.

    >>> imbalance([500, 100, 0])
    5.0
    """
    present = [size for size in class_sizes if size]
    return max(present) / min(present) if present else 1.0


def is_unequal(scores: Scores) -> bool:
    """Whether the classes of what was read differ so much in size that accuracy is that of a few."""
    return imbalance([sum(row) for row in scores.confusion]) > IMBALANCED


def confusion_matrix(
    labels_N: NDArray[np.integer], predictions_N: NDArray[np.integer], num_classes: int
) -> NDArray[np.int64]:
    """Counts [num_classes, num_classes]: row is the true class, column the predicted one.

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    cells = labels_N.astype(np.int64) * num_classes + predictions_N
    return np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


def f1_of_classes(confusion_CC: NDArray[np.integer]) -> NDArray[np.float64]:
    """F1 of each class [C]: 2 TP / (2 TP + FP + FN), the harmonic mean of its precision and its recall.

    NaN for a class that no image is of and none was read as.

    >>> f1_of_classes(np.array([[2, 1, 0], [0, 3, 0], [0, 0, 0]])).round(3).tolist()
    [0.8, 0.857, nan]
    """
    doubled_C = 2.0 * np.diag(confusion_CC)
    missed_or_mistaken_C = confusion_CC.sum(0) + confusion_CC.sum(1) - doubled_C
    total_C = doubled_C + missed_or_mistaken_C
    f1_C: NDArray[np.float64] = np.divide(doubled_C, total_C, out=np.full(len(total_C), np.nan), where=total_C > 0)
    return f1_C


def balanced_accuracy(confusion_CC: Confusion) -> float:
    """Mean over classes of the share of their images that are read right: as if every class had as many images.

    A class without images has no share; NaN where none has any.

    References:
        Brodersen et al., The balanced accuracy and its posterior distribution, ICPR 2010.

    >>> balanced_accuracy([[90, 10], [1, 1]])
    0.7
    """
    counts_CC = np.asarray(confusion_CC, np.float64)
    has_images_C = counts_CC.sum(1) > 0
    recalls = np.diag(counts_CC)[has_images_C] / counts_CC.sum(1)[has_images_C]
    return float(recalls.mean()) if len(recalls) else math.nan


def macro_f1(confusion_CC: Confusion) -> float:
    """Mean F1 of the classes that have images; NaN where none has any.

    >>> round(macro_f1([[90, 10], [1, 1]]), 3)
    0.548
    """
    counts_CC = np.asarray(confusion_CC)
    f1_C = f1_of_classes(counts_CC)[counts_CC.sum(1) > 0]
    return float(f1_C.mean()) if len(f1_C) else math.nan


def negative_log_likelihood(logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer]) -> float:
    """Mean over images of -log softmax(logits)[label], in nats, computed in float64."""
    shifted = logits_NC.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    log_normalizer = np.log(np.exp(shifted).sum(axis=1))
    return float((log_normalizer - shifted[np.arange(len(labels_N)), labels_N]).mean())


def expected_calibration_error(
    logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer], num_bins: int = 15
) -> float:
    """Mean over images of |accuracy − confidence| of their bin; bins divide confidence 0…1 evenly.

    Confidence is the largest softmax probability. 0 is a model that is right as often as it says.

    References:
        Guo et al.: On Calibration of Modern Neural Networks, arXiv:1706.04599, equation 3.
    """
    confidence_N, bins_N = _confidence(logits_NC, num_bins)
    surplus_N = (logits_NC.argmax(axis=1) == labels_N) - confidence_N
    return float(np.abs(np.bincount(bins_N, weights=surplus_N, minlength=num_bins)).sum() / len(labels_N))


class CalibrationBins(NamedTuple):
    """Sums over the images of each bin of confidence: how many there are, their confidence, how many are right."""

    count_B: NDArray[np.int64]
    confidence_B: NDArray[np.float64]
    right_B: NDArray[np.int64]


def calibration_bins(
    logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer], num_bins: int = 15
) -> CalibrationBins:
    """What the calibration error is made of, bin by bin.

    >>> calibration_bins(np.log([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 0]), 2).count_B.tolist()
    [0, 2]
    """
    confidence_N, bins_N = _confidence(logits_NC, num_bins)
    is_right_N = logits_NC.argmax(axis=1) == labels_N
    return CalibrationBins(
        count_B=np.bincount(bins_N, minlength=num_bins),
        confidence_B=np.bincount(bins_N, weights=confidence_N, minlength=num_bins).astype(np.float64),
        right_B=np.bincount(bins_N[is_right_N], minlength=num_bins),
    )


def _confidence(logits_NC: NDArray[np.floating], num_bins: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The largest softmax probability of each image, and its bin; an upper edge belongs to the bin below it."""
    shifted = logits_NC.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    confidence_N = 1 / np.exp(shifted).sum(axis=1)
    return confidence_N, np.ceil(confidence_N * num_bins).astype(np.int64) - 1


def top_k_accuracy(logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer], k: int) -> float:
    """Share of images whose label is among the ``k`` largest logits; of tied ones the lower class counts as larger.

    >>> top_k_accuracy(np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]]), np.array([1, 2]), 2)
    0.5
    """
    label_logits_N1 = logits_NC[np.arange(len(labels_N)), labels_N][:, None]
    is_before_NC = np.arange(logits_NC.shape[1]) < labels_N[:, None]
    rank_N = ((logits_NC > label_logits_N1) | ((logits_NC == label_logits_N1) & is_before_NC)).sum(axis=1)
    return float((rank_N < k).mean())


def off_label_mass(logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer], temperature: float = 1.0) -> float:
    """Mean over images of the softmax probability at T of all classes but the label's: what a label does not say.

    >>> off_label_mass(np.log([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1])).__round__(3)
    0.15
    """
    scaled = logits_NC.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    weights = np.exp(scaled)
    shares_N = weights[np.arange(len(labels_N)), labels_N] / weights.sum(axis=1)
    return float(1 - shares_N.mean())


def agreement(one_NC: NDArray[np.floating], other_NC: NDArray[np.floating]) -> float:
    """Share of images on which two models decide for the same class, right or wrong.

    >>> agreement(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[5.0, 2.0], [3.0, 1.0]]))
    0.5

    Raises:
        ValueError: The logits are not of the same images and classes.
    """
    if one_NC.shape != other_NC.shape:
        raise ValueError(f"logits of the same images are wanted, got {one_NC.shape} and {other_NC.shape}")
    return float((one_NC.argmax(axis=1) == other_NC.argmax(axis=1)).mean())


RARE = 30
"""With fewer images that are read wrong, or right, their share is too skewed for the plainer intervals."""


def wilson_interval(num_right: int, num_images: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share: it stays inside [0, 1] and holds its level near the ends.

    Written out, and held to scipy's by its test: ``kd`` needs no scipy, whose ``stats`` takes half a second to load.

    References:
        Wilson, Probable inference, the law of succession, and statistical inference, JASA 1927.
    """
    if num_images < 1:
        raise ValueError(f"num_images must be at least 1, got {num_images}")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = num_right / num_images
    scale = 1 + z**2 / num_images
    centre = (share + z**2 / (2 * num_images)) / scale
    half = z * math.sqrt(share * (1 - share) / num_images + z**2 / (4 * num_images**2)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


def share_interval(num_right: int, num_images: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval, and Agresti and Coull's, which holds it, where fewer than ``RARE`` images are right or wrong.

    Wilson's leaves out shares near 0 and 1 that allow what was seen too often: of 35 images and a true share of 0.995
    it covers 84 %. This one covers at least 92 % from 10 images on (89 % of 5), whatever the share, and 96 % on
    average.

    References:
        Agresti and Coull, Approximate is better than "exact" for interval estimation of binomial proportions, 1998.
    """
    if num_images < 1 or min(num_right, num_images - num_right) >= RARE:
        return wilson_interval(num_right, num_images, confidence)
    z_squared = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    share, total = (num_right + z_squared / 2) / (num_images + z_squared), num_images + z_squared
    half = math.sqrt(z_squared * share * (1 - share) / total)
    return max(0.0, share - half), min(1.0, share + half)


TRAIN_MARGIN = 0.1  # of train over val: a model that learns keeps a smaller gap
TEST_MARGIN = 0.05  # of test over val, which are alike


def is_above(share: float, num_images: int, chance: float, confidence: float = 0.95) -> bool:
    """Whether the interval of a share of images lies above what a guess comes to."""
    return wilson_interval(round(share * num_images), num_images, confidence)[0] > chance


HALF_WAY = 0.5  # from guessing to always right: who may be there has not been shown to guess


def may_have_learned(share: float, num_images: int, chance: float) -> bool:
    """Whether the 95 % interval of a share of images reaches half-way from what a guess comes to up to all of them.

    >>> may_have_learned(0.5, 10, 0.5), may_have_learned(0.5, 20, 0.5)
    (True, False)
    """
    return wilson_interval(round(share * num_images), num_images)[1] >= chance + HALF_WAY * (1 - chance)


def knows_classes_apart(scores: Scores, confidence: float = 0.95) -> bool:
    """Whether the balanced accuracy is above that of naming one class always.

    >>> knows_classes_apart(Scores(num_images=100, accuracy=0.9, nll=1.0, confusion=[[90, 0], [10, 0]]))
    False
    """
    sizes = [size for size in map(sum, scores.confusion) if size]
    as_even = len(sizes) ** 2 / sum(1 / size for size in sizes)  # images in equal classes that would tell as much
    return is_above(balanced_accuracy(scores.confusion), round(as_even), 1 / len(sizes), confidence)


def chance_of(scores: Scores) -> float:
    """What naming the most frequent class of the images always comes to."""
    return max(map(sum, scores.confusion)) / scores.num_images


def is_at_chance(scores: Scores, confidence: float = 0.95) -> bool:
    """Whether neither the accuracy nor the balanced accuracy is above a guess's, as far as so many images tell.

    >>> is_at_chance(Scores(num_images=40, accuracy=0.55, nll=1.0, confusion=[[12, 8], [10, 10]]))
    True
    >>> is_at_chance(Scores(num_images=40, accuracy=0.9, nll=1.0, confusion=[[18, 2], [2, 18]]))
    False
    """
    is_better = is_above(scores.accuracy, scores.num_images, chance_of(scores), confidence)
    return not is_better and not knows_classes_apart(scores, confidence)


def has_learned_nothing(scores: Scores) -> bool:
    """Whether a model is at chance, and so many images tell that it is not half-way from guessing to being right.

    >>> has_learned_nothing(Scores(num_images=40, accuracy=0.5, nll=1.0, confusion=[[10, 10], [10, 10]]))
    True
    >>> has_learned_nothing(Scores(num_images=4, accuracy=0.5, nll=1.0, confusion=[[1, 1], [1, 1]]))
    False
    """
    return is_at_chance(scores) and not may_have_learned(scores.accuracy, scores.num_images, chance_of(scores))


def is_far_above(one: Scores, other: Scores, margin: float) -> bool:
    """Whether an accuracy is above another by ``margin`` at least, and by more than chance makes of so few images."""
    low, _ = wilson_interval(round(one.accuracy * one.num_images), one.num_images)
    _, high = wilson_interval(round(other.accuracy * other.num_images), other.num_images)
    return one.accuracy - other.accuracy >= margin and low > high


def score(logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer]) -> Scores:
    """Accuracy, NLL, calibration and confusion matrix of a model's logits.

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
        top5=top_k_accuracy(logits_NC, labels_N, 5) if num_classes > 5 else None,
        ece=expected_calibration_error(logits_NC, labels_N),
    )
