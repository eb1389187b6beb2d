"""The images of each part whose labels are worth a second look, the least probable label first.

Who learned nothing cannot doubt a label: a model that is not clearly better than a guess has no say.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.errors.label_votes import (
    LabelVotes,
    Opinion,
    count_votes,
    opinion_of_answers,
    opinion_of_logits,
)
from harness.report.results.images.source_places import SourcePlaces
from harness.report.results.sweep_results import Results, RunResult
from kd.config import Part, TrainConfig
from kd.scores import is_at_chance

SHARE = 0.05  # of a part's images, that are listed at most
MISTAKEN = 0.05  # the chance that of models that all guess any has a say
PARTS: tuple[Part, ...] = ("test", "val", "train")


class SuspectLabel(NamedTuple):
    """An image, by its number in its part.

    ``confidence``: how much probability the models give to other classes than its label; the teachers together weigh
    as much as all students. ``teacher_votes``, ``student_votes``: how many say ``suggested``.
    """

    image: int
    label: int
    suggested: int
    confidence: float
    teacher_votes: int
    student_votes: int
    is_unanimous: bool


class SuspectLabels(NamedTuple):
    """Of one part: at most ``SHARE`` of its images, those whose label a model contradicts.

    ``num_unanimous``: where every model gives the same other answer, listed or not. ``num_silent``: further models,
    which have no say.
    """

    part: Part
    num_images: int
    num_teachers: int
    num_students: int
    suspects: tuple[SuspectLabel, ...]
    num_unanimous: int
    num_silent: int = 0

    @property
    def num_models(self) -> int:
        """That have a say."""
        return self.num_teachers + self.num_students


def find_suspect_labels(results: Results, places: SourcePlaces | None) -> tuple[SuspectLabels, ...]:
    """Of test, val and train, as far as models have said anything of them.

    Args:
        results: The sweep.
        places: Of the decoded data set, which has the labels of train; without it there is nothing of train.
    """
    trainings = {run.id: run for run in results.all_runs() if isinstance(run.run.config, TrainConfig)}
    silent = _silent(list(trainings.values()), results)
    teachers = {run.id for run in results.teachers}
    found = []
    for part in PARTS:
        labels_N, opinions = _opinions_of(part, list(trainings), results, places)
        if not opinions:
            continue
        heard = {run_id: opinion for run_id, opinion in opinions.items() if run_id not in silent}
        votes = count_votes(
            labels_N,
            [opinion for run_id, opinion in heard.items() if run_id in teachers],
            [opinion for run_id, opinion in heard.items() if run_id not in teachers],
        )
        num_silent = len(opinions) - len(heard)
        nobody = SuspectLabels(part, len(labels_N), 0, 0, (), 0, num_silent)
        found.append(nobody if votes is None else _suspects(part, votes)._replace(num_silent=num_silent))
    return tuple(found)


def _silent(trainings: Sequence[RunResult], results: Results) -> set[str]:
    """Models that neither on val nor on test are clearly better than a guess, by id.

    With many models one in twenty would be by luck; so each is asked for the more certainty, the more there are.
    """
    tested = results.test.scores if results.test else {}
    confidence = 1 - MISTAKEN / max(1, len(trainings))
    silent = set()
    for run in trainings:
        known = [one for one in (run.metrics.val if run.metrics else None, tested.get(run.id)) if one is not None]
        if known and all(is_at_chance(one, confidence) for one in known):
            silent.add(run.id)
    return silent


def _opinions_of(
    part: Part, ids: Sequence[str], results: Results, places: SourcePlaces | None
) -> tuple[NDArray[np.int64], dict[str, Opinion]]:
    """The labels of a part and what each model says of them; nothing where no model has said anything."""
    evidence, test = results.evidence, results.test
    opinions: dict[str, Opinion] = {}
    nothing = np.zeros(0, np.int64), opinions
    if part == "train":
        if places is None:
            return nothing
        labels_N = places.labels["train"]
        for run_id in ids:
            answers = evidence.train.get(run_id)
            if answers is not None and len(answers.rival_N) == len(labels_N):
                opinions[run_id] = opinion_of_answers(*answers)
    else:
        said = evidence.val if part == "val" else test.logits if test else {}
        given_N = evidence.val_labels_N if part == "val" else test.labels_N if test else None
        if given_N is None:
            return nothing
        labels_N = given_N
        opinions = {
            run_id: opinion_of_logits(said[run_id], labels_N)
            for run_id in ids
            if run_id in said and len(said[run_id]) == len(labels_N)
        }
    return labels_N, opinions


def _suspects(part: Part, votes: LabelVotes) -> SuspectLabels:
    num_images = len(votes.labels_N)
    is_unanimous_N = votes.unanimous()
    listed = votes.ranked()[: math.ceil(SHARE * num_images)]
    return SuspectLabels(
        part=part,
        num_images=num_images,
        num_teachers=votes.num_teachers,
        num_students=votes.num_students,
        suspects=tuple(
            SuspectLabel(
                image=image,
                label=int(votes.labels_N[image]),
                suggested=int(votes.suggested_N[image]),
                confidence=1 - float(votes.label_probability_N[image]),
                teacher_votes=int(votes.teacher_votes_N[image]),
                student_votes=int(votes.student_votes_N[image]),
                is_unanimous=bool(is_unanimous_N[image]),
            )
            for image in listed.tolist()
        ),
        num_unanimous=int(is_unanimous_N.sum()),
    )
