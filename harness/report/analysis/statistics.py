"""Means, intervals and tests. Pure functions of numpy arrays.

Axes: S seeds, N images. A *right* array [S, N] says which test images each seed's model read right.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from kd import scores

Verdict = Literal["gain", "loss", "equivalent", "no clear difference", "undecided", "too few seeds"]
"""What may be said of a difference, by every outlet; "equivalent" and "undecided" where there is a margin alone."""

MAX_P = 0.05  # adjusted, of one among many differences that is said to be clear
FEWEST_SEEDS = 3
"""With fewer, an interval that holds zero says as much of their number as of the difference: of two values Student's t
takes 12.7 standard errors to either side, of three 4.3."""


class Estimate(NamedTuple):
    """A mean with its interval; ``p`` is the two-sided p-value of "the true mean is zero"."""

    mean: float
    low: float
    high: float
    p: float = float("nan")

    @property
    def half_width(self) -> float:
        """The longer arm of the interval: what stands after ± in a table."""
        return max(self.high - self.mean, self.mean - self.low)

    def times(self, factor: float) -> "Estimate":
        """In another unit: 100 for per cent."""
        return Estimate(factor * self.mean, factor * self.low, factor * self.high, self.p)


class Gain(NamedTuple):
    """A paired difference in accuracy, and what it would be if only one source of chance counted.

    ``both`` is the headline. ``seeds`` (another training, these test images) is None with one seed.
    ``images``: these trainings, another test sample. ``before`` and ``after``: the two accuracies.
    ``by_seed``: the difference of each pair of trainings. ``margin``: gains within ± this are called equivalent.
    """

    both: Estimate
    seeds: Estimate | None
    images: Estimate
    num_seeds: int
    num_images: int
    before: float
    after: float
    by_seed: tuple[float, ...] = ()
    margin: float | None = None

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        return verdict(self.both, self.num_seeds, self.margin)

    @property
    def excludes_zero(self) -> bool:
        """Whether the headline interval leaves out zero, however few seeds it rests on."""
        return not self.both.low <= 0 <= self.both.high


class Discordance(NamedTuple):
    """Images that exactly one of two models reads right, and McNemar's exact two-sided p-value."""

    fixed: int
    broken: int
    p: float


def verdict(estimate: Estimate, num_seeds: int = FEWEST_SEEDS, margin: float | None = None) -> Verdict:
    """What may be said of a difference with this interval.

    One training of each shows nothing of chance in training, whatever its interval over images. With a margin an
    interval that lies within it is called equivalent, also where it leaves out zero: the difference is too small to
    matter by the word of who set the margin.

    >>> verdict(Estimate(0.02, 0.01, 0.03)), verdict(Estimate(0.02, -0.01, 0.05))
    ('gain', 'no clear difference')
    >>> verdict(Estimate(0.02, 0.01, 0.03), 2), verdict(Estimate(0.02, -0.01, 0.05), 2)
    ('gain', 'too few seeds')
    >>> verdict(Estimate(0.02, 0.01, 0.03), 1)
    'too few seeds'
    >>> verdict(Estimate(0.0, -0.01, 0.01), margin=0.02), verdict(Estimate(0.0, -0.01, 0.03), margin=0.02)
    ('equivalent', 'undecided')
    """
    if num_seeds < 2:
        return "too few seeds"
    if margin is not None and -margin < estimate.low and estimate.high < margin:
        return "equivalent"
    if estimate.low > 0:
        return "gain"
    if estimate.high < 0:
        return "loss"
    if num_seeds < FEWEST_SEEDS:
        return "too few seeds"
    return "no clear difference" if margin is None else "undecided"


def verdict_among(estimate: Estimate, adjusted_p: float, num_seeds: int = FEWEST_SEEDS) -> Verdict:
    """What may be said of one of many differences: that of its interval, where it stands after looking at all of them.

    >>> verdict_among(Estimate(0.02, 0.01, 0.03), 0.01), verdict_among(Estimate(0.02, 0.01, 0.03), 0.06)
    ('gain', 'no clear difference')

    Args:
        estimate: The difference.
        adjusted_p: Its p-value, adjusted by ``holm`` for all that were looked at.
        num_seeds: Trainings of each.
    """
    stands = adjusted_p < MAX_P
    return verdict(estimate if stands else estimate._replace(low=-1.0, high=1.0), num_seeds)


