"""Calibration against a plain loop and scikit-learn; changes of confusion against counts image by image."""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special, stats
from sklearn.calibration import calibration_curve

from harness.report.analysis.calibration import NUM_BINS, find_calibration
from harness.report.analysis.confusions import Matrix, confused_pairs, find_matrix, group, per_seed, side_by_side
from harness.report.analysis.errors import ErrorAnalysis, find_errors
from harness.report.analysis.true_class import find_true_class
from harness.report.build import report_files
from harness.report.figures.calibration import reliability_diagram
from harness.report.figures.confusion_maps import arm_map, change_map
from harness.report.figures.style import drawing_style
from harness.report.results.reader import read_results
from harness.report.results.sweep_results import Results
from harness.report.text.language import LANGUAGES, language
from kd.scores import calibration_bins, expected_calibration_error

NAMES = ["<b>x", "a & b", 'quote"s']


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


@pytest.fixture
def results(invented: Path) -> Results:
    return read_results(invented)


@pytest.fixture
def errors(results: Results) -> ErrorAnalysis:
    found = find_errors(results, NAMES)
    assert found is not None
    return found


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
            assert (arm.ece.low, arm.ece.high) == pytest.approx(expected)
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


def test_confusions_are_counted_in_images_a_seed(errors: ErrorAnalysis) -> None:
    for key, matrix in per_seed(errors).items():
        predictions = errors.predictions[key]
        counts: Counter[tuple[int, int]] = Counter()
        for row in predictions.predicted_SN:
            counts.update(zip(errors.labels_N.tolist(), row.tolist(), strict=True))
        for cell in np.ndindex(3, 3):
            assert matrix[cell] == pytest.approx(counts[cell] / len(predictions.run_ids))


def test_the_change_is_distilled_minus_baseline(errors: ErrorAnalysis) -> None:
    matrix, by_arm = find_matrix(errors), per_seed(errors)
    assert not matrix.has_others and matrix.classes == (0, 1, 2) and matrix.share_inside == 1
    assert matrix.change is not None
    assert matrix.change == pytest.approx(by_arm["distilled"] - by_arm["baseline"])
    assert matrix.change.sum(axis=1) == pytest.approx(0)  # what is read otherwise is still read
    only_teacher = Matrix(matrix.classes, False, {"teacher": by_arm["teacher"]})
    assert only_teacher.change is None


def test_pairs_go_both_ways_most_confused_first(errors: ErrorAnalysis) -> None:
    pairs, by_arm = confused_pairs(errors), per_seed(errors)
    assert {(pair.one, pair.other) for pair in pairs} <= {(0, 1), (0, 2), (1, 2)}
    weights = [pair.by_arm["baseline"] + pair.by_arm["distilled"] for pair in pairs]
    assert weights == sorted(weights, reverse=True)
    for pair in pairs:
        for key, matrix in by_arm.items():
            assert pair.by_arm[key] == pytest.approx(matrix[pair.one, pair.other] + matrix[pair.other, pair.one])


@pytest.fixture
def crowd(tmp_path: Path, invent: Callable[..., Path]) -> Path:
    """Thirty classes, of which 10 and 21, and 4 and 5, are taken for one another."""
    folder = invent(tmp_path / "results", 30, 600, [f"kind {n}" for n in range(30)])
    path = next(folder.glob("runs/test-*/predictions.npz"))
    arrays = dict(np.load(path))
    labels = arrays["labels"]
    mate = np.arange(30)
    mate[[10, 21, 4, 5]] = [21, 10, 5, 4]
    for name in set(arrays) - {"labels"}:
        arrays[name][np.arange(600), mate[labels]] += np.where(mate[labels] != labels, 4, 0)
    np.savez(path, **arrays)
    return folder


def test_of_many_classes_the_most_confused_stand_alone(crowd: Path) -> None:
    errors = find_errors(read_results(crowd), [f"kind {n}" for n in range(30)])
    assert errors is not None
    matrix = find_matrix(errors, 6)
    assert matrix.has_others and len(matrix.classes) == 5
    places = {index: place for place, index in enumerate(matrix.classes)}
    assert abs(places[10] - places[21]) == 1 and abs(places[4] - places[5]) == 1
    for key, whole in per_seed(errors).items():
        grouped = matrix.by_arm[key]
        assert grouped.shape == (6, 6)
        assert grouped.sum() == pytest.approx(whole.sum())
        for one, other in np.ndindex(5, 5):
            assert grouped[one, other] == whole[matrix.classes[one], matrix.classes[other]]
        others = [index for index in range(30) if index not in matrix.classes]
        assert grouped[:5, 5] == pytest.approx(whole[np.ix_(matrix.classes, others)].sum(axis=1))
        assert grouped[5, 5] == pytest.approx(whole[np.ix_(others, others)].sum())
    students = per_seed(errors)["baseline"] + per_seed(errors)["distilled"]
    np.fill_diagonal(students, 0)
    inside = students[np.ix_(matrix.classes, matrix.classes)].sum() / students.sum()
    assert matrix.share_inside == pytest.approx(inside)


def test_without_confusions_there_is_still_a_matrix() -> None:
    assert group(np.eye(4), [1, 3]).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 2]]
    assert sorted(side_by_side(np.zeros((4, 4)), [0, 2, 3])) == [0, 2, 3]
    assert side_by_side(np.zeros((4, 4)), [3, 1]) == [3, 1]


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_figures_speak_every_language(results: Results, errors: ErrorAnalysis, code: str) -> None:
    calibration, matrix, say = find_calibration(results), find_matrix(errors), language(code)
    assert calibration is not None
    with drawing_style():
        diagram = reliability_diagram(calibration, say)
        change = change_map(matrix, NAMES, say)
        arm = arm_map("teacher", matrix, NAMES, say)
    assert change is not None
    assert all(f"{100 * one.ece.mean:.2f}" in diagram.description for one in calibration.arms)
    for drawing in (change, arm):
        assert "<b>x" not in drawing.svg and "&lt;b&gt;x" in drawing.svg
    assert matrix.change is not None
    for truth, predicted in np.ndindex(3, 3):
        if abs(matrix.change[truth, predicted]) >= 0.05:
            anchor = "" if truth == predicted else f"#as-{predicted}"
            assert f'href="class-{truth}.html{anchor}"' in change.svg


def test_an_unchanged_matrix_is_drawn(errors: ErrorAnalysis) -> None:
    same = find_matrix(errors).by_arm["teacher"]
    with drawing_style():
        drawing = change_map(Matrix((0, 1, 2), False, {"baseline": same, "distilled": same}), NAMES, language("en"))
    assert drawing is not None and 'class="spot"' not in drawing.svg


@pytest.mark.thorough
def test_many_classes_have_a_page_of_confusions(crowd: Path) -> None:
    files = report_files(crowd, crowd.parent / ".data")
    page = files["confusions.html"]
    assert 'href="confusions.html"' in files["index.html"]
    assert page.count("<svg") == 4
    for target, anchor in re.findall(r'href="(class-\d+\.html)(?:#(as-\d+))?"', page):
        assert target in files and (not anchor or f'id="{anchor}"' in files[target])


@pytest.mark.thorough
def test_few_classes_have_their_map_on_the_front_page(invented: Path) -> None:
    few = report_files(invented, invented.parent / ".data")
    assert "confusions.html" not in few
    assert language("en")("confusion-change-title") in few["index.html"]
