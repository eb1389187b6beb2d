"""How often one training beats another: by scipy's statistic, with an interval that covers, simulated."""

import numpy as np
import pytest
from scipy import stats

from harness.report.analysis.chance.one_training import OneTraining, one_training
from harness.report.analysis.chance.statistics import Estimate, Gain

STEADY = Estimate(0.0, 0.0, 0.0)


def gain(moved: float = 0.0) -> Gain:
    """One whose images leave so much open to either side."""
    return Gain(STEADY, STEADY, Estimate(0.0, -moved, moved), 5, 1000, 0.9, 0.9)


def _found(before: list[float], after: list[float], moved: float = 0.0) -> OneTraining:
    found = one_training(np.array(before), np.array(after), gain(moved))
    assert found is not None
    return found


def test_the_share_is_mann_and_whitneys() -> None:
    before, after = [0.90, 0.91, 0.92, 0.91], [0.91, 0.93, 0.90, 0.94, 0.92]
    found = _found(before, after)
    statistic = stats.mannwhitneyu(after, before).statistic
    assert found.share.mean == pytest.approx(statistic / 20)
    assert (found.num_pairs, found.num_ties) == (20, 4)
    assert found.num_wins + found.num_ties / 2 == statistic


def test_all_of_few_pairs_is_no_certainty() -> None:
    lows = [_found([0.8] * count, [0.9] * count).share.low for count in (3, 5, 10)]
    assert lows == pytest.approx([0.501, 0.643, 0.800], abs=1e-3)
    assert _found([0.9] * 5, [0.8] * 5).share[:3] == pytest.approx((0, 0, 1 - lows[1]))


def test_the_mirror_image() -> None:
    before, after = [0.90, 0.91, 0.93], [0.92, 0.91, 0.94]
    there, back = _found(before, after, 0.01).share, _found(after, before, 0.01).share
    assert (there.mean, there.low, there.high) == pytest.approx((1 - back.mean, 1 - back.high, 1 - back.low))


def test_equal_trainings_are_ties() -> None:
    found = _found([0.9] * 3, [0.9] * 3)
    assert found.share.mean == 0.5 and found.num_ties == 9 and found.share.low < 0.2


def test_other_images_move_all_pairs() -> None:
    before, after = [0.90, 0.901, 0.902, 0.9, 0.901], [0.91, 0.911, 0.912, 0.91, 0.911]
    assert _found(before, after, 0.02).share.low == 0 < 0.6 < _found(before, after, 0.001).share.low


@pytest.mark.parametrize("count", [1, 2])
def test_it_needs_three_seeds(count: int) -> None:
    values = np.full(count, 0.9)
    assert one_training(values, values, gain()) is None and one_training(values, np.full(5, 0.9), gain()) is None


@pytest.mark.parametrize("num_seeds", [3, 5, 10])
@pytest.mark.parametrize("lead", [0.0, 0.005, 0.02])
def test_the_interval_covers(num_seeds: int, lead: float) -> None:
    """Trainings of normal accuracies, read on images whose choice moves all leads together."""
    random, number, of_training, of_images = np.random.default_rng(num_seeds), 500, 0.008, 0.004
    truth = stats.norm.cdf(lead / np.hypot(of_training * 2**0.5, of_images))
    covered = 0
    for _ in range(number):
        moved = random.normal(0, of_images)
        before, after = (random.normal(mean, of_training, num_seeds).round(3) for mean in (0.9, 0.9 + lead + moved))
        low, high = _found(list(before), list(after), 1.96 * of_images).share[1:3]
        covered += low <= truth <= high
    assert covered / number >= 0.93