def t_estimate(values: NDArray[np.floating], confidence: float = 0.95, widening: float = 1.0) -> Estimate | None:
    """Mean of independent values with Student's t interval; None with fewer than two values.

    >>> t_estimate(np.array([1.0, 2.0, 3.0])).high.__round__(3)
    4.484

    Args:
        values: Independent ones.
        confidence: Of the interval.
        widening: As ``mean_over_both`` has it.
    """
    count = len(values)
    if count < 2:
        return None
    return _estimate(float(values.mean()), widening * float(values.var(ddof=1)) / count, count - 1, confidence)


def wilson_interval(num_right: int, num_images: int, confidence: float = 0.95) -> Estimate:
    """A share as an ``Estimate``, with the interval that the model cards give too.

    It is ``kd.scores.wilson_interval`` and not scipy's, since ``kd`` does without scipy, and two ways to the same
    interval could differ in a last digit. A test holds it to scipy's.
    """
    low, high = scores.wilson_interval(num_right, num_images, confidence)
    return Estimate(num_right / num_images, low, high)


def mean_over_both(values_SN: NDArray[np.floating], confidence: float = 0.95, widening: float = 1.0) -> Estimate:
    """Mean over seeds and images, with an interval for *another training and another test sample*.

    Seeds and images are crossed: every seed reads the same images. The squared standard error is

        var over seeds of the seed's mean / S  +  var over images of the image's mean / N

    and the quantile is Student's t with Welch and Satterthwaite's degrees of freedom. Each term
    holds a share of the seed-by-image interaction, which is thereby counted twice: the interval is a
    little too wide, never too narrow. With one seed the first term cannot be known and only the
    images count; whoever prints the result says so.

    Args:
        values_SN: One for each seed and image [S, N].
        confidence: Of the interval.
        widening: What the seeds' variance is multiplied by, where it was looked at more than once
            (``SeedsConfig.widening``).

    References:
        Satterthwaite, An approximate distribution of estimates of variance components, 1946.
        Owen, The pigeonhole bootstrap, 2007 (crossed factors, and why the sum is conservative).
    """
    num_seeds, num_images = values_SN.shape
    parts = []
    if num_seeds > 1:
        parts.append((widening * float(values_SN.mean(axis=1).var(ddof=1)) / num_seeds, num_seeds - 1))
    if num_images > 1:
        parts.append((float(values_SN.mean(axis=0).var(ddof=1)) / num_images, num_images - 1))
    variance = sum(part for part, _ in parts)
    weight = sum(part**2 / degrees for part, degrees in parts)
    degrees = variance**2 / weight if weight > 0 else np.inf
    return _estimate(float(values_SN.mean()), variance, degrees, confidence)


def accuracy(right_SN: NDArray[np.bool_], confidence: float = 0.95) -> Estimate:
    """Accuracy with its interval: ``mean_over_both``; Wilson's where there is one seed or no spread."""
    spread = mean_over_both(right_SN.astype(np.float64), confidence)
    if len(right_SN) == 1 or spread.low == spread.high:
        return wilson_interval(int(right_SN[0].sum()), right_SN.shape[1], confidence)
    return Estimate(spread.mean, max(0.0, spread.low), min(1.0, spread.high), spread.p)


