"""Intervals of a mean over seeds and images that hold their level where few of either tell. Pure functions.

The mean is of 0 and 1 (is an image read right?) or of −1, 0 and 1 (does distillation change that?), with two chances in
it: another training, another sample of images. Axes: S seeds, N images.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from kd.scores import RARE, share_interval

FEW_SEEDS = 4
"""With fewer, Welch and Satterthwaite's degrees of freedom, guessed from as few values, cover too little: where chance
in training is most of the variance 87 % with two seeds and 92 % with three, but 94 % with four or five."""
SHARED = 2.0
"""Images, on which all seeds agree, that are added before it is asked how far seeds agree: few images do not tell."""


class Ends(NamedTuple):
    """The two ends of an interval."""

    low: float
    high: float


class Spread(NamedTuple):
    """A mean and what it would vary by: the two parts of its squared standard error, with their degrees of freedom.

    A part that cannot be known, of one seed or of one image, is 0 with 0 degrees.
    """

    mean: float
    seeds: float
    images: float
    seed_degrees: int
    image_degrees: int

    @property
    def variance(self) -> float:
        """The squared standard error."""
        return self.seeds + self.images


def spread_of(values_SN: NDArray[np.floating], widening: float = 1.0) -> Spread:
    """The squared standard error of the mean of values that seeds and images both vary.

    Seeds and images are crossed: every seed reads the same images. The parts are

        var over seeds of the seed's mean / S    and    var over images of the image's mean / N

    Each holds a share of the seed-by-image interaction, which is thereby counted twice: the sum is a little too large,
    never too small.

    Args:
        values_SN: One for each seed and image [S, N].
        widening: What the seeds' part is multiplied by, where it was looked at more than once
            (``SeedsConfig.widening``).

    References:
        Owen, The pigeonhole bootstrap, 2007 (crossed factors, and why the sum is conservative).
    """
    num_seeds, num_images = values_SN.shape
    return Spread(
        mean=float(values_SN.mean()),
        seeds=widening * _variance(values_SN.mean(axis=1)) / num_seeds,
        images=_variance(values_SN.mean(axis=0)) / num_images,
        seed_degrees=num_seeds - 1,
        image_degrees=num_images - 1,
    )


def _variance(values: NDArray[np.floating]) -> float:
    """Exactly 0 of equal values, and of one."""
    return float(values.var(ddof=1)) if np.ptp(values) > 0 else 0.0


def half_width(spread: Spread, confidence: float = 0.95) -> float:
    """Half the symmetric interval.

    Student's t with Welch and Satterthwaite's degrees of freedom; of fewer than ``FEW_SEEDS`` seeds each part has a t
    of its own, so that many images do not lend their degrees of freedom to two trainings.

    References:
        Satterthwaite, An approximate distribution of estimates of variance components, 1946.
        Zou and Donner, Construction of confidence limits about effect measures: a general approach, 2008.
    """
    seeds, images = _quantiles(spread, confidence)
    return math.sqrt(seeds**2 * spread.seeds + images**2 * spread.images)


def difference_p(spread: Spread) -> float:
    """Of "the true difference is zero": ``p_value``, and where all images say the same at least the sign test's."""
    return p_value(spread) if spread.images else max(p_value(spread), min(1.0, 0.5**spread.image_degrees))


def p_value(spread: Spread) -> float:
    """Of "the true mean is zero", two-sided: 1 minus the confidence whose symmetric interval ends at zero."""
    if spread.variance == 0:
        return 1.0 if spread.mean == 0 else 0.0
    if not _is_apart(spread):
        return 2 * float(stdtr(degrees_of(spread), -abs(spread.mean) / math.sqrt(spread.variance)))
    low, high = 0.0, 1.0  # of p: an interval of confidence 1 is infinite, one of 0 has no width
    for _ in range(60):
        middle = (low + high) / 2
        if half_width(spread, 1 - middle) > abs(spread.mean):
            low = middle
        else:
            high = middle
    return high


def share_ends(values_SN: NDArray[np.bool_], confidence: float = 0.95) -> Ends:
    """The interval of a share, within 0 and 1 and never without width.

    Where fewer than ``RARE`` images are read wrong, or right, Agresti and Coull's, whose number of images is the
    effective one: N where all seeds read the same images right, up to S times as many where each has its own; chance
    in training comes on top. Elsewhere the symmetric one. Of one seed it is ``kd.scores.share_interval``.

    References:
        Agresti and Coull, Approximate is better than "exact" for interval estimation of binomial proportions, 1998.
        Franco et al., Comparative study of confidence intervals for proportions in complex sample surveys, 2019.
    """
    num_seeds, num_images = values_SN.shape
    if num_seeds == 1:
        return Ends(*share_interval(int(values_SN.sum()), num_images, confidence))
    spread = spread_of(values_SN.astype(np.float64))
    mean = spread.mean
    if num_images * min(mean, 1 - mean) >= RARE:
        half = half_width(spread, confidence)
        return Ends(max(0.0, mean - half), min(1.0, mean + half))
    agreement = _agreement(spread.images, mean * (1 - mean) / num_images, num_seeds, num_images)
    scale = _t(math.inf, confidence) ** 2 * agreement / num_images
    centre = (mean + scale / 2) / (1 + scale)
    of_seeds = _t(spread.seed_degrees, confidence) ** 2 * spread.seeds
    half = math.sqrt((scale * centre * (1 - centre) + of_seeds) / (1 + scale))
    return Ends(max(0.0, centre - half), min(1.0, centre + half))


