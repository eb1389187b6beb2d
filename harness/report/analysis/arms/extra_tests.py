"""Other test sets: every arm's accuracy there, and whether its gain holds.

The own test images corrupted are twelve sets, of four kinds at three strengths, and their mean: of each image the share
of the corruptions under which a model reads it right.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.arms.gains import ReadRight, gain_of
from harness.report.analysis.chance.statistics import Estimate, Gain, accuracy, mean_difference, mean_over_both
from harness.report.results.sweep_results import Arm, ExtraReading, Results
from kd.data.corruptions import Corruption

Scores = dict[str, NDArray[Any]]
"""By run id, of each image [N]: 1 where it is read right, 0 where not; a share of several readings between."""


class ExtraRow(NamedTuple):
    """One arm on one set, in the study's metric.

    ``gain`` over the baseline, on the seeds that both have; the teacher has none.
    """

    arm: Arm
    num_seeds: int
    accuracy: Estimate
    gain: Gain | None


class ExtraSet(NamedTuple):
    """What was found on one set, or under one corruption.

    ``corruption``: None of a given set, and of the mean over all corruptions. ``num_classes``: that it has images of.
    """

    name: str
    corruption: Corruption | None
    num_images: int
    num_classes: int
    num_in_train: int
    rows: tuple[ExtraRow, ...]

    def row(self, key: str) -> ExtraRow | None:
        """An arm's."""
        return next((row for row in self.rows if row.arm.key == key), None)

    @property
    def gain(self) -> Gain | None:
        """Of the distilled student."""
        row = self.row("distilled")
        return row.gain if row else None


def find_extra_tests(results: Results) -> tuple[ExtraSet, ...]:
    """Each set that was read, in the order of the sweep file; of corruptions their mean first."""
    found: list[ExtraSet] = []
    for name in dict.fromkeys(reading.name for reading in results.extra_tests):
        readings = [reading for reading in results.extra_tests if reading.name == name]
        sets = [_set_of(reading, _scores(reading), results) for reading in readings]
        if len(readings) > 1:
            sets.insert(0, _set_of(readings[0]._replace(corruption=None), _mean(readings), results))
        found += [one for one in sets if one.rows]
    return tuple(found)


def _scores(reading: ExtraReading) -> Scores:
    return {run_id: right_N.astype(np.float64) for run_id, right_N in reading.right_by_run().items()}


def _mean(readings: Sequence[ExtraReading]) -> Scores:
    scores = [_scores(reading) for reading in readings]
    shared = [run_id for run_id in scores[0] if all(run_id in one for one in scores)]
    return {run_id: np.mean([one[run_id] for one in scores], axis=0) for run_id in shared}


def _set_of(reading: ExtraReading, scores: Scores, results: Results) -> ExtraSet:
    right = ReadRight(scores)
    right.classes_N = reading.labels_N if results.metric == "balanced_accuracy" else None
    return ExtraSet(
        name=reading.name,
        corruption=reading.corruption,
        num_images=len(reading.labels_N),
        num_classes=len(np.unique(reading.labels_N)),
        num_in_train=reading.num_in_train,
        rows=tuple(_rows(right, results)),
    )


def _rows(right: ReadRight, results: Results) -> Iterator[ExtraRow]:
    for arm in results.arms:
        stack = [right[run.id] for run in arm.runs if run.id in right]
        if stack:
            gain = gain_of(results, arm, right) if arm.kind not in ("teacher", "baseline") else None
            yield ExtraRow(arm, len(stack), _accuracy(np.stack(stack), right.classes_N), gain)


def _accuracy(scores_SN: NDArray[Any], classes_N: NDArray[np.int64] | None) -> Estimate:
    """Of right and wrong as everywhere; of shares by the spread over seeds and images alone."""
    if np.isin(scores_SN, (0, 1)).all():
        return accuracy(scores_SN > 0, classes_N=classes_N)
    spread = mean_over_both(scores_SN) if classes_N is None else mean_difference(scores_SN, classes_N=classes_N)
    return Estimate(spread.mean, max(0.0, spread.low), min(1.0, spread.high), spread.p)
