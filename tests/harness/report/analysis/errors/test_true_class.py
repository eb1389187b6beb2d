"""The probability of the true class against scipy, image by image and averaged over seeds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from harness.report.analysis.errors.true_class import find_true_class, true_class_probability
from harness.report.results.reading.reader import read_results


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 50.0, 1e4]))
def test_it_is_softmax_at_the_label(seed: int, scale: float) -> None:
    random = np.random.default_rng(seed)
    logits, labels = scale * random.normal(size=(20, 4)), random.integers(0, 4, 20)
    expected = softmax(logits, axis=1)[np.arange(20), labels]
    assert true_class_probability(logits, labels) == pytest.approx(expected)
    assert true_class_probability(logits.astype(np.float16), labels).dtype == np.float64


def test_each_arm_is_the_mean_of_its_seeds(invented: Path) -> None:
    results = read_results(invented)
    assert results.test is not None and results.test.labels_N is not None
    found = {one.key: one for one in find_true_class(results)}
    assert list(found) == ["teacher", "baseline", "distilled"]
    for key, one in found.items():
        arm = results.arm(key)
        assert arm is not None and one.num_seeds == len(arm.runs)
        rows = [log_softmax(results.test.logits[run.id].astype(float), axis=1) for run in arm.runs]
        expected = np.mean([np.exp(row[np.arange(60), results.test.labels_N]) for row in rows], axis=0)
        assert one.probability_N == pytest.approx(expected)
        assert one.median == np.median(expected)


def test_without_predictions_there_is_none(invented: Path) -> None:
    next(invented.glob("runs/test-*/predictions.npz")).unlink()
    assert find_true_class(read_results(invented)) == ()
