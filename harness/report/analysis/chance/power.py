"""What a study could have told, and what more seeds or test images would make of it. Pure functions.

A paired difference varies by three chances: of training (one pair of trainings differs by more than another), of images
(one is fixed by all, another broken by all), and the own one of each pair on each image. A study estimates each from
itself; more seeds wear down the first and the third, more test images the second and the third.

Assumed: the chances stay as large as they were, whatever the gain and however many seeds and images there are; the mean
difference is normal. Estimates of few seeds are rough: of five, the standard deviation over trainings may well be half
or twice the true one. So whoever prints a number of seeds or images says "about".

Axes: S seeds, N images.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import nctdtrinc

from harness.report.analysis.chance.intervals import Spread, degrees_of, half_width

POWER = 0.8
"""The share of studies that tell a gain, which is asked of a study before it is called large enough for that gain."""
MAX_SEEDS = 100
MAX_IMAGES = 10_000_000


class Chances(NamedTuple):
    """Variances of a paired difference: over trainings, over images, and of a training on an image beyond both.

    ``widening``: as ``intervals.spread_of`` has it, of this study; others are taken to look at their seeds as it did.
    """

    seeds: float
    images: float
    own: float
    widening: float = 1.0

    def spread(self, num_seeds: int, num_images: int) -> Spread:
        """What an interval of so many seeds and images would rest on; its parts both hold the own chance."""
        return Spread(
            mean=0.0,
            seeds=self.widening * (self.seeds + self.own / num_images) / num_seeds,
            images=(self.images + self.own / num_seeds) / num_images,
            seed_degrees=num_seeds - 1,
            image_degrees=num_images - 1,
        )

    def variance(self, num_seeds: int, num_images: int) -> float:
        """The true variance of the mean difference, in which the own chance is once."""
        spread = self._replace(widening=1.0).spread(num_seeds, num_images)
        return spread.variance - self.own / (num_seeds * num_images)


def chances_of(difference_SN: NDArray[np.floating], widening: float = 1.0) -> Chances | None:
    """The three chances of a study: analysis of variance, seeds crossed with images; None with one seed or one image.

    A variance that comes out negative, as the small ones may, is 0.

    Args:
        difference_SN: Right minus right, pair by pair and image by image.
        widening: As ``intervals.spread_of`` has it.

    References:
        Searle, Casella and McCulloch, Variance components, 1992, chapter 4.
    """
    num_seeds, num_images = difference_SN.shape
    if num_seeds < 2 or num_images < 2:
        return None
    by_seed, by_image = difference_SN.mean(axis=1), difference_SN.mean(axis=0)
    of_seeds, of_images = float(by_seed.var(ddof=1)), float(by_image.var(ddof=1))
    total = float(difference_SN.var()) * num_seeds * num_images
    rest = total - num_images * (num_seeds - 1) * of_seeds - num_seeds * (num_images - 1) * of_images
    own = max(0.0, rest / ((num_seeds - 1) * (num_images - 1)))
    return Chances(max(0.0, of_seeds - own / num_images), max(0.0, of_images - own / num_seeds), own, widening)


def half_width_with(chances: Chances, num_seeds: int, num_images: int) -> float:
    """Half the 95 % interval that a study of so many seeds and images would give."""
    return half_width(chances.spread(num_seeds, num_images))


def half_width_of_images(chances: Chances, num_images: int) -> float:
    """Half the interval that the images alone leave, however many seeds there are."""
    return half_width(Spread(0.0, 0.0, chances.images / num_images, 0, num_images - 1))


def smallest_gain(chances: Chances, num_seeds: int, num_images: int, power: float = POWER) -> float:
    """The true gain, or loss, that a share ``power`` of such studies tells: their interval leaves out zero on its side.

    By the noncentral t distribution, whose degrees of freedom are Welch and Satterthwaite's.

    Returns:
        As a share of images, at least 0; 0 where nothing varies.
    """
    spread, true = chances.spread(num_seeds, num_images), math.sqrt(chances.variance(num_seeds, num_images))
    if true == 0:
        return 0.0
    critical = half_width(spread) / math.sqrt(spread.variance)
    ratio = math.sqrt(spread.variance) / true
    degrees = min(degrees_of(spread), 1e6)
    return true * float(nctdtrinc(degrees, 1 - power, critical * ratio))


def seeds_to_tell(chances: Chances, num_images: int, gain: float) -> int | None:
    """The least number of seeds with which such a gain is told, with as many images; None where none up to 100 does."""
    return _least(lambda number: smallest_gain(chances, number, num_images) <= abs(gain), 2, MAX_SEEDS)


def images_to_tell(chances: Chances, num_seeds: int, gain: float) -> int | None:
    """The least number of test images with which such a gain is told, with as many seeds; None of more than 10⁷."""
    return _least(lambda number: smallest_gain(chances, num_seeds, number) <= abs(gain), 2, MAX_IMAGES)


def _least(is_enough: Callable[[int], bool], low: int, high: int) -> int | None:
    """The least number that is enough, of a question that more can only answer with yes sooner; by halving."""
    if not is_enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if is_enough(middle):
            high = middle
        else:
            low = middle + 1
    return high
