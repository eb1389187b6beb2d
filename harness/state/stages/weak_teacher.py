"""Whether the teacher knows more than the student alone: on val, before anything is read from test."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from harness.state.attempts.run_state import read_metrics
from harness.state.files.folder import SweepFolder
from harness.state.stages.graph import Searches, baseline_runs, searches_of
from harness.sweep.plan import Plan
from harness.sweep.sections.metric import Metric, class_sizes, metric_of, score_in
from kd.records import Scores
from kd.scores import score

VAL_WORDS: dict[Metric, str] = {"accuracy": "val accuracy", "balanced_accuracy": "balanced val accuracy"}


class WeakTeacher(NamedTuple):
    """A teacher that is not better than the student alone.

    ``teacher`` and ``baseline``: accuracies on val, of several teachers their ensemble's, of several baselines the
    mean over ``num_baselines``, all there are by now. Of several students, of whom it is better than none: the
    weakest one's.
    """

    teacher: float
    baseline: float
    num_baselines: int
    num_teachers: int
    metric: Metric = "accuracy"
    num_students: int = 1

    @property
    def text(self) -> str:
        """The finding with its numbers, in one line."""
        who = "the teacher" if self.num_teachers == 1 else "the teachers' ensemble"
        alone = "the one baseline" if self.num_baselines == 1 else f"the mean of {self.num_baselines} baselines"
        several = self.num_students > 1
        student = f"any of the {self.num_students} students" if several else "the student"
        return (
            f"{who} is not better than {student} alone: {VAL_WORDS[self.metric]} {100 * self.teacher:.2f} % "
            f"against {100 * self.baseline:.2f} %, {alone}{' of the weakest' if several else ''}"
        )


def judge_teacher(
    teacher: float | None, baselines: Sequence[float], num_teachers: int, metric: Metric = "accuracy"
) -> WeakTeacher | None:
    """The one rule: a teacher's val accuracy must be above the mean of the baselines'.

    Args:
        teacher: Its accuracy, in a metric.
        baselines: Theirs, in the same.
        num_teachers: That the accuracy is of.
        metric: In which all are given.

    Returns:
        None where it is, or where one of the two is not known.

    >>> judge_teacher(0.9, [0.9, 0.92], 1).baseline
    0.91
    >>> judge_teacher(0.92, [0.9, 0.92], 1), judge_teacher(None, [0.9], 1), judge_teacher(0.1, [], 1)
    (None, None, None)
    """
    if teacher is None or not baselines:
        return None
    baseline = float(np.mean(baselines))
    return WeakTeacher(teacher, baseline, len(baselines), num_teachers, metric) if teacher <= baseline else None


def find_weak_teacher(plan: Plan, folder: SweepFolder, searches: Searches) -> WeakTeacher | None:
    """What the files say by now; of several students, where the teacher is better than none of them.

    Raises:
        UnreadableFileError: A run's metrics are damaged or of a newer version.
    """
    found = [_find_for_student(member, folder, searches_of(member, searches)) for member in plan.members]
    weak = [one for one in found if one is not None]
    if len(weak) < len(found):
        return None
    return min(weak, key=lambda one: one.baseline)._replace(num_students=len(found))


def _find_for_student(plan: Plan, folder: SweepFolder, searches: Searches) -> WeakTeacher | None:
    teachers = [run.id for run in plan.teachers]
    read = (_val_scores(folder, run.id) for run in baseline_runs(plan, searches))
    baselines = [scores for scores in read if scores is not None]
    known = [_val_scores(folder, run_id) for run_id in teachers] if baselines else [None]
    teacher = known[0] if len(teachers) == 1 else None if None in known else _ensemble_scores(folder, teachers)
    if teacher is None:
        return None
    metric = metric_of(plan.sweep.metric, class_sizes(teacher))
    return judge_teacher(
        score_in(metric, teacher), [score_in(metric, each) for each in baselines], len(teachers), metric
    )


def _val_scores(folder: SweepFolder, run_id: str) -> Scores | None:
    try:
        return read_metrics(folder.run(run_id)).val
    except FileNotFoundError:
        return None


def _ensemble_scores(folder: SweepFolder, teachers: Iterable[str]) -> Scores | None:
    """Of the mean of the teachers' logits on val, which is what they teach; None where one's are not to be read."""
    logits, labels = [], None
    for run_id in teachers:
        try:
            with np.load(folder.run(run_id) / "predictions.npz", allow_pickle=False) as arrays:
                logits.append(arrays["val"])
                labels = arrays["labels"]
        except Exception:  # a damaged archive raises anything from BadZipFile to ValueError
            return None
    assert labels is not None, "there are teachers"
    return score(np.mean(logits, axis=0), labels)
