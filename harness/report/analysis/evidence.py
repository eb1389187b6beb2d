"""What the result files hold of why distillation did not help: numbers alone, each None where no file tells it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from harness.report.analysis.arms.gains import Answer
from harness.report.analysis.arms.guessing import Guessing, guessing_of
from harness.report.analysis.chance.statistics import Gain
from harness.report.analysis.search.edges import Edge, find_edges
from harness.report.analysis.search.reading import MIN_A_DIMENSION, SearchReading
from harness.report.results.sweep_results import Results, RunResult
from harness.report.results.val_logits import read_val_logits
from harness.state.attempts.run_state import RunState
from harness.state.stages.weak_teacher import WeakTeacher
from harness.sweep.search.params import Params
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import ClaimedAccuracy, EpochRecord, Record, Scores, SoftLabels
from kd.scores import off_label_mass

Kind = TypeVar("Kind", bound=Record)

LATE_SHARE = 0.2  # of the epochs: the end of a training, at least one epoch
FULL_RATE = 0.5  # of the largest learning rate: below it the loss falls because the rate does, and says nothing


class OffLabel(NamedTuple):
    """How much the teacher says beside the label, at the students' temperature: its mean off-label mass.

    ``tellingly``: the least kept temperature at which it says ten times as much on train; None where none does.
    """

    train: float
    val: float
    temperature: float
    tellingly: float | None


class LateLearning(NamedTuple):
    """What the distilled students still learned in their last epochs, mean over seeds.

    ``fall``: of the train loss, as a share of its whole fall; ``rise``: of the val accuracy.
    """

    fall: float
    rise: float
    num_late: int
    num_epochs: int


class Disputed(NamedTuple):
    """Val and test images on which the teacher and every student are sure of a class that is not the label's."""

    num: int
    num_images: int
    num_models: int

    @property
    def share(self) -> float:
        """Of all that were looked at."""
        return self.num / self.num_images


class Claim(NamedTuple):
    """What a teacher's card says of its accuracy, and what it comes to here, on val."""

    claimed: float
    here: Scores
    dataset: str


class UnevenTuning(NamedTuple):
    """Values of the student's training that the student alone and the distilled one were each tuned to, and differ in.

    ``num_complete``: trials of the student alone. ``num_asked``: that its search was to have; None of a grid.
    """

    alone: Params
    distilled: Params
    num_complete: int
    num_asked: int | None

    @property
    def least(self) -> int:
        """How many complete trials such a search should have."""
        return MIN_A_DIMENSION * len(self.alone)


class OnViews(NamedTuple):
    """The teacher's accuracy on the training images as the students see them, and on val."""

    views: float
    val: float


@dataclass(frozen=True)
class Evidence:
    """Everything that a cause can be read from."""

    gain: Gain | None = None
    guessing: Guessing | None = None
    weak_teacher: WeakTeacher | None = None
    claim: Claim | None = None
    on_views: OnViews | None = None
    disputed: Disputed | None = None
    off_label: OffLabel | None = None
    late: LateLearning | None = None
    tuning: UnevenTuning | None = None
    edges: tuple[Edge, ...] = ()
    is_searched: bool = False


def find_evidence(results: Results, answer: Answer, search: SearchReading | None) -> Evidence:
    """Of a sweep, finished or not.

    Args:
        results: The sweep.
        answer: What it comes to.
        search: Of the method that the answer is of; None where nothing was searched.
    """
    val = _teacher_on_val(results)
    soft = _soft_labels(results)
    return Evidence(
        gain=answer.gain,
        guessing=answer.guessing or guessing_of(results, "distilled"),
        weak_teacher=answer.weak_teacher,
        claim=next(_claims(results), None),
        on_views=OnViews(soft.accuracy, val.accuracy) if soft and val else None,
        disputed=_disputed(results) if answer.gain else None,
        off_label=_off_label(results, soft, answer.chosen.temperature) if soft and answer.chosen else None,
        late=late_learning(_histories(results)),
        tuning=_tuning(results),
        edges=find_edges(results, search) if search and search.is_over else (),
        is_searched=search is not None,
    )


def _tuning(results: Results) -> UnevenTuning | None:
    """None where the student's training was not searched, or nothing is chosen yet, or both came to the same."""
    alone, found, search = results.alone, results.headline, results.plan.sweep.search
    if alone is None or search is None or alone.params is None or found.params is None:
        return None
    theirs = {name: found.params[name] for name in alone.params if name in found.params}
    if all(alone.params[name] == value for name, value in theirs.items()):
        return None
    num_complete = sum(trial.state == RunState.COMPLETE for trial in alone.trials.trials)
    mine = {name: alone.params[name] for name in theirs}
    return UnevenTuning(mine, theirs, num_complete, None if search.sampler == "grid" else search.num_trials)


def late_learning(histories: Sequence[Sequence[EpochRecord]]) -> LateLearning | None:
    """What trainings still learned at their end.

    Returns:
        None without one of two epochs, where the loss never fell, and where the learning rate had come down by the
        end: with it the loss falls in every training, however long.
    """
    known = [epochs for epochs in histories if len(epochs) > 1]
    if not known or any(epochs[-1].lr < FULL_RATE * max(each.lr for each in epochs) for epochs in known):
        return None
    num_late = max(1, round(LATE_SHARE * len(known[0])))
    falls = [
        (epochs[-1 - num_late].train_loss - epochs[-1].train_loss, epochs[0].train_loss - epochs[-1].train_loss)
        for epochs in known
    ]
    if any(not whole > 0 for _, whole in falls):
        return None
    rises = [epochs[-1].val_accuracy - epochs[-1 - num_late].val_accuracy for epochs in known]
    shares = [late / whole for late, whole in falls]
    return LateLearning(float(np.mean(shares)), float(np.mean(rises)), num_late, len(known[0]))


