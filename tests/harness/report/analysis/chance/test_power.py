"""What is said of a study's power holds in simulated studies; numbers of seeds and images follow from it."""

import numpy as np
import pytest

from harness.report.analysis.chance.power import (
    MAX_SEEDS,
    POWER,
    Chances,
    chances_of,
    half_width_of_images,
    half_width_with,
    images_to_tell,
    seeds_to_tell,
    smallest_gain,
)
from harness.report.analysis.chance.statistics import mean_over_both, paired_gain

OF_ALL = Chances(seeds=1e-4, images=0.03, own=0.04)
OF_TRAINING = Chances(seeds=1e-3, images=0.001, own=0.01)
OF_IMAGES = Chances(seeds=0.0, images=0.03, own=0.0)


def _differences(chances: Chances, shape: tuple[int, int], gain: float, random: np.random.Generator) -> np.ndarray:
    """A normal study of seeds crossed with images."""
    num_seeds, num_images = shape
    by_seed = random.normal(0, chances.seeds**0.5, (num_seeds, 1))
    by_image = random.normal(0, chances.images**0.5, (1, num_images))
    return gain + by_seed + by_image + random.normal(0, chances.own**0.5, shape)


@pytest.mark.parametrize("chances", [OF_ALL, OF_TRAINING, OF_IMAGES])
@pytest.mark.parametrize("num_seeds", [3, 5, 10])
def test_the_said_power_is_reached(chances: Chances, num_seeds: int) -> None:
    """Four studies of five tell the smallest gain that is said to be told, within the noise of so many simulations."""
    random, number, shape = np.random.default_rng(num_seeds), 600, (num_seeds, 300)
    gain = smallest_gain(chances, *shape)
    told = sum(mean_over_both(_differences(chances, shape, gain, random)).low > 0 for _ in range(number))
    assert told / number == pytest.approx(POWER, abs=3 * (POWER * (1 - POWER) / number) ** 0.5)


def test_the_chances_are_those_that_were_drawn() -> None:
    random = np.random.default_rng(0)
    found = [chances_of(_differences(OF_ALL, (5, 400), 0.1, random)) for _ in range(200)]
    means = np.mean([one for one in found if one is not None], axis=0)
    assert len(found) == 200 and means == pytest.approx(OF_ALL, rel=0.1)


def test_the_interval_of_a_study_of_that_size_is_foretold() -> None:
    random = np.random.default_rng(1)
    widths = [mean_over_both(_differences(OF_ALL, (8, 300), 0.0, random)).half_width for _ in range(200)]
    assert np.mean(widths) == pytest.approx(half_width_with(OF_ALL, 8, 300), rel=0.05)
    same = _differences(OF_TRAINING, (8, 300), 0.0, random)
    chances = chances_of(same)
    assert chances is not None and min(chances) > 0
    assert half_width_with(chances, 8, 300) == pytest.approx(mean_over_both(same).half_width)  # nothing was added


@pytest.mark.parametrize("shape", [(1, 50), (5, 1)])
def test_one_seed_or_one_image_tells_no_chances(shape: tuple[int, int]) -> None:
    assert chances_of(np.zeros(shape)) is None


def test_the_least_number_of_seeds_is_the_least() -> None:
    number = seeds_to_tell(OF_TRAINING, 300, -0.03)
    assert number is not None
    assert smallest_gain(OF_TRAINING, number, 300) <= 0.03 < smallest_gain(OF_TRAINING, number - 1, 300)


def test_no_number_of_seeds_does_what_the_images_forbid() -> None:
    floor = half_width_of_images(OF_ALL, 500)
    assert seeds_to_tell(OF_ALL, 500, floor) is None
    assert half_width_with(OF_ALL, MAX_SEEDS, 500) == pytest.approx(floor, rel=0.05)
    number = images_to_tell(OF_ALL, 5, 0.02)
    assert number is not None and number > 500
    assert smallest_gain(OF_ALL, 5, number) <= 0.02 < smallest_gain(OF_ALL, 5, number - 1)


def test_no_number_of_images_does_what_the_seeds_forbid() -> None:
    assert images_to_tell(OF_TRAINING, 3, 0.01) is None


def test_where_nothing_varies_any_gain_is_told() -> None:
    assert smallest_gain(Chances(0.0, 0.0, 0.0), 3, 10) == 0.0


def test_of_a_mean_over_classes_the_foretold_interval_is_the_one_that_was_measured() -> None:
    """Classes of 400 and of 50 images: the small one's weigh eight times as much."""
    random, classes_N = np.random.default_rng(2), np.repeat([0, 1], [400, 50])
    right_SN, baseline_SN = random.random((5, 450)) < 0.85, random.random((5, 450)) < 0.7
    gain = paired_gain(right_SN, baseline_SN, classes_N=classes_N)
    plain = paired_gain(right_SN, baseline_SN)
    assert gain.chances is not None and plain.chances is not None
    foretold = half_width_with(gain.chances, 5, 450)
    assert foretold == pytest.approx(gain.both.half_width, rel=0.05)
    assert foretold > 1.3 * half_width_with(plain.chances, 5, 450)


def test_a_rule_that_looked_often_leaves_its_own_width_and_power() -> None:
    random = np.random.default_rng(3)
    right, baseline = random.random((2, 6, 400)) < 0.8 + 0.05 * random.standard_normal((2, 6, 1))
    plain, widened = (paired_gain(right, baseline, widening=widening) for widening in (1.0, 3.0))
    assert plain.chances is not None and widened.chances is not None
    assert half_width_with(widened.chances, 6, 400) > 1.4 * half_width_with(plain.chances, 6, 400)
    assert smallest_gain(widened.chances, 6, 400) > smallest_gain(plain.chances, 6, 400)
    assert widened.chances.variance(6, 400) == plain.chances.variance(6, 400)
