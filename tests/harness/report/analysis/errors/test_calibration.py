"""Calibration against a plain loop and scikit-learn; changes of confusion against counts image by image."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special, stats
from sklearn.calibration import calibration_curve

from harness.report.analysis.errors.calibration import NUM_BINS, find_calibration
from harness.report.analysis.errors.true_class import find_true_class
from harness.report.results.sweep_results import Results
from kd.scores import calibration_bins, expected_calibration_error


def plain_ece(logits: NDArray[np.floating], labels: NDArray[np.integer], num_bins: int) -> float:
    """Guo et al., equation 3, word by word."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(num_bins)]
    for row, label in zip(logits.astype(float).tolist(), labels.tolist(), strict=True):
        weights = [math.exp(value - max(row)) for value in row]
        probabilities = [weight / sum(weights) for weight in weights]
        confidence = max(probabilities)
        index = next(m for m in range(num_bins) if confidence <= (m + 1) / num_bins or m == num_bins - 1)
        bins[index].append((confidence, probabilities.index(confidence) == label))
    total = 0.0
    for members in bins:
        if members:
            accuracy = sum(right for _, right in members) / len(members)
            confidence = sum(confidence for confidence, _ in members) / len(members)
            total += len(members) / len(labels) * abs(accuracy - confidence)
    return total


@pytest.mark.parametrize("num_bins", [1, 7, 15])
def test_the_error_is_the_plain_one(num_bins: int) -> None:
    random = np.random.default_rng(3)
    logits, labels = 3 * random.normal(size=(400, 6)), random.integers(0, 6, 400)
    bins = calibration_bins(logits, labels, num_bins)
    expected = plain_ece(logits, labels, num_bins)
    assert expected_calibration_error(logits, labels, num_bins) == pytest.approx(expected)
    assert np.abs(bins.right_B - bins.confidence_B).sum() / 400 == pytest.approx(expected)


def test_bins_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(4)
    logits, labels = 2 * random.normal(size=(500, 5)), random.integers(0, 5, 500)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    right = probabilities.argmax(axis=1) == labels
    accuracy, confidence = calibration_curve(right, probabilities.max(axis=1), n_bins=NUM_BINS)
    bins = calibration_bins(logits, labels, NUM_BINS)
    filled = bins.count_B > 0
    assert bins.right_B[filled] / bins.count_B[filled] == pytest.approx(accuracy)
    assert bins.confidence_B[filled] / bins.count_B[filled] == pytest.approx(confidence)
    assert bins.count_B.sum() == 500


def test_arms_are_means_over_seeds(results: Results) -> None:
    test, calibration = results.test, find_calibration(results)
    assert test is not None and test.labels_N is not None and calibration is not None
    errors = {}
    for arm in calibration.arms:
        runs = (results.arm(arm.key) or results.arms[0]).runs
        errors[arm.key] = [plain_ece(test.logits[run.id], test.labels_N, NUM_BINS) for run in runs]
        assert arm.ece.mean == pytest.approx(np.mean(errors[arm.key]))
        scores = [test.scores[run.id] for run in runs]
        assert arm.ece.mean == pytest.approx(np.mean([one.ece for one in scores]))
        assert arm.count_B.sum() == pytest.approx(arm.num_images) == len(test.labels_N)
        known = arm.count_B > 0
        accuracy = (arm.accuracy_B[known] * arm.count_B[known]).sum() / arm.num_images
        assert accuracy == pytest.approx(np.mean([one.accuracy for one in scores]))
        confidence = (arm.confidence_B[known] * arm.count_B[known]).sum() / arm.num_images
        assert arm.surplus.mean == pytest.approx(confidence - accuracy)
        if arm.num_seeds > 1:
            values = errors[arm.key]
            expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
            assert (arm.ece.low, arm.ece.high) == pytest.approx((max(0, expected[0]), expected[1]))
        else:
            assert math.isnan(arm.ece.low)
    expected = stats.ttest_rel(errors["distilled"], errors["baseline"]).confidence_interval()
    assert calibration.change is not None
    assert (calibration.change.low, calibration.change.high) == pytest.approx((expected.low, expected.high))


def test_the_true_class_gets_the_mean_over_seeds(results: Results) -> None:
    test, found = results.test, find_true_class(results)
    assert test is not None and test.labels_N is not None
    assert [arm.key for arm in found] == ["teacher", "baseline", "distilled"]
    images = np.arange(len(test.labels_N))
    for arm in found:
        runs = (results.arm(arm.key) or results.arms[0]).runs
        probabilities = [special.softmax(test.logits[run.id].astype(float), axis=1) for run in runs]
        expected_N = np.mean(probabilities, axis=0)[images, test.labels_N]
        assert arm.probability_N == pytest.approx(expected_N)
        assert np.mean(expected_N <= arm.median) >= 0.5 >= np.mean(expected_N < arm.median)
        assert arm.num_seeds == len(runs)
    assert find_true_class(replace(results, test=None)) == ()
    diverged = {run_id: np.full_like(logits, np.nan) for run_id, logits in test.logits.items()}
    assert find_true_class(replace(results, test=replace(test, logits=diverged))) == ()


def test_what_is_not_tested_or_diverged_is_left_out(results: Results) -> None:
    assert find_calibration(replace(results, test=None)) is None
    test = results.test
    assert test is not None
    distilled = results.arm("distilled")
    assert distilled is not None
    broken = test.logits | {distilled.runs[0].id: np.full_like(test.logits[distilled.runs[0].id], np.nan)}
    calibration = find_calibration(replace(results, test=replace(test, logits=broken)))
    assert calibration is not None
    assert {arm.key: arm.num_seeds for arm in calibration.arms} == {"teacher": 1, "baseline": 2, "distilled": 1}
    assert calibration.change is None
    empty = find_calibration(replace(results, test=replace(test, logits={})))
    assert empty is None
