"""Figures against scikit-learn, and sizes counted by hand."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import softmax
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    log_loss,
    top_k_accuracy_score,
)

from kd.records import Scores
from kd.scores import (
    RARE,
    agreement,
    balanced_accuracy,
    expected_calibration_error,
    f1_of_classes,
    is_at_chance,
    macro_f1,
    off_label_mass,
    score,
    share_interval,
    top_k_accuracy,
    wilson_interval,
)


@pytest.mark.parametrize(("right", "total"), [(0, 10), (10, 10), (3, 17), (985, 1000)])
def test_wilson_is_scipys(right: int, total: int) -> None:
    reference = stats.binomtest(right, total).proportion_ci(method="wilson")
    assert wilson_interval(right, total) == pytest.approx((reference.low, reference.high), abs=1e-12)


def test_no_images_have_no_interval() -> None:
    for interval in (wilson_interval, share_interval):
        with pytest.raises(ValueError, match="at least 1"):
            interval(0, 0)


@pytest.mark.parametrize(
    ("num_images", "least", "of_wilson"), [(5, 0.89, 0.84), (10, 0.92, 0.85), (20, 0.925, 0.86), (50, 0.93, 0.87)]
)
def test_a_share_of_few_images_is_covered(num_images: int, least: float, of_wilson: float) -> None:
    """Exactly, by adding up the binomial probabilities: at the share that is covered least, and in the mean."""
    right = np.arange(num_images + 1)
    shares = np.linspace(0.001, 0.999, 999)

    def coverage(interval: Callable[[int, int], tuple[float, float]]) -> np.ndarray:
        low, high = np.array([interval(count, num_images) for count in right.tolist()]).T[:, None]
        holds = (low <= shares[:, None]) & (shares[:, None] <= high)
        return np.sum(stats.binom.pmf(right, num_images, shares[:, None]) * holds, axis=1)

    found = coverage(share_interval)
    assert found.min() > least and found.mean() > 0.95
    assert coverage(wilson_interval).min() < of_wilson


def test_of_many_errors_the_interval_is_wilsons() -> None:
    assert share_interval(100 - RARE, 100) == wilson_interval(100 - RARE, 100)
    low, high = share_interval(99, 100)
    assert low < wilson_interval(99, 100)[0] and high == 1


@given(st.integers(2, 12), st.integers(1, 60), st.integers(0, 2**32), st.sampled_from([np.float16, np.float32]))
def test_scores_equal_scikit_learns(num_classes, num_images, seed, dtype):
    random = np.random.default_rng(seed)
    logits = (5 * random.standard_normal((num_images, num_classes))).astype(dtype)
    labels = random.integers(0, num_classes, num_images)
    scores = score(logits, labels)
    wide = logits.astype(np.float64)
    probabilities = np.exp(wide - wide.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    predictions = wide.argmax(1)
    classes = list(range(num_classes))
    assert scores.num_images == num_images
    f1 = f1_score(labels, predictions, labels=classes, average=None, zero_division=np.nan)
    np.testing.assert_allclose(f1_of_classes(np.array(scores.confusion)), f1, rtol=1e-12)
    assert scores.accuracy == accuracy_score(labels, predictions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class that is said and has no image
        assert balanced_accuracy(scores.confusion) == pytest.approx(balanced_accuracy_score(labels, predictions))
    assert macro_f1(scores.confusion) == pytest.approx(
        f1_score(labels, predictions, labels=np.unique(labels), average="macro")
    )
    assert scores.confusion == confusion_matrix(labels, predictions, labels=classes).tolist()
    assert scores.nll == pytest.approx(log_loss(labels, probabilities, labels=classes), rel=1e-9)
    if num_classes > 5:
        assert scores.top5 == pytest.approx(top_k_accuracy_score(labels, _ranked(wide), k=5, labels=classes))
    else:
        assert scores.top5 is None


def _ranked(logits):
    """Ranks instead of logits, ties in favour of the lower class: scikit-learn prefers the higher one."""
    order = np.argsort(-logits, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(logits.shape[1], 0, -1)[None].repeat(len(logits), 0), axis=1)
    return ranks


@given(st.integers(2, 8), st.integers(1, 40), st.integers(0, 2**32))
def test_calibration_error_image_by_image(num_classes, num_images, seed):
    random = np.random.default_rng(seed)
    logits, labels = 2 * random.standard_normal((num_images, num_classes)), random.integers(0, num_classes, num_images)
    bins = {}
    for row, label in zip(logits, labels, strict=True):
        probabilities = np.exp(row) / np.exp(row).sum()
        number = next(k for k in range(15) if k / 15 < probabilities.max() <= (k + 1) / 15)
        bins.setdefault(number, []).append((probabilities.max(), probabilities.argmax() == label))
    expected = sum(abs(sum(right for _, right in bin) - sum(sure for sure, _ in bin)) for bin in bins.values())
    assert score(logits, labels).ece == pytest.approx(expected / num_images, abs=1e-12)


def test_calibration_by_hand():
    sure = np.array([[50.0, 0.0]] * 4)
    assert expected_calibration_error(sure, np.array([0, 0, 0, 0])) == pytest.approx(0)
    assert expected_calibration_error(sure, np.array([0, 1, 1, 1])) == pytest.approx(0.75)
    undecided = np.zeros((4, 2))
    assert expected_calibration_error(undecided, np.array([0, 0, 1, 1])) == pytest.approx(0)


def test_agreement_is_of_decisions_and_needs_the_same_images():
    random = np.random.default_rng(0)
    teacher, student = random.standard_normal((2, 50, 4))
    assert agreement(teacher, 3 * teacher + 1) == 1
    assert agreement(teacher, student) == np.mean(teacher.argmax(1) == student.argmax(1))
    with pytest.raises(ValueError, match=r"got \(50, 4\) and \(1, 4\)"):
        agreement(teacher, student[:1])


@pytest.mark.parametrize(("k", "expected"), [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)])
def test_of_tied_logits_the_lower_classes_come_first(k, expected):
    assert top_k_accuracy(np.zeros((4, 4)), np.arange(4), k) == expected


def test_extreme_logits_are_scored_without_overflow():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = score(np.array([[1e30, -1e30], [0, 0]], np.float32), np.array([1, 0]))
    assert scores.nll == pytest.approx(1e30)
    assert scores.accuracy == 0.5  # the first class wins a tie


def test_the_logits_given_are_not_changed():
    logits = np.array([[1.0, 2.0]])
    score(logits, np.array([0]))
    assert logits.tolist() == [[1.0, 2.0]]


@given(st.floats(0.5, 32), st.integers(0, 2**32))
def test_off_label_mass_is_what_a_softmax_leaves(temperature, seed):
    random = np.random.default_rng(seed)
    logits, labels = 5 * random.standard_normal((7, 4)), random.integers(0, 4, 7)
    shares = softmax(logits / temperature, axis=1)
    assert off_label_mass(logits, labels, temperature) == pytest.approx(1 - shares[np.arange(7), labels].mean())
    assert off_label_mass((logits + 1e4 * np.eye(4)[labels]).astype(np.float32), labels) == pytest.approx(0, abs=1e-6)


def test_of_classes_of_one_size_balanced_accuracy_is_accuracy():
    assert balanced_accuracy([[3, 1], [2, 2]]) == 5 / 8


def test_without_any_image_there_is_no_mean_over_classes():
    assert np.isnan(balanced_accuracy([[0, 0], [0, 0]])) and np.isnan(macro_f1([[0, 0], [0, 0]]))


def test_more_confidence_asks_for_more_than_luck() -> None:
    lucky = Scores(num_images=100, accuracy=0.61, nll=1.0, confusion=[[31, 19], [20, 30]])
    assert not is_at_chance(lucky) and is_at_chance(lucky, confidence=0.999)
    assert not is_at_chance(Scores(num_images=100, accuracy=0.9, nll=1.0, confusion=[[45, 5], [5, 45]]), 0.999)
