"""How often one distilled training beats one baseline training: what counts for whoever trains once."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from harness.report.analysis.chance.statistics import Estimate, Gain

FEWEST_SEEDS = 3
"""With two, four pairs leave all but everything open: even of 4 to 0 the interval begins below a coin toss."""


class OneTraining(NamedTuple):
    """The share of pairs of trainings whose distilled student reads more test images right; a tie counts half.

    ``share``: any distilled training beside any baseline training. Of ``num_pairs`` the distilled one is better in
    ``num_wins``.
    """

    share: Estimate
    num_pairs: int
    num_wins: int
    num_ties: int


def one_training(before_S: NDArray[np.floating], after_S: NDArray[np.floating], gain: Gain) -> OneTraining | None:
    """The probability that one distilled training beats one baseline training, both read on as many such images.

    Every pair counts, also of different seeds, for whoever trains once has drawn one of each. The interval holds two
    chances: other trainings (Newcombe's method 5, which assumes no shape of the accuracies' distribution), and other
    images, which move all pairs alike, by up to the images' part of the gain's interval.

    Args:
        before_S: Test accuracies of the baseline trainings.
        after_S: Of the distilled ones; of either at least three.
        gain: Between them.

    Returns:
        None with fewer than ``FEWEST_SEEDS`` of either.

    References:
        Newcombe, Confidence intervals for an effect size measure based on the Mann–Whitney statistic, part 2, 2006.
        Agarwal et al., Deep reinforcement learning at the edge of the statistical precipice, 2021 (the probability of
        improvement).
    """
    if min(len(before_S), len(after_S)) < FEWEST_SEEDS:
        return None
    share, moved = _share_above(before_S, after_S), gain.images.half_width
    low, high = _newcombe(share, len(before_S), len(after_S))
    down, up = (_share_above(before_S, after_S + shift) for shift in (-moved, moved))
    return OneTraining(
        Estimate(
            share,
            max(0.0, share - math.hypot(share - low, share - down)),
            min(1.0, share + math.hypot(high - share, up - share)),
        ),
        num_pairs=len(before_S) * len(after_S),
        num_wins=int((after_S[:, None] > before_S).sum()),
        num_ties=int((after_S[:, None] == before_S).sum()),
    )


def _share_above(before_S: NDArray[np.floating], after_S: NDArray[np.floating]) -> float:
    """Mann and Whitney's: the share of pairs in which the second is larger, of ties half.

    >>> _share_above(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.875
    """
    return float(((after_S[:, None] > before_S) + 0.5 * (after_S[:, None] == before_S)).mean())


def _newcombe(share: float, num_before: int, num_after: int) -> tuple[float, float]:
    """The shares from which the observed one is no further than chance in so many trainings carries it."""
    z_squared = float(stdtrit(math.inf, 0.975)) ** 2
    others, pairs = (num_before + num_after) / 2 - 1, num_before * num_after

    def is_possible(true: float) -> bool:
        spread = 1 + others * ((1 - true) / (2 - true) + true / (1 + true))
        return (share - true) ** 2 <= z_squared * true * (1 - true) * spread / pairs

    return _end(is_possible, share, 0.0), _end(is_possible, share, 1.0)


def _end(is_possible: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where what is possible ends between a value inside and a bound, by halving."""
    for _ in range(50):
        middle = (inside + outside) / 2
        if is_possible(middle):
            inside = middle
        else:
            outside = middle
    return inside