def paired_gain(
    right_SN: NDArray[np.bool_],
    baseline_SN: NDArray[np.bool_],
    confidence: float = 0.95,
    widening: float = 1.0,
    margin: float | None = None,
) -> Gain:
    """How much more often ``right_SN`` is right than ``baseline_SN``: same seeds, same images, row by row.

    Args:
        right_SN: Which images each seed's model reads right [S, N].
        baseline_SN: The same for the model compared with.
        confidence: Of the intervals.
        widening: Of the seeds' part, as ``mean_over_both`` has it.
        margin: Gains within ± this are called equivalent.

    Raises:
        ValueError: The shapes differ, or there is nothing to compare.
    """
    if right_SN.shape != baseline_SN.shape or right_SN.size == 0:
        raise ValueError(f"need equal, non-empty shapes [S, N], got {right_SN.shape} and {baseline_SN.shape}")
    difference_SN = right_SN.astype(np.float64) - baseline_SN.astype(np.float64)
    num_seeds, num_images = difference_SN.shape
    both = _unless_unanimous(mean_over_both(difference_SN, confidence, widening), num_images, confidence)
    seeds = t_estimate(difference_SN.mean(axis=1), confidence, widening)
    images = _unless_unanimous(
        mean_over_both(difference_SN.mean(axis=0, keepdims=True), confidence), num_images, confidence
    )
    return Gain(
        both=possible_difference(both),
        seeds=possible_difference(seeds) if seeds else None,
        images=possible_difference(images),
        num_seeds=num_seeds,
        num_images=num_images,
        before=float(baseline_SN.mean()),
        after=float(right_SN.mean()),
        by_seed=tuple(difference_SN.mean(axis=1).tolist()),
        margin=margin,
    )


def mcnemar(right_N: NDArray[np.bool_], baseline_N: NDArray[np.bool_]) -> Discordance:
    """McNemar's exact test: were an image as likely fixed as broken, how surprising is the split?

    >>> mcnemar(np.array([True, True, True, False]), np.array([False, False, False, False]))
    Discordance(fixed=3, broken=0, p=0.25)

    References:
        McNemar 1947; Dietterich, Approximate statistical tests for comparing classifiers, 1998.
    """
    fixed = int((right_N & ~baseline_N).sum())
    broken = int((~right_N & baseline_N).sum())
    if fixed == broken:  # none at all, above all, of which there is nothing to test
        return Discordance(fixed, broken, 1.0)
    from scipy.stats import binomtest  # takes half a second to load, and only the table of seeds asks for it

    return Discordance(fixed, broken, float(binomtest(fixed, fixed + broken).pvalue))


def holm(p_values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Holm's adjusted p-values: below 0.05, the chance of *any* false finding among all is below 5 %.

    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]

    References:
        Holm, A simple sequentially rejective multiple test procedure, 1979.
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * factors))
    return adjusted


def possible_difference(estimate: Estimate) -> Estimate:
    """A difference of accuracies lies within ±1, so whatever reaches beyond is no part of its interval."""
    return estimate._replace(low=max(-1.0, estimate.low), high=min(1.0, estimate.high))


def _unless_unanimous(estimate: Estimate, num_images: int, confidence: float) -> Estimate:
    """The exact interval where every image agrees, on a difference or on none: no spread is not certainty.

    On a difference it is the sign test's. On none it says how many images may differ although none of these does.
    """
    if estimate.low < estimate.high:
        return estimate
    if estimate.mean == 0:
        most = 1 - (1 - confidence) ** (1 / num_images)
        return Estimate(0.0, -most, most, 1.0)
    bound = 2 * ((1 - confidence) / 2) ** (1 / num_images) - 1
    low, high = (bound, 1.0) if estimate.mean > 0 else (-1.0, -bound)
    return Estimate(estimate.mean, low, high, min(1.0, 2 * 0.5**num_images))


def _estimate(mean: float, variance: float, degrees: float, confidence: float) -> Estimate:
    """A symmetric interval; with no spread at all it is the mean itself.

    Student's t by scipy's special functions: ``scipy.stats.t`` calls the same ones with the same result, takes 300 µs
    to do so instead of 2, and is asked once for each class and arm.
    """
    error = float(np.sqrt(variance))
    if error == 0:
        return Estimate(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    half = float(stdtrit(degrees, 0.5 + confidence / 2)) * error
    return Estimate(mean, mean - half, mean + half, 2 * float(stdtr(degrees, -abs(mean) / error)))
