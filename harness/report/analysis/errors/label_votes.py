"""Labels worth a second look: what the models say of labelled images, beside their labels.

An image comes first whose label the models hold for the least probable (Northcutt et al.: Confident Learning,
arXiv:1911.00068, "self-confidence"). Of val and test images the models were never told the labels, and their logits
are asked. Of training images they were, and what they answered while they learned is asked (``kd.training.answers``).
The teachers together weigh as much as all students together: there is one of them, and it knows most.

Shape suffixes: N images, C classes, M models.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Opinion(NamedTuple):
    """What one model says of labelled images.

    ``label_probability_N``: of the label. ``rival_N``: the most probable of the other classes, -1 for none.
    ``weight_N``: how much the model is for it, 0 to 1. ``has_said_N``: whether it was ever its answer.
    ``votes_N``: whether it is its answer, of a training's epochs that of most.
    """

    label_probability_N: NDArray[np.float64]
    rival_N: NDArray[np.int64]
    weight_N: NDArray[np.float64]
    has_said_N: NDArray[np.bool_]
    votes_N: NDArray[np.bool_]


def opinion_of_logits(logits_NC: NDArray[np.floating], labels_N: NDArray[np.int64]) -> Opinion:
    """What a model says of images that it was not trained on; of those whose logits are not finite, nothing.

    >>> opinion_of_logits(np.array([[0.0, 9.0], [0.0, 9.0]]), np.array([0, 1])).votes_N.tolist()
    [True, False]
    """
    images = np.arange(len(labels_N))
    finite_NC = np.where(np.isfinite(logits_NC).all(axis=1, keepdims=True), logits_NC, 0).astype(np.float64)
    exponentials_NC = np.exp(finite_NC - finite_NC.max(axis=1, keepdims=True))
    probabilities_NC = exponentials_NC / exponentials_NC.sum(axis=1, keepdims=True)
    label_probability_N = probabilities_NC[images, labels_N].copy()
    probabilities_NC[images, labels_N] = -1
    rival_N = probabilities_NC.argmax(axis=1)
    weight_N = probabilities_NC[images, rival_N]
    votes_N = weight_N > label_probability_N
    return Opinion(label_probability_N, rival_N, weight_N, votes_N, votes_N)


def opinion_of_answers(
    label_probability_N: NDArray[np.floating],
    num_wrong_N: NDArray[np.integer],
    rival_N: NDArray[np.integer],
    epochs: int,
) -> Opinion:
    """What a model answered of its own training images over so many epochs."""
    share_N = num_wrong_N / epochs
    return Opinion(
        label_probability_N=label_probability_N.astype(np.float64),
        rival_N=rival_N.astype(np.int64),
        weight_N=share_N,
        has_said_N=num_wrong_N > 0,
        votes_N=share_N > 0.5,
    )


class LabelVotes(NamedTuple):
    """All models' opinion of images [N].

    ``suggested_N``: the class other than the label that they are most for, -1 for none; ``teacher_votes_N`` and
    ``student_votes_N``: how many give it as their answer; ``is_contradicted_N``: whether any ever did.
    """

    labels_N: NDArray[np.int64]
    suggested_N: NDArray[np.int64]
    label_probability_N: NDArray[np.float64]
    teacher_votes_N: NDArray[np.int64]
    student_votes_N: NDArray[np.int64]
    is_contradicted_N: NDArray[np.bool_]
    num_teachers: int
    num_students: int

    @property
    def num_models(self) -> int:
        """Teachers and students."""
        return self.num_teachers + self.num_students

    def unanimous(self) -> NDArray[np.bool_]:
        """Where every model gives the same answer, and it is not the label [N]."""
        is_by_all_N: NDArray[np.bool_] = self.teacher_votes_N + self.student_votes_N == self.num_models
        return is_by_all_N

    def ranked(self) -> NDArray[np.int64]:
        """The images whose label a model contradicts, the least probable label first."""
        order = np.argsort(self.label_probability_N, kind="stable")
        return order[self.is_contradicted_N[order]]


def count_votes(
    labels_N: NDArray[np.int64], teachers: Sequence[Opinion], students: Sequence[Opinion]
) -> LabelVotes | None:
    """The opinions together; None of no models."""
    groups = [group for group in (teachers, students) if group]
    if not groups:
        return None
    opinions = [opinion for group in groups for opinion in group]
    shares = [1 / len(groups) / len(group) for group in groups for _ in group]
    suggested_N = _most_supported(opinions, shares)
    agrees_MN = np.stack([opinion.rival_N == suggested_N for opinion in opinions]) & (suggested_N >= 0)
    votes_MN = agrees_MN & np.stack([opinion.votes_N for opinion in opinions])
    said_MN = agrees_MN & np.stack([opinion.has_said_N for opinion in opinions])
    return LabelVotes(
        labels_N=labels_N,
        suggested_N=suggested_N,
        label_probability_N=sum(
            (share * opinion.label_probability_N for share, opinion in zip(shares, opinions, strict=True)),
            np.zeros(len(labels_N)),
        ),
        teacher_votes_N=votes_MN[: len(teachers)].sum(axis=0),
        student_votes_N=votes_MN[len(teachers) :].sum(axis=0),
        is_contradicted_N=np.logical_or.reduce(said_MN),
        num_teachers=len(teachers),
        num_students=len(students),
    )


def _most_supported(opinions: Sequence[Opinion], shares: Sequence[float]) -> NDArray[np.int64]:
    """The rival with the largest sum of weights [N], without a table of all classes, which may be a thousand."""
    best_N = np.full(len(opinions[0].rival_N), -1, np.int64)
    support_N = np.full(len(best_N), -1.0)
    for candidate in opinions:
        sum_N = np.zeros(len(best_N))
        for share, opinion in zip(shares, opinions, strict=True):
            sum_N += np.where(opinion.rival_N == candidate.rival_N, share * opinion.weight_N, 0)
        is_better_N = (candidate.rival_N >= 0) & (sum_N > support_N)
        best_N = np.where(is_better_N, candidate.rival_N, best_N)
        support_N = np.where(is_better_N, sum_N, support_N)
    return best_N
