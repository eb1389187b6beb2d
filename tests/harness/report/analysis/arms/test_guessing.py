"""Who learned nothing is told from who learned little, and from whom nobody can tell."""

import pytest

from harness.report.analysis.arms.guessing import Guessing, find_guessing
from kd.records import Scores


def scores(confusion: list[list[int]]) -> Scores:
    number, right = sum(map(sum, confusion)), sum(confusion[k][k] for k in range(len(confusion)))
    return Scores(num_images=number, accuracy=right / number, nll=1.0, confusion=confusion)


ONE_CLASS = [[0, 0, 30], [0, 0, 30], [0, 0, 40]]
AT_RANDOM = [[9, 10, 11], [11, 10, 9], [14, 13, 13]]


@pytest.mark.parametrize(
    ("confusions", "accuracy"),
    [
        ([ONE_CLASS], 0.4),
        ([ONE_CLASS] * 3, 0.4),  # the mean of 0.4, 0.4 and 0.4 in floats is above 0.4
        ([AT_RANDOM, ONE_CLASS], 0.36),
        ([[[9, 10, 11], [11, 10, 9], [10, 10, 20]], AT_RANDOM], 0.355),
        ([ONE_CLASS, [[15, 0, 15], [0, 15, 15], [0, 0, 40]]], None),  # one of two learned
        ([[[940, 50], [2, 8]]], None),  # less often right than who names the large class, and knows the small one
        ([], None),
    ],
)
def test_who_does_no_better_than_naming_one_class_learned_nothing(
    confusions: list[list[list[int]]], accuracy: float | None
) -> None:
    found = find_guessing("alone", [scores(each) for each in confusions])
    expected = None if accuracy is None else Guessing("alone", pytest.approx(accuracy), 0.4, len(confusions))
    assert found == expected


@pytest.mark.parametrize(("num_images", "is_told"), [(2, False), (10, False), (20, True)])
def test_too_few_val_images_do_not_tell_guessing_from_learning(num_images: int, is_told: bool) -> None:
    half = num_images // 2
    guessing = [scores([[half, 0], [half, 0]])] * 5  # seeds read the same images, and tell no more than one
    assert (find_guessing("alone", guessing) is not None) == is_told
