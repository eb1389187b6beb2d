"""Means, intervals and tests. Pure functions of numpy arrays.

Axes: S seeds, N images. A *right* array [S, N] says which test images each seed's model read right.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.chance.class_means import (
    about_class_means,
    difference_spread,
    f1_spread,
    image_weights,
    means_over_classes,
    num_even_images,
    share_spread,
)
from harness.report.analysis.chance.intervals import (
    Spread,
    difference_ends,
    difference_p,
    half_width,
    p_value,
    share_ends,
    spread_of,
)
from harness.report.analysis.chance.power import Chances, chances_of
from harness.report.analysis.words import Verdict

MAX_P = 0.05  # adjusted, of one among many differences that is said to be clear
FEWEST_SEEDS = 3
"""With fewer, an interval that holds zero says as much of their number as of the difference: of two values Student's t
takes 12.7 standard errors to either side, of three 4.3."""

ENOUGH_SEEDS = 5
"""What is proposed where there are too few: Student's t takes 2.8 standard errors then, and hardly less with more."""
AS_LONG = 0.05
"""Arms of an interval that differ by less than this share of the longer one are called the same."""
POSSIBLE = (-1.0, 1.0)
"""Between these lies any difference of accuracies."""


class Estimate(NamedTuple):
    """A mean with its interval; ``p`` is the two-sided p-value of "the true mean is zero"."""

    mean: float
    low: float
    high: float
    p: float = float("nan")

    @property
    def half_width(self) -> float:
        """The longer arm of the interval: what stands after ± where ``is_even``."""
        return max(self.high - self.mean, self.mean - self.low)

    @property
    def is_even(self) -> bool:
        """Whether both arms are as long, so that one number after ± tells the interval.

        >>> Estimate(0.5, 0.4, 0.6).is_even, Estimate(0.01, 0.0, 0.05).is_even
        (True, False)
        """
        return abs(self.high + self.low - 2 * self.mean) <= AS_LONG * self.half_width

    def times(self, factor: float) -> "Estimate":
        """In another unit: 100 for per cent."""
        return Estimate(factor * self.mean, factor * self.low, factor * self.high, self.p)


class Gain(NamedTuple):
    """A paired difference in accuracy, and what it would be if only one source of chance counted.

    ``both`` is the headline. ``seeds`` (another training, these test images) is None with one seed.
    ``images``: these trainings, another test sample. ``before`` and ``after``: the two accuracies.
    ``by_seed``: the difference of each pair of trainings. ``margin``: gains within ± this are called equivalent.
    ``chances``: what it varies by; None with one seed or image.
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
    chances: Chances | None = None

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        return verdict(self.both, self.num_seeds, self.margin)

    @property
    def is_told(self) -> bool:
        """Whether the interval is worth a place in a sentence.

        Not that of two seeds that cannot tell: it says that they are two. One seed's says how far other images would
        move the gain of this one training.
        """
        return self.num_seeds < 2 or self.verdict != "too few seeds"


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


def t_estimate(
    values: NDArray[np.floating],
    confidence: float = 0.95,
    *,
    within: tuple[float, float] = (-math.inf, math.inf),
    step: float | None = None,
    widening: float = 1.0,
) -> Estimate | None:
    """Mean of independent values with Student's t interval; None with fewer than two values.

    >>> t_estimate(np.array([1.0, 2.0, 3.0])).high.__round__(3)
    4.484
    >>> t_estimate(np.array([0.5, 0.5])).low
    nan

    Args:
        values: One of each training.
        confidence: Of the interval.
        within: What the quantity lies between; so does its interval.
        step: The least that a value can change by: for an accuracy one image of all. Equal values are then taken to
            have hidden a spread as large; without it nothing is known of their spread, and the ends are NaN.
        widening: As ``intervals.spread_of`` has it.
    """
    count, mean = len(values), float(values.mean()) if len(values) else 0.0
    if count < 2:
        return None
    variance = float(values.var(ddof=1)) if np.ptp(values) > 0 else (step or math.nan) ** 2
    if math.isnan(variance):
        return Estimate(mean, math.nan, math.nan)
    found = _estimate(Spread(mean, widening * variance / count, 0.0, count - 1, 0), confidence)
    low, high = within
    return found._replace(low=max(low, found.low), high=min(high, found.high))


def mean_over_both(values_SN: NDArray[np.floating], confidence: float = 0.95) -> Estimate:
    """Mean over seeds and images, with a symmetric interval for *another training and another test sample*.

    As ``intervals.half_width``. With one seed its part cannot be known and only the images count; whoever prints the
    result says so.
    """
    return _estimate(spread_of(values_SN), confidence)


def accuracy(
    right_SN: NDArray[np.bool_], confidence: float = 0.95, classes_N: NDArray[np.integer] | None = None
) -> Estimate:
    """Accuracy with its interval, as ``intervals.share_ends``; with the images' classes, balanced accuracy."""
    if classes_N is not None:
        if right_SN.min() < right_SN.max():
            return _within(_estimate(share_spread(right_SN, classes_N), confidence), (0.0, 1.0))
        right_SN = right_SN[:, : num_even_images(classes_N)]
    return Estimate(float(right_SN.mean()), *share_ends(right_SN, confidence))


def macro_f1(said_SN: NDArray[np.integer], classes_N: NDArray[np.integer], num_classes: int) -> Estimate:
    """Macro F1 of what every seed's model reads each image as [S, N], with its 95 % interval.

    For another training and another test sample; with one seed for another test sample alone.
    """
    return _within(_estimate(f1_spread(said_SN, classes_N, num_classes), 0.95), (0.0, 1.0))


