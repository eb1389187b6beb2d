"""By what models are judged, as the classes' sizes have it."""

import pytest

from harness.sweep.sections.metric import METRICS, class_sizes, metric_of, score_in
from kd.records import Scores

LOPSIDED = Scores(num_images=102, accuracy=91 / 102, nll=1.0, confusion=[[90, 10], [1, 1]])


@pytest.mark.parametrize(
    ("sizes", "metric"),
    [
        ([10, 10], "accuracy"),
        ([30, 10], "accuracy"),  # three times is not more than three times
        ([31, 10], "balanced_accuracy"),
        ([31, 10, 0], "balanced_accuracy"),  # a class without an image is none of the smallest
        ([10, 0], "accuracy"),
        ([], "accuracy"),
    ],
)
def test_where_nobody_asks_the_sizes_decide(sizes: list[int], metric: str) -> None:
    assert metric_of(None, sizes) == metric


@pytest.mark.parametrize("asked", METRICS)
def test_what_is_asked_for_stands(asked: str) -> None:
    assert metric_of(asked, [1000, 1]) == metric_of(asked, [10, 10]) == asked  # type: ignore[arg-type]


def test_scores_know_their_classes_sizes_and_both_metrics() -> None:
    assert class_sizes(LOPSIDED) == [100, 2]
    assert score_in("accuracy", LOPSIDED) == pytest.approx(91 / 102)
    assert score_in("balanced_accuracy", LOPSIDED) == pytest.approx(0.7)
