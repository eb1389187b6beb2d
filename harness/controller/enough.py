"""Whether the seeds are enough: a pure function of what baseline and distilled student say of the val images.

Shape suffixes: S pairs of trainings, N val images.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.state.records import Enough, SeedLook
from harness.sweep.seeds import TOTAL_LEVEL, SeedsConfig

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
    """Of the gain's interval on so many images, as the report draws it (``mean_over_both`` in its statistics)."""
    widening = rule.widening(num_seeds, found.num_pairs)
    parts = [(widening * found.seeds_variance / found.num_pairs, found.num_pairs - 1)]
    if num_images > 1:
        parts.append((found.images_variance / num_images, num_images - 1))
    return _welch_half_width(parts) or _bound_of_none(min(found.num_val, num_images))


def _bound_of_none(num_images: int) -> float:
    """How many images may differ although none of so many does, in any pair: no spread is not certainty."""
    return float(1 - TOTAL_LEVEL ** (1 / num_images))


def _welch_half_width(parts: Sequence[tuple[float, int]]) -> float:
    """By Student's t with Welch and Satterthwaite's degrees of freedom; 0 without any variance."""
    from scipy.special import stdtrit  # not loaded where nobody looks

    variance = sum(part for part, _ in parts)
    if variance == 0:
        return 0.0
    degrees = variance**2 / sum(part**2 / degrees for part, degrees in parts)
    return float(stdtrit(degrees, 1 - TOTAL_LEVEL / 2)) * math.sqrt(variance)