class Judgement(NamedTuple):
    """The class that a model decides for [N], and whether it is sure that the label [N] is wrong."""

    predicted_N: NDArray[np.int64]
    is_sure_N: NDArray[np.bool_]


def judge(logits_NC: NDArray[np.floating], labels_N: NDArray[np.integer]) -> Judgement:
    """What a model thinks of labels.

    Sure is one whose probability of another class is at least what it gives that class on average where it is the
    label, and that gives the label less than a guess would: so that neither a model's own over- or underconfidence
    counts, nor an image between two classes.

    References:
        Northcutt, Jiang and Chuang, Confident learning, JAIR 2021 (the threshold of a class).
    """
    shares_NC = softmax(logits_NC.astype(np.float64), axis=1)
    images, num_classes = np.arange(len(labels_N)), shares_NC.shape[1]
    predicted_N, of_label_N = shares_NC.argmax(axis=1), shares_NC[images, labels_N]
    totals_C = np.bincount(labels_N, minlength=num_classes)
    summed_C = np.bincount(labels_N, weights=of_label_N, minlength=num_classes)
    usual_C = np.divide(summed_C, totals_C, out=np.full(num_classes, np.inf), where=totals_C > 0)
    is_usual_N = shares_NC[images, predicted_N] >= usual_C[predicted_N]
    return Judgement(predicted_N, is_usual_N & (of_label_N < 1 / num_classes) & (predicted_N != labels_N))


def count_disputed(judgements: Sequence[Judgement]) -> int:
    """Images of which all models are sure that they are of one and the same class, which is not the label's."""
    predicted_MN = np.stack([one.predicted_N for one in judgements])
    is_sure_MN = np.stack([one.is_sure_N for one in judgements])
    return int((is_sure_MN.all(axis=0) & (predicted_MN == predicted_MN[0]).all(axis=0)).sum())


def mass_at(soft: SoftLabels, temperature: float) -> float:
    """The off-label mass at any temperature, on the logarithm of T between those that were told."""
    return float(np.interp(np.log(temperature), np.log(soft.temperatures), soft.off_label))


def _histories(results: Results) -> list[tuple[EpochRecord, ...]]:
    arm = results.arm("distilled")
    complete = [run for run in (arm.runs if arm else ()) if run.state == RunState.COMPLETE]
    return [run.history.epochs for run in complete if run.history]


def _teacher_on_val(results: Results) -> Scores | None:
    """Of the teacher, or of the ensemble."""
    arm = results.arm("teacher")
    metrics = next((run.metrics for run in (arm.runs if arm else ()) if run.metrics), None)
    return metrics.val if metrics else None


def _soft_labels(results: Results) -> SoftLabels | None:
    return _optional(results.folder / "runs" / results.plan.logits.id / "soft_labels.json", SoftLabels)


def _claims(results: Results) -> Iterator[Claim]:
    """Of each teacher that is used as it is and has a card."""
    for run in results.teachers:
        found = _optional(results.folder / "runs" / run.id / "claimed.json", ClaimedAccuracy)
        if found is not None and run.metrics is not None and run.metrics.val is not None:
            yield Claim(found.accuracy, run.metrics.val, found.dataset)


def _optional(path: Path, kind: type[Kind]) -> Kind | None:
    """A file that older results do not have; damaged, it tells as little as none."""
    try:
        return read_record(path, kind)
    except (OSError, UnreadableFileError):
        return None


def _off_label(results: Results, soft: SoftLabels, temperature: float) -> OffLabel | None:
    found = [read_val_logits(results.folder, run.id) for run in results.teachers]
    known = [each for each in found if each is not None]
    if not known or len(known) < len(found) or not soft.temperatures:
        return None
    logits_NC = np.mean([each.logits_NC for each in known], axis=0)
    train = mass_at(soft, temperature)
    telling = (one for one, mass in zip(soft.temperatures, soft.off_label, strict=True) if mass >= 10 * train)
    return OffLabel(train, off_label_mass(logits_NC, known[0].labels_N, temperature), temperature, next(telling, None))


def _disputed(results: Results) -> Disputed | None:
    """None without two students: what one training and the teacher agree on against a label is often their error."""
    arms = [results.arm(key) for key in ("baseline", "distilled")]
    students = [run for arm in arms for run in (arm.runs if arm else ()) if run.state == RunState.COMPLETE]
    models = [*results.teachers, *students]
    if len(students) < 2:
        return None
    judged = [part for part in (_judged_on_val(results, models), _judged_on_test(results, models)) if part]
    num_images = sum(len(part[0].predicted_N) for part in judged)
    return Disputed(sum(map(count_disputed, judged)), num_images, len(models)) if judged else None


def _judged_on_val(results: Results, models: Sequence[RunResult]) -> list[Judgement]:
    """Empty where some model's val logits are not kept, or are of other images."""
    judgements: list[Judgement] = []
    for run in models:
        read = read_val_logits(results.folder, run.id)
        if read is None or (judgements and len(read.labels_N) != len(judgements[0].predicted_N)):
            return []
        judgements.append(judge(*read))
    return judgements


def _judged_on_test(results: Results, models: Sequence[RunResult]) -> list[Judgement]:
    test = results.test
    if test is None or test.labels_N is None or not all(run.id in test.logits for run in models):
        return []
    return [judge(test.logits[run.id], test.labels_N) for run in models]
