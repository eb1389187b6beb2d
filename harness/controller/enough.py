"""Whether the seeds are enough: a pure function of what baseline and distilled student say of the val images.

Shape suffixes: S pairs of trainings, N val images.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.state.files.records import Enough, SeedLook
from harness.sweep.sections.seeds import TOTAL_LEVEL, SeedsConfig

FEW_PAIRS = 4  # as the report's intervals have it: fewer have a t of their own
LIKELY = 0.84  # standard deviations: what chance keeps below in four cases of five, as the power of a test is set
HARDLY = 0.9
"""Of its width: an interval that even the maximum of seeds would leave this wide is hardly narrowed by them."""


class Evidence(NamedTuple):
    """A paired gain on val, and what of its chance is known, in shares of accuracy.

    ``seeds_variance``: of one pair's gain. ``images_variance``: of one image's, in the mean over the pairs.
    ``residual_variance``: of one image's with one pair, beyond what the pair's and the image's means explain.
    """

    gain: float
    num_pairs: int
    num_val: int
    seeds_variance: float
    images_variance: float
    residual_variance: float

    def with_pairs(self, number: int) -> "Evidence":
        """What so many pairs would show: the residual is in the images' part, and pairs average it away."""
        of_images = max(0.0, self.images_variance - self.residual_variance / self.num_pairs)
        return self._replace(num_pairs=number, images_variance=of_images + self.residual_variance / number)


def find_evidence(difference_SN: NDArray[np.floating]) -> Evidence:
    """What the pairs show.

    Args:
        difference_SN: How much more often the distilled student reads an image right, pair by pair: −1, 0 or 1
            [S, N]; of two pairs at least.
    """
    num_pairs, num_val = difference_SN.shape
    by_pair_S1, by_image_1N = difference_SN.mean(axis=1, keepdims=True), difference_SN.mean(axis=0, keepdims=True)
    residual_SN = difference_SN - by_pair_S1 - by_image_1N + difference_SN.mean()
    return Evidence(
        gain=float(difference_SN.mean()),
        num_pairs=num_pairs,
        num_val=num_val,
        seeds_variance=float(by_pair_S1.var(ddof=1)),
        images_variance=float(by_image_1N.var(ddof=1)) if num_val > 1 else 0.0,
        residual_variance=float((residual_SN**2).sum() / ((num_pairs - 1) * max(1, num_val - 1))),
    )


def look(rule: SeedsConfig, num_seeds: int, found: Evidence | None, num_test: int) -> SeedLook:
    """Whether so many seeds are enough.

    How wide the interval on test should be is known without any of its images: seeds spread alike on both, and the
    images' part shrinks with their number. Where it will lie is known but for the luck of both sets of images, which
    is allowed for: seeds are enough where the verdict on test should be clear, not where val's own is.

    Args:
        rule: What is enough.
        num_seeds: One of the rule's looks.
        found: On val; None where there are no two pairs to compare.
        num_test: Test images.
    """
    if found is None:
        return SeedLook(num_seeds=num_seeds, num_pairs=0, enough="failed")
    half = half_width(rule, num_seeds, found, num_test)
    reach = half + LIKELY * math.sqrt(found.images_variance * (1 / found.num_val + 1 / num_test))
    return SeedLook(
        num_seeds=num_seeds,
        num_pairs=found.num_pairs,
        gain=found.gain,
        low=max(-1.0, found.gain - reach),
        high=min(1.0, found.gain + reach),
        half_width=half,
        enough=_why_enough(rule, num_seeds, found, half, reach, num_test),
    )


def _why_enough(
    rule: SeedsConfig, num_seeds: int, found: Evidence, half: float, reach: float, num_test: int
) -> Enough | None:
    if rule.half_width is not None and 100 * half <= rule.half_width:
        return "half_width"
    if abs(found.gain) > reach:
        return "zero"
    if rule.margin is not None and 100 * (abs(found.gain) + reach) < rule.margin:
        return "margin"
    if num_seeds == rule.most:
        return "max"
    with_all = half_width(rule, rule.most, found.with_pairs(rule.most), num_test)
    is_in_reach = rule.half_width is not None and 100 * with_all <= rule.half_width
    return "images" if with_all > HARDLY * half and not is_in_reach else None


def half_width(rule: SeedsConfig, num_seeds: int, found: Evidence, num_images: int) -> float:
    """Of the gain's interval on so many images, as the report draws it: half the symmetric one of its intervals.

    Where no val image differs in any pair, it is how many may differ although none of so many does.
    """
    seeds = rule.widening(num_seeds, found.num_pairs) * found.seeds_variance / found.num_pairs
    images = found.images_variance / num_images if num_images > 1 else 0.0
    if seeds + images == 0:
        return float(1 - TOTAL_LEVEL ** (1 / min(found.num_val, num_images)))
    of_seeds, of_images = _quantiles((seeds, found.num_pairs - 1), (images, num_images - 1))
    return math.sqrt(of_seeds**2 * seeds + of_images**2 * images)


def _quantiles(seeds: tuple[float, int], images: tuple[float, int]) -> tuple[float, float]:
    """Student's t of each part, of a variance with its degrees of freedom.

    One for both, with Welch and Satterthwaite's degrees; of fewer than ``FEW_PAIRS`` pairs each part's own.
    """
    from scipy.special import stdtrit  # not loaded where nobody looks

    def quantile(degrees: float) -> float:
        return float(stdtrit(degrees, 1 - TOTAL_LEVEL / 2))

    if seeds[1] < FEW_PAIRS - 1 and images[1] > 0:
        return quantile(seeds[1]), quantile(images[1])
    weight = sum(part**2 / degrees for part, degrees in (seeds, images) if degrees)
    together = quantile((seeds[0] + images[0]) ** 2 / weight)
    return together, together
