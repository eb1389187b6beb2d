"""Changes of confusion against counts image by image."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.errors.confusions import Matrix, confused_pairs, find_matrix, per_seed, side_by_side
from harness.report.analysis.errors.errors import ErrorAnalysis, find_errors
from harness.report.results.reading.reader import read_results


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
    assert matrix.is_whole and matrix.classes == (0, 1, 2) and matrix.share_inside == 1
    assert matrix.class_size == len(errors.labels_N) / 3
    assert matrix.change is not None
    assert matrix.change == pytest.approx(by_arm["distilled"] - by_arm["baseline"])
    assert matrix.change.sum(axis=1) == pytest.approx(0)  # what is read otherwise is still read
    only_teacher = Matrix(matrix.classes, {"teacher": by_arm["teacher"]}, 3)
    assert only_teacher.change is None


def test_pairs_go_both_ways_most_confused_first(errors: ErrorAnalysis) -> None:
    pairs, by_arm = confused_pairs(errors), per_seed(errors)
    assert {(pair.one, pair.other) for pair in pairs} <= {(0, 1), (0, 2), (1, 2)}
    weights = [pair.by_arm["baseline"] + pair.by_arm["distilled"] for pair in pairs]
    assert weights == sorted(weights, reverse=True)
    for pair in pairs:
        for key, matrix in by_arm.items():
            assert pair.by_arm[key] == pytest.approx(matrix[pair.one, pair.other] + matrix[pair.other, pair.one])


def test_of_many_classes_the_most_confused_stand_alone(crowd: Path) -> None:
    errors = find_errors(read_results(crowd), [f"kind {n}" for n in range(30)])
    assert errors is not None
    matrix = find_matrix(errors, max_shown=6)
    assert not matrix.is_whole and len(matrix.classes) == 6 and matrix.num_classes == 30
    places = {index: place for place, index in enumerate(matrix.classes)}
    assert abs(places[10] - places[21]) == 1 and abs(places[4] - places[5]) == 1
    for key, whole in per_seed(errors).items():
        assert (matrix.by_arm[key] == whole[np.ix_(matrix.classes, matrix.classes)]).all()
    students = per_seed(errors)["baseline"] + per_seed(errors)["distilled"]
    np.fill_diagonal(students, 0)
    inside = students[np.ix_(matrix.classes, matrix.classes)].sum() / students.sum()
    assert matrix.share_inside == pytest.approx(inside)


def test_without_confusions_there_is_still_an_order() -> None:
    assert sorted(side_by_side(np.zeros((4, 4)), [0, 2, 3])) == [0, 2, 3]
    assert side_by_side(np.zeros((4, 4)), [3, 1]) == [3, 1]
