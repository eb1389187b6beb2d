"""What a study of a size could tell, and what its gain would take, each way once."""

import numpy as np
import pytest

from harness.report.analysis.chance.power import Chances, smallest_gain
from harness.report.analysis.chance.statistics import Estimate, Gain, paired_gain
from harness.report.analysis.chance.study_power import MANY_SEEDS, Way, find_power, seeds_wanted


def gain_of(mean: float, half: float, chances: Chances | None, num_seeds: int = 5, num_images: int = 1000) -> Gain:
    """A gain of this interval and these chances."""
    both = Estimate(mean, mean - half, mean + half, 0.5)
    return Gain(both, both, both, num_seeds, num_images, 0.9, 0.9 + mean, chances=chances)


OWN = Chances(0.0, 0.003, 0.17)
TRAINING, IMAGES, BOTH = Chances(4e-4, 0.01, 0.01), Chances(1e-6, 0.03, 0.01), Chances(4e-4, 0.1, 0.01)


@pytest.mark.parametrize(
    ("mean", "half", "chances", "way"),
    [
        (0.03, 0.01, TRAINING, "told"),
        (-0.03, 0.01, TRAINING, "told"),
        (0.015, 0.02, TRAINING, "seeds"),
        (-0.015, 0.02, TRAINING, "seeds"),
        (0.010, 0.02, IMAGES, "images"),
        (0.02, 0.03, BOTH, "both"),
        (0.006, 0.03, OWN, "both"),  # five seeds would do too, on three times as many images
        (0.0, 0.03, BOTH, "none"),
    ],
)
def test_each_way_to_tell_a_gain(mean: float, half: float, chances: Chances, way: Way) -> None:
    gain = gain_of(mean, half, chances)
    power = find_power(gain)
    assert power is not None and power.way == way
    if way in ("seeds", "images", "both"):
        seeds, images = power.num_seeds or gain.num_seeds, power.num_images or gain.num_images
        assert smallest_gain(chances, seeds, images) <= abs(mean) < smallest_gain(chances, 5, 1000)
    assert seeds_wanted(gain, power) == (power.num_seeds if way == "seeds" else None)


def test_sizes_are_this_study_and_larger_ones() -> None:
    power = find_power(gain_of(0.015, 0.02, TRAINING))
    assert power is not None
    assert [(size.num_seeds, size.num_images) for size in power.sizes] == [
        (5, 1000), (power.num_seeds, 1000), (None, 1000), (5, 4000)
    ]  # fmt: skip
    this, more, endless, _ = power.sizes
    assert this.half_width == pytest.approx(0.02), "the headline's own interval stands on the same page"
    assert this.smallest_gain == power.smallest_gain > more.smallest_gain > endless.smallest_gain
    assert this.half_width > more.half_width > endless.half_width == power.of_images


def test_a_study_that_should_have_told_its_gain_asks_for_one_seed_more() -> None:
    """Its seeds tell such a gain four times out of five, and this was the fifth."""
    gain = gain_of(0.06, 0.07, TRAINING)
    assert smallest_gain(TRAINING, 5, 1000) < 0.06
    power = find_power(gain)
    assert power is not None and (power.way, power.num_seeds) == ("seeds", 6)
    assert power.sizes[1][:2] == (6, 1000)


@pytest.mark.parametrize(("num_seeds", "more"), [(3, [MANY_SEEDS]), (MANY_SEEDS, []), (MANY_SEEDS + 1, [])])
def test_where_seeds_are_not_the_way_many_are_compared_with_unless_there_are_as_many(
    num_seeds: int, more: list[int]
) -> None:
    power = find_power(gain_of(0.01, 0.03, IMAGES, num_seeds))
    assert power is not None and power.way in ("images", "both")
    assert [size.num_seeds for size in power.sizes] == [num_seeds, *more, None, num_seeds]
    both = find_power(gain_of(0.006, 0.03, OWN, num_seeds))
    assert both is not None and both.way == ("both" if more else "images")


def test_two_seeds_are_asked_for_more_and_told_nothing() -> None:
    right, baseline = (np.random.default_rng(seed).random((2, 100)) < 0.8 for seed in (1, 2))
    gain = paired_gain(right, baseline)
    assert gain.verdict == "too few seeds" and find_power(gain) is None and seeds_wanted(gain, None) == 5


def test_models_that_never_differ_tell_nothing() -> None:
    assert find_power(paired_gain(np.ones((3, 50), bool), np.ones((3, 50), bool))) is None
    unclear = gain_of(0.01, 0.03, None)
    assert find_power(unclear) is None and seeds_wanted(unclear, None) is None