def mean_difference(
    difference_SN: NDArray[np.floating],
    confidence: float = 0.95,
    widening: float = 1.0,
    classes_N: NDArray[np.integer] | None = None,
) -> Estimate:
    """Mean of differences between −1 and 1, for another training and another test sample: ``difference_ends``.

    Where the images' classes are given, it is the mean over classes.
    """
    if classes_N is not None:
        if difference_SN.min() < difference_SN.max():
            return _within(_estimate(difference_spread(difference_SN, classes_N, widening), confidence), POSSIBLE)
        difference_SN = difference_SN[:, : num_even_images(classes_N)]
    ends = difference_ends(difference_SN, confidence, widening=widening)
    return Estimate(float(difference_SN.mean()), *ends, difference_p(spread_of(difference_SN, widening)))


def paired_gain(
    right_SN: NDArray[np.bool_],
    baseline_SN: NDArray[np.bool_],
    confidence: float = 0.95,
    widening: float = 1.0,
    margin: float | None = None,
    classes_N: NDArray[np.integer] | None = None,
) -> Gain:
    """How much more often ``right_SN`` is right than ``baseline_SN``: same seeds, same images, row by row.

    Args:
        right_SN: Which images each seed's model reads right [S, N].
        baseline_SN: The same for the model compared with.
        confidence: Of the intervals.
        widening: Of the seeds' part, as ``intervals.spread_of`` has it.
        margin: Gains within ± this are called equivalent.
        classes_N: Of the images, where every class counts alike: a difference in balanced accuracy.

    Raises:
        ValueError: The shapes differ, or there is nothing to compare.
    """
    if right_SN.shape != baseline_SN.shape or right_SN.size == 0:
        raise ValueError(f"need equal, non-empty shapes [S, N], got {right_SN.shape} and {baseline_SN.shape}")
    difference_SN = right_SN.astype(np.float64) - baseline_SN.astype(np.float64)
    num_seeds, num_images = difference_SN.shape
    both = mean_difference(difference_SN, confidence, widening, classes_N)
    by_seed_S, step = seed_means(difference_SN, classes_N), 1 / num_images
    if classes_N is None:
        of_images = spread_of(difference_SN)._replace(seeds=0.0, seed_degrees=0)
        ends = difference_ends(difference_SN, confidence, of_images_alone=True)
        images = Estimate(both.mean, *ends, difference_p(of_images))
    else:
        images = mean_difference(difference_SN.mean(axis=0, keepdims=True), confidence, classes_N=classes_N)
        step = float(image_weights(classes_N).max())
    return Gain(
        both=both,
        seeds=t_estimate(by_seed_S, confidence, within=POSSIBLE, step=step, widening=widening),
        images=images,
        num_seeds=num_seeds,
        num_images=num_images,
        before=float(baseline_SN.mean() if classes_N is None else seed_means(baseline_SN, classes_N).mean()),
        after=float(right_SN.mean() if classes_N is None else seed_means(right_SN, classes_N).mean()),
        by_seed=tuple(by_seed_S.tolist()),
        margin=margin,
        chances=chances_of(
            difference_SN if classes_N is None else about_class_means(difference_SN, classes_N), widening
        ),
    )


def mean_over_teachers(
    differences_TSN: NDArray[np.floating], widening: float = 1.0, classes_N: NDArray[np.integer] | None = None
) -> Estimate:
    """Mean difference for another training of the teacher, other seeds and another test sample.

    Args:
        differences_TSN: Right minus right, of each teacher, seed and image [T, S, N]; of two teachers at least. All
            teachers' differences are from the same models, seed by seed.
        widening: Of the seeds' part, as ``intervals.spread_of`` has it.
        classes_N: Of the images, where the mean is over classes.
    """
    by_teacher_TN, by_seed_SN = differences_TSN.mean(axis=1), differences_TSN.mean(axis=0)
    spread = spread_of(by_teacher_TN) if classes_N is None else difference_spread(by_teacher_TN, classes_N)
    num_teachers, num_seeds = differences_TSN.shape[:2]
    of_seeds = widening * float(seed_means(by_seed_SN, classes_N).var(ddof=1)) / num_seeds if num_seeds > 1 else 0.0
    degrees = min(num_teachers, num_seeds) - 1 if num_seeds > 1 else num_teachers - 1
    spread = spread._replace(seeds=spread.seeds + of_seeds, seed_degrees=degrees)
    return _within(_estimate(spread, 0.95), POSSIBLE)


def seed_means(
    values_SN: NDArray[np.floating] | NDArray[np.bool_], classes_N: NDArray[np.integer] | None = None
) -> NDArray[np.float64]:
    """Each seed's mean [S] over images, or over classes where they are given."""
    means_S: NDArray[np.float64] = (
        values_SN.mean(axis=1) if classes_N is None else means_over_classes(values_SN, classes_N)
    )
    return means_S


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


def _within(estimate: Estimate, ends: tuple[float, float]) -> Estimate:
    """What a quantity cannot be is no part of its interval."""
    low, high = ends
    return estimate._replace(low=max(low, estimate.low), high=min(high, estimate.high))


def _estimate(spread: Spread, confidence: float) -> Estimate:
    """A symmetric interval."""
    half = half_width(spread, confidence)
    return Estimate(spread.mean, spread.mean - half, spread.mean + half, p_value(spread))
