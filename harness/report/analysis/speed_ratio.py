"""How many times as fast one model is as another, and how much of that repeats."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

FEWEST_PAIRS = 9
"""Quartiles of fewer say nothing; the test run makes as many however slow the models are."""
WIDEST = 1.4
"""Quartiles further apart than this factor tell of the machine, not of the models: no ratio is printed then. Beside
other work a pass that outlasts the scheduler's slice of time is interrupted and a short one is not: of a small CNN and
an MLP, whose ratio for 128 images is 22 to 28 on a quiet machine, quartiles were 39 and 58 beside five other
processes."""
SAME = 0.05
"""Speeds that differ by less than this share are called the same."""
BETWEEN_PROCESSES = 0.03
"""By how much the median of such a pair, for one image, differs from one process to the next on a quiet machine (memory
and clock are others), while the quartiles within a process may be nearer to each other than that."""

Relation = Literal["faster", "slower", "same", "unclear"]


class SpeedRatio(NamedTuple):
    """How many times as long one model takes as another, over pairs of passes that took turns: quartiles and median.

    Above 1, ``other`` (the teacher, or float32) takes longer: the model in question is the faster one.
    """

    low: float
    median: float
    high: float
    num_pairs: int

    @property
    def relation(self) -> Relation:
        """What may be said; ``unclear`` where the passes say nothing that another measurement would repeat.

        >>> [SpeedRatio(*quartiles, 200).relation for quartiles in
        ...  ((3.6, 3.7, 4.3), (0.4, 0.5, 0.55), (0.97, 1.1, 1.2), (6.5, 7.6, 20.2))]
        ['faster', 'slower', 'same', 'unclear']
        """
        if self.num_pairs < FEWEST_PAIRS or self.low <= 0 or self.high > WIDEST * self.low:
            return "unclear"
        low, high = self._repeated
        if low < 1 + SAME and high > 1 - SAME:
            return "same"
        return "faster" if low > 1 else "slower"

    @property
    def factor(self) -> "SpeedRatio":
        """As a factor of at least 1: how many times as fast, or how many times as long where it is slower."""
        if self.relation != "slower":
            return self
        return SpeedRatio(1 / self.high, 1 / self.median, 1 / self.low, self.num_pairs)

    @property
    def rounded(self) -> tuple[float, float]:
        """The factor as far as it repeats: two equal numbers, or the ends of a range that no digit narrows.

        Two significant digits where both quartiles round to the same number, and below 2, where one digit says next to
        nothing; else one.

        >>> [SpeedRatio(*quartiles, 200).rounded for quartiles in
        ...  ((3.6, 3.7, 4.3), (11.9, 12.0, 12.1), (22.5, 24.3, 28.2), (1.7, 1.8, 1.9), (1 / 3.1, 1 / 3, 1 / 2.9))]
        [(4.0, 4.0), (12.0, 12.0), (20.0, 30.0), (1.7, 1.9), (3.0, 3.0)]
        """
        low, high = self.factor._repeated
        ends = to_digits(low, 2), to_digits(high, 2)
        if ends[0] == ends[1] or low < 2:
            return ends
        return to_digits(low, 1), to_digits(high, 1)

    @property
    def _repeated(self) -> tuple[float, float]:
        """The quartiles, but no nearer to the median than another process would move it."""
        return min(self.low, self.median * (1 - BETWEEN_PROCESSES)), max(
            self.high, self.median * (1 + BETWEEN_PROCESSES)
        )


def to_digits(number: float, digits: int) -> float:
    """A positive number to so many significant digits.

    >>> to_digits(3.68, 1), to_digits(3.68, 2), to_digits(247.0, 2)
    (4.0, 3.7, 250.0)
    """
    return float(f"{number:.{digits}g}")


def speed_ratio(other_ms: Sequence[Sequence[float]], own_ms: Sequence[float]) -> SpeedRatio:
    """The ratio of each pair of passes, summed up.

    Args:
        other_ms: Of each of the models that are asked one after the other: the passes by round.
        own_ms: Of the model in question, in the same rounds.
    """
    ratios = np.sum(np.array(other_ms), axis=0) / np.maximum(np.array(own_ms), math.ulp(1.0))
    low, median, high = np.quantile(ratios, [0.25, 0.5, 0.75]).tolist()
    return SpeedRatio(low, median, high, len(own_ms))
