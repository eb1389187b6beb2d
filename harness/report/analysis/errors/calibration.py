"""Is a model as often right as it says? Confidence beside accuracy on the test images.

Axes: B bins of confidence of equal width.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.chance.statistics import POSSIBLE, Estimate, t_estimate, verdict
from harness.report.analysis.errors.errors import ARMS
from harness.report.analysis.words import Verdict
from harness.report.results.sweep_results import Results
from kd.scores import CalibrationBins, calibration_bins, expected_calibration_error

NUM_BINS = 15


class Reliability(NamedTuple):
    """One arm. Confidence and accuracy are means of a bin over all seeds' readings, NaN where it is empty.

    ``count_B``: images per seed. ``ece`` is the expected calibration error, ``surplus`` the mean confidence minus the
    accuracy, positive where the model is too sure; both over seeds, without an interval of one seed.
    """

    key: str
    count_B: NDArray[np.float64]
    confidence_B: NDArray[np.float64]
    accuracy_B: NDArray[np.float64]
    ece: Estimate
    surplus: Estimate
    num_seeds: int
    num_images: int


class Calibration(NamedTuple):
    """All arms, and distilled minus baseline in calibration error, seed by seed.

    None without two seeds of both, and where all seeds' are equal: then nothing is known of chance in training.
    """

    arms: tuple[Reliability, ...]
    change: Estimate | None
    num_pairs: int

    @property
    def verdict(self) -> Verdict | None:
        """A gain is less error; None without a change."""
        if self.change is None:
            return None
        return verdict(Estimate(-self.change.mean, -self.change.high, -self.change.low), self.num_pairs)


def find_calibration(results: Results) -> Calibration | None:
    """Of the teacher, the baseline and the distilled student; None before any was tested."""
    test = results.test
    if test is None or test.labels_N is None:
        return None
    arms, errors = [], {}
    for key in ARMS:
        tested = finite_logits(results, key)
        if tested:
            bins = [calibration_bins(logits, test.labels_N, NUM_BINS) for logits in tested.values()]
            errors[key] = {n: expected_calibration_error(one, test.labels_N, NUM_BINS) for n, one in tested.items()}
            arms.append(_reliability(key, bins, list(errors[key].values())))
    if not arms:
        return None
    before, after = errors.get("baseline", {}), errors.get("distilled", {})
    changes = np.array([after[n] - before[n] for n in after if n in before])
    change = t_estimate(changes, within=POSSIBLE)
    return Calibration(tuple(arms), change if change and math.isfinite(change.low) else None, len(changes))


def finite_logits(results: Results, key: str) -> dict[int, NDArray[np.floating]]:
    """Test logits [N, C] of an arm's models by the place of the run in its arm.

    A diverged model is left out: its probabilities are not numbers, so it says nothing of confidence.
    """
    arm, test = results.arm(key), results.test
    if arm is None or test is None:
        return {}
    tested = {place: test.logits[run.id] for place, run in enumerate(arm.runs) if run.id in test.logits}
    return {place: logits_NC for place, logits_NC in tested.items() if np.isfinite(logits_NC).all()}


def _reliability(key: str, bins: list[CalibrationBins], errors: list[float]) -> Reliability:
    count_B, confidence_B, right_B = (np.sum([one[part] for one in bins], axis=0) for part in range(3))
    num_images = int(bins[0].count_B.sum())
    surpluses = [float(one.confidence_B.sum() - one.right_B.sum()) / num_images for one in bins]
    with np.errstate(invalid="ignore"):
        return Reliability(
            key=key,
            count_B=count_B / len(bins),
            confidence_B=confidence_B / count_B,
            accuracy_B=right_B / count_B,
            ece=_over_seeds(errors, (0.0, 1.0)),
            surplus=_over_seeds(surpluses, POSSIBLE),
            num_seeds=len(bins),
            num_images=num_images,
        )


def _over_seeds(values: list[float], within: tuple[float, float]) -> Estimate:
    array = np.array(values)
    return t_estimate(array, within=within) or Estimate(float(array.mean()), math.nan, math.nan)
