"""The error analysis against slow loops over seeds and images."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from harness.report.analysis.chance.statistics import paired_gain
from harness.report.analysis.errors.errors import ClassRow, ErrorAnalysis, find_errors, least_by_chance, softmax
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results


@pytest.fixture(scope="module")
def results(finished: Path) -> Results:
    return read_results(finished)


@pytest.fixture(scope="module")
def errors(results: Results) -> ErrorAnalysis:
    found = find_errors(results, None)
    assert found is not None
    return found


def test_confusions_are_the_sums_of_the_recorded_ones(results: Results, errors: ErrorAnalysis) -> None:
    assert results.test is not None
    for key in ("teacher", "baseline", "distilled"):
        arm = results.arm(key)
        assert arm is not None
        recorded = sum(np.array(results.test.scores[run.id].confusion) for run in arm.runs)
        assert (errors.confusions[key] == recorded).all()


def test_opinions_are_the_commonest_answers(errors: ErrorAnalysis) -> None:
    predictions = errors.predictions["distilled"]
    for image in range(0, len(errors.labels_N), 7):
        answers = Counter(predictions.predicted_SN[:, image].tolist())
        prediction = predictions.of(image)
        assert prediction.num_predicted == max(answers.values())
        assert answers[prediction.predicted] == prediction.num_predicted
        assert prediction.num_right == answers[int(errors.labels_N[image])]
        probabilities = [one[image, prediction.predicted] for one in predictions.probabilities_SNC]
        assert prediction.probability == pytest.approx(sum(probabilities) / len(probabilities))


def test_fixed_and_broken_by_majority(errors: ErrorAnalysis) -> None:
    fixed, broken = set(), set()
    for image, truth in enumerate(errors.labels_N):
        before, after = (
            [predicted == truth for predicted in errors.predictions[key].predicted_SN[:, image]]
            for key in ("baseline", "distilled")
        )
        if sum(before) < len(before) / 2 and sum(after) > len(after) / 2:
            fixed.add(image)
        if sum(before) > len(before) / 2 and sum(after) < len(after) / 2:
            broken.add(image)
    assert set(errors.fixed) == fixed
    assert set(errors.broken) == broken


def test_class_gains_are_paired_gains_of_the_class(errors: ErrorAnalysis) -> None:
    for row in errors.classes:
        images = errors.labels_N == row.index
        expected = paired_gain(
            errors.predictions["distilled"].right_SN[:, images], errors.predictions["baseline"].right_SN[:, images]
        )
        assert row.gain == expected.both
        assert row.gain is not None
        assert row.adjusted_p >= row.gain.p
        assert row.gain.mean == pytest.approx(row.errors["baseline"].mean - row.errors["distilled"].mean)


def test_f1_of_a_class_is_the_mean_over_seeds_of_scikit_learns(errors: ErrorAnalysis) -> None:
    names = list(range(len(errors.class_names)))
    for key, found in errors.predictions.items():
        by_seed = [f1_score(errors.labels_N, row, labels=names, average=None) for row in found.predicted_SN]
        assert [row.f1[key] for row in errors.classes] == pytest.approx(list(np.mean(by_seed, axis=0)))


def test_misread_lists_every_image_that_any_model_misreads(errors: ErrorAnalysis) -> None:
    wrong = {
        image
        for image, truth in enumerate(errors.labels_N)
        if any((predictions.predicted_SN[:, image] != truth).any() for predictions in errors.predictions.values())
    }
    assert {int(image) for index in range(10) for image in errors.misread(index)} == wrong


def test_changed_pairs_are_those_that_stand_out_most_against_chance(errors: ErrorAnalysis) -> None:
    seeds = len(errors.predictions["baseline"].run_ids)
    before, after = (errors.confusions[key] / seeds for key in ("baseline", "distilled"))
    standing_out = np.abs(after - before) / np.sqrt(np.maximum(after + before, 1))
    np.fill_diagonal(standing_out, 0)
    found = [abs(pair.change) / max(pair.baseline + pair.distilled, 1) ** 0.5 for pair in errors.changed_pairs(5)]
    assert found == pytest.approx(np.sort(standing_out, axis=None)[::-1][:5])


def test_of_two_equal_changes_the_one_among_fewer_confusions_stands_out(errors: ErrorAnalysis) -> None:
    seeds = len(errors.predictions["baseline"].run_ids)
    matrices = {key: seeds * np.diag([900, 90, 9] + [0] * 7) for key in ("baseline", "distilled")}
    for key, (large, small, one) in {"baseline": (100, 12, 1), "distilled": (92, 4, 0)}.items():
        matrices[key][0, 1], matrices[key][1, 2], matrices[key][2, 0] = seeds * large, seeds * small, seeds * one
    pairs = replace(errors, confusions=matrices).changed_pairs(3)
    assert [(pair.truth, pair.predicted, pair.change) for pair in pairs] == [(1, 2, -8), (2, 0, -1), (0, 1, -8)]


def test_classes_are_ranked_by_what_stands_against_chance_and_not_by_how_small_they_are() -> None:
    def changed(index: int, sizes: int, rate: float) -> ClassRow:
        right = np.zeros((3, sizes), bool)
        right[:, : round(rate * sizes)] = True
        gain = paired_gain(right, np.zeros_like(right)).both
        return ClassRow(index, str(index), sizes, {}, {}, gain, gain.p, "gain")

    tiny, large, still = changed(0, 3, 1 / 3), changed(1, 400, 0.1), changed(2, 400, 0.0)
    assert tiny.gain is not None and large.gain is not None and tiny.gain.mean > 3 * large.gain.mean
    assert least_by_chance([tiny, still, large, replace(tiny, index=3, gain=None)]) == [
        large,
        tiny,
        still,
        replace(tiny, index=3, gain=None),
    ]


def test_samples_of_sorted_data_are_one_of_each_class(errors: ErrorAnalysis) -> None:
    assert sorted(errors.labels_N[errors.samples(10)].tolist()) == list(range(10))


def test_softmax_survives_huge_and_broken_logits() -> None:
    probabilities = softmax(np.array([[1e4, 0.0], [np.nan, 1.0], [np.log(3.0), 0.0]], np.float32))
    assert probabilities[0].tolist() == [1.0, 0.0]
    assert probabilities[1].tolist() == [0.0, 0.0]
    assert probabilities[2].tolist() == pytest.approx([0.75, 0.25])
