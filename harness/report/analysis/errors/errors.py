"""Which images and classes the models misread, and what distillation changed about it.

Shape suffixes: S seeds, N test images, C classes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.arms.gains import look_read, paired
from harness.report.analysis.chance.statistics import Estimate, accuracy, holm, paired_gain, verdict_among
from harness.report.analysis.words import Verdict
from harness.report.results.class_names import told_apart
from harness.report.results.sweep_results import Results
from kd.scores import confusion_matrix, f1_of_classes

ARMS = ("teacher", "baseline", "distilled")
TOP_K = 3  # of one model for one image
LEAST_PROBABILITY = 0.005  # probability of a second or third guess that is worth a word


class Prediction(NamedTuple):
    """What the seeds of one arm say about an image: the most frequent answer, and the mean probability it got."""

    predicted: int
    num_predicted: int
    num_seeds: int
    num_right: int
    probability: float


class ClassProbability(NamedTuple):
    """A class and the probability that a model gives it."""

    predicted: int
    probability: float


class RunPredictions(NamedTuple):
    """What one model says: its answer, its other likely classes, and, wherever it comes, the true class."""

    run_id: str
    top_k: tuple[ClassProbability, ...]


@dataclass(frozen=True)
class ArmPredictions:
    """One arm's readings of the whole test set."""

    key: str
    run_ids: tuple[str, ...]
    predicted_SN: NDArray[np.int64]
    right_SN: NDArray[np.bool_]
    probabilities_SNC: NDArray[np.float32]
    votes_NC: NDArray[np.int64]
    common_N: NDArray[np.int64]

    def of(self, image: int) -> Prediction:
        """The arm's opinion of one image."""
        predicted = int(self.common_N[image])
        return Prediction(
            predicted=predicted,
            num_predicted=int(self.votes_NC[image, predicted]),
            num_seeds=len(self.run_ids),
            num_right=int(self.right_SN[:, image].sum()),
            probability=float(self.probabilities_SNC[:, image, predicted].mean()),
        )

    def by_run(self, image: int, truth: int) -> list[RunPredictions]:
        """What each of its models says of one image."""
        probabilities_SC = self.probabilities_SNC[:, image]
        order_SC = np.argsort(-probabilities_SC, axis=1, kind="stable")[:, :TOP_K]
        return [
            RunPredictions(run_id, tuple(_top_k(row_C, order_C.tolist(), truth)))
            for run_id, row_C, order_C in zip(self.run_ids, probabilities_SC, order_SC, strict=True)
        ]


def _top_k(probabilities_C: NDArray[np.float32], order: list[int], truth: int) -> Iterator[ClassProbability]:
    for place, predicted in enumerate(order):
        if place == 0 or predicted == truth or probabilities_C[predicted] >= LEAST_PROBABILITY:
            yield ClassProbability(predicted, float(probabilities_C[predicted]))
    if truth not in order:
        yield ClassProbability(truth, float(probabilities_C[truth]))


@dataclass(frozen=True)
class ClassRow:
    """One class: errors and F1 by arm, and the paired gain with its p-value adjusted for looking at every class.

    ``by_seed``: the error rate of each of an arm's models.
    """

    index: int
    name: str
    num_images: int
    errors: dict[str, Estimate]
    f1: dict[str, float]
    gain: Estimate | None
    adjusted_p: float
    verdict: Verdict
    by_seed: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def least_by_chance(rows: Iterable[ClassRow]) -> list[ClassRow]:
    """Classes whose change is least likely to be chance first.

    By the change itself the smallest classes would lead: of five images, one that is read otherwise is 20 points.
    """

    def chance(row: ClassRow) -> tuple[float, float, int]:
        return (row.gain.p, -abs(row.gain.mean), row.index) if row.gain else (1.0, 0.0, row.index)

    return sorted(rows, key=chance)


class Pair(NamedTuple):
    """A confusion that distillation changed: mean number of images per seed, before and after."""

    truth: int
    predicted: int
    baseline: float
    distilled: float

    @property
    def change(self) -> float:
        """Images a seed more (less, where negative) after distillation."""
        return self.distilled - self.baseline


