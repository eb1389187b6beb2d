"""By what models are judged, as the classes' sizes have it."""

from itertools import permutations

import pytest

from harness.sweep.sections.metric import METRICS, class_sizes, metric_of, score_in
from kd.records import Scores
from kd.scores import balanced_accuracy

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


def test_equal_means_over_classes_are_equal_whichever_class_has_the_errors() -> None:
    """Or two trainings that are as good would not be a tie."""
    confusions = [
        [[right, 13 - right, 0], [0, other, 13 - other], [13 - third, 0, third]]
        for right, other, third in permutations((2, 5, 7))
    ]
    scores = [Scores(num_images=39, accuracy=14 / 39, nll=1.0, confusion=one) for one in confusions]
    assert len({balanced_accuracy(one) for one in confusions}) > 1
    assert len({score_in("balanced_accuracy", one) for one in scores}) == 1