def difference_ends(
    difference_SN: NDArray[np.floating],
    confidence: float = 0.95,
    *,
    of_images_alone: bool = False,
    widening: float = 1.0,
) -> Ends:
    """The interval of a mean of −1, 0 and 1, within −1 and 1 and never without width.

    The symmetric one, and what few images add to it: a gain as large as an end of the interval needs as many images
    that differ, and where fewer than that were seen, their variance was seen too small. So each end is moved out to
    Wilson's for that share of images. Where differing images are plenty this moves nothing. Where all images say the
    same, or there is but one, it reaches as far towards zero, and beyond, as the sign test's.

    Args:
        difference_SN: Right minus right, seed by seed and image by image [S, N].
        confidence: Of the interval.
        of_images_alone: These trainings, another sample of images; otherwise another training too.
        widening: As ``spread_of`` has it.

    References:
        Tango, Equivalence test and confidence interval for the difference in proportions for the paired-sample
        design, 1998 (a paired interval whose variance is that of the hypothesis).
    """
    num_seeds, num_images = difference_SN.shape
    spread = spread_of(difference_SN, widening)
    differing = float(np.abs(difference_SN).mean()) / num_images
    agreement = _agreement(spread.images, differing, num_seeds, num_images)
    if of_images_alone:
        spread = spread._replace(seeds=0.0, seed_degrees=0)
    t_of_seeds, t_of_images = _quantiles(spread, confidence)
    fixed, scale = t_of_seeds**2 * spread.seeds, t_of_images**2 * agreement / num_images
    mean, half = abs(spread.mean), math.sqrt(fixed + t_of_images**2 * spread.images)
    alike, reverse = _wilson(mean, fixed, scale), _wilson(-mean, fixed, scale)
    far = max(mean + half, alike.high)
    near = [mean - half, alike.low]
    if reverse.high > 0:
        near.append(-reverse.high)
    if mean > 0 and spread.images == 0:
        near.append(2 * ((1 - confidence) / 2) ** (1 / num_images) - 1)
    ends = Ends(max(-1.0, min(near)), min(1.0, far))
    return ends if spread.mean >= 0 else Ends(-ends.high, -ends.low)


def _wilson(mean: float, fixed: float, scale: float) -> Ends:
    """The shares p with (mean − p)² ≤ fixed + scale · p (1 − p); with ``fixed`` 0 and ``scale`` z² / n, Wilson's.

    A mean below zero is that of a gain that is asked whether it could be a loss; where it could not, both ends are 0.
    """
    centre, root = 2 * mean + scale, (2 * mean + scale) ** 2 - 4 * (1 + scale) * (mean**2 - fixed)
    if root < 0:
        return Ends(0.0, 0.0)
    low, high = ((centre + sign * math.sqrt(root)) / (2 * (1 + scale)) for sign in (-1, 1))
    return Ends(max(0.0, low), min(1.0, max(0.0, high)))


def _agreement(observed: float, alike: float, num_seeds: int, num_images: int) -> float:
    """How much of an image's variance all seeds share: from 1 / S, where each seed has its own, to 1.

    Args:
        observed: The images' part of the squared standard error.
        alike: What it would be, did all seeds agree on each image.
        num_seeds: S.
        num_images: N.
    """
    shared = SHARED / num_images**2
    return min(1.0, max(1 / num_seeds, (observed + shared) / (alike + shared)))


def _quantiles(spread: Spread, confidence: float) -> tuple[float, float]:
    """Student's t of the seeds' part and of the images'."""
    if not _is_apart(spread):
        together = _t(degrees_of(spread), confidence)
        return together, together
    return _t(spread.seed_degrees, confidence), _t(spread.image_degrees, confidence)


def _is_apart(spread: Spread) -> bool:
    return 0 < spread.seed_degrees < FEW_SEEDS - 1 and spread.image_degrees > 0


def degrees_of(spread: Spread) -> float:
    """Welch and Satterthwaite's."""
    parts = ((spread.seeds, spread.seed_degrees), (spread.images, spread.image_degrees))
    weight = sum(part**2 / degrees for part, degrees in parts if degrees)
    return spread.variance**2 / weight if weight > 0 else math.inf


def _t(degrees: float, confidence: float) -> float:
    """Student's t, by the special function that ``scipy.stats.t`` calls too, and takes a hundred times as long."""
    return float(stdtrit(degrees, 0.5 + confidence / 2))
