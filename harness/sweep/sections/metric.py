"""What a study's models are judged by: accuracy, or balanced accuracy where classes differ much in size.

Each part of the images is asked for itself. Test decides the headline, since a test set of equal classes weighs them
alike whatever train is; val decides by what a choice on val is judged. Labels of all parts are known before anything
is trained, and the models' answers on test are not.
"""

from collections.abc import Sequence
from typing import Literal

from kd.records import Scores
from kd.scores import IMBALANCED, balanced_accuracy, imbalance

Metric = Literal["accuracy", "balanced_accuracy"]
METRICS: tuple[Metric, ...] = ("accuracy", "balanced_accuracy")
DIGITS = 12
"""To which means over classes are rounded: two sums of the same shares differ in the last bits, and are a tie."""


def metric_of(asked: Metric | None, class_sizes: Sequence[int]) -> Metric:
    """What answers on some images are judged by.

    Args:
        asked: What the sweep file says; None: as the sizes are.
        class_sizes: How many of the images each class has; classes without one count for nothing.

    >>> metric_of(None, [30, 10]), metric_of(None, [31, 10]), metric_of("accuracy", [900, 10])
    ('accuracy', 'balanced_accuracy', 'accuracy')
    """
    if asked is not None:
        return asked
    return "balanced_accuracy" if imbalance(class_sizes) > IMBALANCED else "accuracy"


def class_sizes(scores: Scores) -> list[int]:
    """How many of the images that were read each class has."""
    return [sum(row) for row in scores.confusion]


def score_in(metric: Metric, scores: Scores) -> float:
    """How well the images were read, in a metric; equal sums of classes' shares are equal, in whichever order."""
    return scores.accuracy if metric == "accuracy" else round(balanced_accuracy(scores.confusion), DIGITS)