@dataclass(frozen=True)
class ErrorAnalysis:
    """The error analysis of a test reading."""

    labels_N: NDArray[np.int64]
    class_names: tuple[str, ...]
    predictions: dict[str, ArmPredictions]
    classes: tuple[ClassRow, ...]
    confusions: dict[str, NDArray[np.int64]]
    fixed: tuple[int, ...]
    broken: tuple[int, ...]

    def changed_pairs(self, num_pairs: int) -> list[Pair]:
        """The confusions between whose numbers of images before and after chance stands least.

        By the difference d alone the largest classes would lead. Were before and after counts of Poisson, its standard
        error would be the root of their sum; being of the same images they differ by less, so d over it is a careful
        measure of how far the change stands out.
        """
        if not {"baseline", "distilled"} <= set(self.confusions):
            return []
        before, after = (self.confusions[key] / len(self.predictions[key].run_ids) for key in ("baseline", "distilled"))
        change = np.abs(after - before)
        np.fill_diagonal(change, 0)
        standing_out = change / np.sqrt(np.maximum(after + before, 1.0))
        order = np.lexsort((-change.ravel(), -standing_out.ravel()))[:num_pairs]
        cells = [divmod(int(cell), change.shape[1]) for cell in order if change.flat[cell] > 0]
        return [
            Pair(truth, predicted, float(before[truth, predicted]), float(after[truth, predicted]))
            for truth, predicted in cells
        ]

    def samples(self, num_samples: int) -> list[int]:
        """The first test images; where the data are sorted by class, the first of each class instead."""
        first = list(range(min(num_samples, len(self.labels_N))))
        if len(set(self.labels_N[first].tolist())) > 2:
            return first
        return sorted(np.unique(self.labels_N, return_index=True)[1].tolist())[:num_samples]

    def misread(self, truth: int) -> NDArray[np.int64]:
        """Images of a class that any model of any arm misreads, most often misread by students first."""
        images = np.flatnonzero(self.labels_N == truth)
        wrong = np.zeros(len(images))
        for key, predictions in self.predictions.items():
            weight = 0.5 if key == "teacher" else 1.0
            wrong += weight * (~predictions.right_SN[:, images]).mean(axis=0)
        return images[np.argsort(-wrong, kind="stable")][: int((wrong > 0).sum())]


def find_errors(results: Results, class_names: list[str] | None) -> ErrorAnalysis | None:
    """The error analysis; None while there are no test predictions.

    Args:
        results: The sweep.
        class_names: From the data store, where it is still there.
    """
    test = results.test
    if test is None or test.labels_N is None or not test.logits:
        return None
    labels_N = test.labels_N
    predictions = {}
    for key in ARMS:
        arm = results.arm(key)
        ids = [run.id for run in (arm.runs if arm else ()) if run.id in test.logits]
        if ids:
            predictions[key] = _arm_predictions(key, ids, [test.logits[run_id] for run_id in ids], labels_N)
    if not predictions:
        return None
    num_classes = next(iter(predictions.values())).probabilities_SNC.shape[2]
    names = told_apart(class_names or results.class_names)
    if len(names) != num_classes:
        names = tuple(str(index) for index in range(num_classes))
    pair = _pair(results, predictions)
    fixed, broken = _fixed_and_broken(pair, _confidence_change(predictions, labels_N)) if pair else ((), ())
    return ErrorAnalysis(
        labels_N=labels_N,
        class_names=names,
        predictions=predictions,
        classes=_class_rows(labels_N, names, predictions, pair),
        confusions={
            key: sum(
                (confusion_matrix(labels_N, row, num_classes) for row in found.predicted_SN), np.zeros((1, 1), np.int64)
            )
            for key, found in predictions.items()
        },
        fixed=fixed,
        broken=broken,
    )


def softmax(logits_NC: NDArray[np.floating]) -> NDArray[np.float32]:
    """Probabilities [N, C]; rows that are not finite become zero, so that a diverged model can be shown."""
    shifted = logits_NC.astype(np.float32) - logits_NC.max(axis=1, keepdims=True).astype(np.float32)
    with np.errstate(invalid="ignore"):
        exponentials = np.exp(shifted)
        probabilities_NC: NDArray[np.float32] = exponentials / exponentials.sum(axis=1, keepdims=True)
    return np.nan_to_num(probabilities_NC)


def _arm_predictions(
    key: str, run_ids: list[str], logits: list[NDArray[np.floating]], labels_N: NDArray[np.int64]
) -> ArmPredictions:
    probabilities_SNC = np.stack([softmax(one) for one in logits])
    predicted_SN = np.stack([one.argmax(axis=1) for one in logits])
    num_images, num_classes = logits[0].shape
    votes_NC = np.zeros((num_images, num_classes), np.int64)
    for row in predicted_SN:
        votes_NC[np.arange(num_images), row] += 1
    # Probability is at most 1, so a hundredth of it only decides ties.
    common_N = (votes_NC + probabilities_SNC.mean(axis=0) / 100).argmax(axis=1)
    return ArmPredictions(
        key, tuple(run_ids), predicted_SN, predicted_SN == labels_N, probabilities_SNC, votes_NC, common_N
    )


