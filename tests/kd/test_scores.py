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
    calibration_bins,
    chance_of,
    expected_calibration_error,
    f1_of_classes,
    has_learned_nothing,
    imbalance,
    is_at_chance,
    is_far_above,
    is_unequal,
    knows_classes_apart,
    macro_f1,
    off_label_mass,
    score,
    share_interval,
    top_k_accuracy,
    wilson_interval,
)


@pytest.mark.parametrize(("right", "total"), [(0, 1), (1, 1), (0, 10), (10, 10), (3, 17), (985, 1000)])
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


@pytest.mark.parametrize(("right", "total"), [(0, 1), (1, 1), (14, 100), (90, 100), (971, 1000)])
@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_of_few_errors_it_is_that_of_as_many_more_right_as_wrong_images(
    right: int, total: int, confidence: float
) -> None:
    """Agresti and Coull: half of z² images are added to either side, and the plain interval is taken of all."""
    added = stats.norm.isf((1 - confidence) / 2) ** 2
    share = (right + added / 2) / (total + added)
    low, high = stats.norm.interval(confidence, share, np.sqrt(share * (1 - share) / (total + added)))
    assert share_interval(right, total, confidence) == pytest.approx((max(low, 0), min(high, 1)))


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
    found = calibration_bins(logits, labels)
    for number in range(15):
        bin = bins.get(number, [])
        assert (found.count_B[number], found.right_B[number]) == (len(bin), sum(right for _, right in bin))
        assert found.confidence_B[number] == pytest.approx(sum(sure for sure, _ in bin))


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
    for label in range(4):
        assert top_k_accuracy(np.zeros((1, 4)), np.array([label]), k) == (label < k)


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


def scores_of(*rows: list[int]) -> Scores:
    confusion = np.array(rows)
    total = int(confusion.sum())
    return Scores(num_images=total, accuracy=np.trace(confusion) / total, nll=1.0, confusion=confusion.tolist())


def test_classes_are_unequal_from_three_times_as_many_images_on() -> None:
    assert imbalance([]) == imbalance([0, 0]) == 1
    assert not is_unequal(scores_of([30, 0], [5, 5])) and is_unequal(scores_of([30, 1], [5, 5]))


def test_to_name_the_most_frequent_class_is_a_guess() -> None:
    assert chance_of(scores_of([3, 4, 0], [0, 2, 0], [0, 1, 0])) == 0.7
    named = scores_of([900, 0], [100, 0])
    assert is_at_chance(named) and not knows_classes_apart(named)
    told = scores_of([500, 400], [10, 90])  # fewer right than by that guess
    assert knows_classes_apart(told) and not is_at_chance(told)
    crowded = scores_of([500, 0, 0, 0], [0, 60, 20, 20], [1, 33, 33, 33], [1, 33, 33, 33])
    assert knows_classes_apart(crowded) and not is_at_chance(crowded)


def test_classes_are_known_apart_as_far_as_their_images_tell() -> None:
    """Classes of 1000 and 10 images tell of their mean as much as 40 images of two even ones; even ones as many."""
    for right, is_known in ((3, False), (4, True)):
        assert knows_classes_apart(scores_of([990, 10], [10 - right, right])) is is_known
        share = (0.99 + right / 10) / 2
        assert (wilson_interval(round(40 * share), 40)[0] > 0.5) is is_known
    for right, is_known in ((38, False), (39, True)):
        others = 100 - right
        assert knows_classes_apart(scores_of([right, others, 0], [0, right, others], [others, 0, right])) is is_known
        assert (wilson_interval(3 * right, 300)[0] > 1 / 3) is is_known


def test_who_is_above_chance_has_learned_something_however_little() -> None:
    assert not has_learned_nothing(scores_of([600, 400], [400, 600]))
    assert has_learned_nothing(scores_of([500, 500], [500, 500]))


@pytest.mark.parametrize(
    ("one", "other", "num_images", "is_far"),
    [(0.95, 0.85, 1000, True), (0.94, 0.85, 1000, False), (0.95, 0.85, 40, False), (0.85, 0.95, 1000, False)],
)
def test_far_above_is_by_the_margin_and_by_more_than_chance(
    one: float, other: float, num_images: int, is_far: bool
) -> None:
    few = [Scores(num_images=num_images, accuracy=share, nll=1.0, confusion=[]) for share in (one, other)]
    assert is_far_above(few[0], few[1], 0.095) is is_far
