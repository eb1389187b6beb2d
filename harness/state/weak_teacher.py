"""Whether the teacher knows more than the student alone: on val, before anything is read from test."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from harness.state.folder import SweepFolder
from harness.state.stages import Searches, baseline_runs
from harness.sweep.plan import Plan
from kd.files import read_record
from kd.records import Metrics


class WeakTeacher(NamedTuple):
    """A teacher that is not better than the student alone.

    ``teacher`` and ``baseline``: accuracies on val, of several teachers their ensemble's, of several baselines the
    mean over ``num_baselines``, all there are by now.
    """

    teacher: float
    baseline: float
    num_baselines: int
    num_teachers: int

    @property
    def text(self) -> str:
        """The finding with its numbers, in one line."""
        who = "the teacher" if self.num_teachers == 1 else "the teachers' ensemble"
        alone = "the one baseline" if self.num_baselines == 1 else f"the mean of {self.num_baselines} baselines"
        return (
            f"{who} is not better than the student alone: val accuracy {self.teacher:.2%} "
            f"against {self.baseline:.2%}, {alone}"
        )


def judge_teacher(teacher: float | None, baselines: Sequence[float], num_teachers: int) -> WeakTeacher | None:
    """The one rule: a teacher's val accuracy must be above the mean of the baselines'.

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
    return WeakTeacher(teacher, baseline, len(baselines), num_teachers) if teacher <= baseline else None


def find_weak_teacher(plan: Plan, folder: SweepFolder, searches: Searches) -> WeakTeacher | None:
    """What the files say by now.

    Raises:
        UnreadableFileError: A run's metrics are damaged or of a newer version.
    """
    teachers = [run.id for run in plan.teachers]
    baselines = [
        accuracy for run in baseline_runs(plan, searches) if (accuracy := _val_accuracy(folder, run.id)) is not None
    ]
    known = [_val_accuracy(folder, run_id) for run_id in teachers] if baselines else [None]
    if None in known:
        return None
    teacher = known[0] if len(teachers) == 1 else _ensemble_accuracy(folder, teachers)
    return judge_teacher(teacher, baselines, len(teachers))


def _val_accuracy(folder: SweepFolder, run_id: str) -> float | None:
    try:
        metrics = read_record(folder.run(run_id) / "metrics.json", Metrics)
    except FileNotFoundError:
        return None
    return metrics.val.accuracy if metrics.val else None


def _ensemble_accuracy(folder: SweepFolder, teachers: Iterable[str]) -> float | None:
    """Of the mean of the teachers' logits on val, which is what they teach; None where one's are not to be read."""
    logits, labels = [], None
    for run_id in teachers:
        try:
            with np.load(folder.run(run_id) / "predictions.npz", allow_pickle=False) as arrays:
                logits.append(arrays["val"])
                labels = arrays["labels"]
        except Exception:  # a damaged archive raises anything from BadZipFile to ValueError
            return None
    return float((np.mean(logits, axis=0).argmax(axis=1) == labels).mean())