class _Paired(NamedTuple):
    distilled_SN: NDArray[np.bool_]
    baseline_SN: NDArray[np.bool_]
    widening: float = 1.0


def _pair(results: Results, predictions: dict[str, ArmPredictions]) -> _Paired | None:
    distilled, baseline = results.arm("distilled"), results.arm("baseline")
    if distilled is None or baseline is None or not {"baseline", "distilled"} <= set(predictions):
        return None
    right = {
        run_id: predictions[key].right_SN[seed]
        for key in ("baseline", "distilled")
        for seed, run_id in enumerate(predictions[key].run_ids)
    }
    mine, theirs = paired(distilled, baseline, right)
    if not mine:
        return None
    widening = results.plan.sweep.seed_rule.widening(look_read(results.plan, distilled, right), len(mine))
    return _Paired(
        np.stack([right[run_id] for run_id in mine]), np.stack([right[run_id] for run_id in theirs]), widening
    )


def _confidence_change(predictions: dict[str, ArmPredictions], labels_N: NDArray[np.int64]) -> NDArray[np.floating]:
    """How much more probability the distilled students give the true class than the baselines [N]."""
    images = np.arange(len(labels_N))
    after, before = (predictions[key].probabilities_SNC[:, images, labels_N] for key in ("distilled", "baseline"))
    return np.asarray(after.mean(axis=0) - before.mean(axis=0))


def _fixed_and_broken(
    pair: _Paired, confidence_change_N: NDArray[np.floating]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Images that most baseline seeds misread and most distilled seeds read right, and the reverse; clearest first."""
    before, after = pair.baseline_SN.mean(axis=0), pair.distilled_SN.mean(axis=0)
    order = np.lexsort((-np.abs(confidence_change_N), -np.abs(after - before)))
    fixed = tuple(int(image) for image in order if before[image] < 0.5 < after[image])
    broken = tuple(int(image) for image in order if after[image] < 0.5 < before[image])
    return fixed, broken


def _class_rows(
    labels_N: NDArray[np.int64], names: tuple[str, ...], predictions: dict[str, ArmPredictions], pair: _Paired | None
) -> tuple[ClassRow, ...]:
    members = [np.flatnonzero(labels_N == index) for index in range(len(names))]
    f1 = {key: _mean_f1(found.predicted_SN, labels_N, len(names)) for key, found in predictions.items()}
    gains = [
        paired_gain(pair.distilled_SN[:, images], pair.baseline_SN[:, images], widening=pair.widening).both
        if pair and len(images)
        else None
        for images in members
    ]
    adjusted = holm(np.array([1.0 if gain is None else gain.p for gain in gains]))
    rows = []
    for index, images in enumerate(members):
        gain, p = gains[index], float(adjusted[index])
        word = verdict_among(gain, p, len(pair.baseline_SN)) if pair and gain else "no clear difference"
        errors = {key: _error(found.right_SN[:, images]) for key, found in predictions.items() if len(images)}
        f1_here = {key: float(f1[key][index]) for key in errors}
        by_seed = {key: _by_seed(predictions[key].right_SN[:, images]) for key in errors}
        rows.append(ClassRow(index, names[index], len(images), errors, f1_here, gain, p, word, by_seed))
    return tuple(rows)


def _mean_f1(predicted_SN: NDArray[np.int64], labels_N: NDArray[np.int64], num_classes: int) -> NDArray[np.float64]:
    """Each class's F1, the mean over seeds [C]; of a class without test images nothing is meant by it."""
    by_seed = [f1_of_classes(confusion_matrix(labels_N, row, num_classes)) for row in predicted_SN]
    return np.asarray(np.mean(by_seed, axis=0))


def _by_seed(right_SN: NDArray[np.bool_]) -> tuple[float, ...]:
    """The error rate of each model."""
    return tuple((1 - right_SN.mean(axis=1)).tolist())


def _error(right_SN: NDArray[np.bool_]) -> Estimate:
    """The error rate, as the mirror of the accuracy."""
    found = accuracy(right_SN)
    return Estimate(1 - found.mean, 1 - found.high, 1 - found.low)
