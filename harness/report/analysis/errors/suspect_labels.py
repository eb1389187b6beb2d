"""The images of each part whose labels are worth a second look, the least probable label first."""

import math
from typing import NamedTuple

from harness.report.analysis.errors.label_votes import (
    LabelVotes,
    Opinion,
    count_votes,
    opinion_of_answers,
    opinion_of_logits,
)
from harness.report.results.images.source_places import SourcePlaces
from harness.report.results.sweep_results import Results
from kd.config import Part, TrainConfig

SHARE = 0.05  # of a part's images, that are listed at most
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

    ``num_unanimous``: where every model gives the same other answer, listed or not.
    """

    part: Part
    num_images: int
    num_teachers: int
    num_students: int
    suspects: tuple[SuspectLabel, ...]
    num_unanimous: int


def find_suspect_labels(results: Results, places: SourcePlaces | None) -> tuple[SuspectLabels, ...]:
    """Of test, val and train, as far as models have said anything of them.

    Args:
        results: The sweep.
        places: Of the decoded data set, which has the labels of train; without it there is nothing of train.
    """
    found = ((part, _votes_of(part, results, places)) for part in PARTS)
    return tuple(_suspects(part, votes) for part, votes in found if votes is not None)


def _votes_of(part: Part, results: Results, places: SourcePlaces | None) -> LabelVotes | None:
    """None where no model has said anything."""
    evidence, test = results.evidence, results.test
    ids = dict.fromkeys(run.id for run in results.all_runs() if isinstance(run.run.config, TrainConfig))
    is_teacher = {run.id: True for run in results.teachers}
    opinions: dict[str, Opinion] = {}
    if part == "train":
        if places is None:
            return None
        labels_N = places.labels["train"]
        for run_id in ids:
            answers = evidence.train.get(run_id)
            if answers is not None and len(answers.rival_N) == len(labels_N):
                opinions[run_id] = opinion_of_answers(*answers)
    else:
        said = evidence.val if part == "val" else test.logits if test else {}
        given_N = evidence.val_labels_N if part == "val" else test.labels_N if test else None
        if given_N is None:
            return None
        labels_N = given_N
        opinions = {
            run_id: opinion_of_logits(said[run_id], labels_N)
            for run_id in ids
            if run_id in said and len(said[run_id]) == len(labels_N)
        }
    teachers = [opinion for run_id, opinion in opinions.items() if run_id in is_teacher]
    students = [opinion for run_id, opinion in opinions.items() if run_id not in is_teacher]
    return count_votes(labels_N, teachers, students)


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
