"""Each statistic against an independent reference: scipy.stats, a loop, or a simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.report.analysis.chance.statistics import (
    MAX_P,
    Estimate,
    Gain,
    accuracy,
    holm,
    mcnemar,
    mean_over_both,
    mean_over_teachers,
    paired_gain,
    t_estimate,
    verdict,
    verdict_among,
)
from harness.report.analysis.words import Verdict
from kd.scores import share_interval


def _random_right(seed: int, shape: tuple[int, int], share: float) -> np.ndarray:
    return np.random.default_rng(seed).random(shape) < share


def test_t_estimate_is_scipys() -> None:
    values = np.random.default_rng(0).normal(1.0, 2.0, 7)
    estimate = t_estimate(values)
    reference = stats.ttest_1samp(values, 0.0)
    interval = reference.confidence_interval(0.95)
    assert estimate is not None
    assert (estimate.low, estimate.high) == pytest.approx((interval.low, interval.high))
    assert estimate.p == pytest.approx(reference.pvalue)
    assert t_estimate(values[:1]) is None and t_estimate(values[:0]) is None


def test_equal_values_hide_a_spread() -> None:
    """One image more or less in each is not seen; without knowing what can be seen nothing is known."""
    equal = np.full(4, 0.75)
    unknown, known = t_estimate(equal), t_estimate(equal, within=(0.0, 1.0), step=0.25)
    assert unknown is not None and known is not None
    assert unknown.mean == 0.75 and math.isnan(unknown.low) and math.isnan(unknown.high)
    assert (known.low, known.high) == pytest.approx((0.75 - stats.t.ppf(0.975, 3) * 0.25 / 2, 1.0))


def test_a_bounded_quantity_has_a_bounded_interval() -> None:
    estimate = t_estimate(np.array([0.2, 0.9]), within=(0.0, 1.0))
    assert estimate is not None and estimate[:3] == (0.55, 0.0, 1.0)


def _slow_headline(right: np.ndarray, baseline: np.ndarray) -> tuple[float, float, float]:
    """The formula of the docstring, image by image, in plain Python."""
    num_seeds, num_images = right.shape
    d = [[int(right[s, i]) - int(baseline[s, i]) for i in range(num_images)] for s in range(num_seeds)]
    by_seed = [sum(row) / num_images for row in d]
    by_image = [sum(d[s][i] for s in range(num_seeds)) / num_seeds for i in range(num_images)]

    def variance(values: list[float]) -> float:
        mean = sum(values) / len(values)
        return sum((v - mean) ** 2 for v in values) / (len(values) - 1)

    a, b = variance(by_seed) / num_seeds, variance(by_image) / num_images
    degrees = (a + b) ** 2 / (a**2 / (num_seeds - 1) + b**2 / (num_images - 1))
    half = stats.t.ppf(0.975, degrees) * math.sqrt(a + b)
    mean = sum(by_seed) / num_seeds
    return mean, mean - half, mean + half


def test_headline_is_the_slow_formula() -> None:
    right, baseline = _random_right(1, (4, 60), 0.9), _random_right(2, (4, 60), 0.8)
    gain = paired_gain(right, baseline)
    assert gain.both[:3] == pytest.approx(_slow_headline(right, baseline))
    assert (gain.before, gain.after) == pytest.approx((baseline.mean(), right.mean()))
    assert gain.by_seed == pytest.approx((right.mean(axis=1) - baseline.mean(axis=1)).tolist())
    assert (gain.num_seeds, gain.num_images) == (4, 60)


def test_components_are_paired_t_tests() -> None:
    right, baseline = _random_right(3, (5, 200), 0.9), _random_right(4, (5, 200), 0.85)
    gain = paired_gain(right, baseline)
    by_seed = stats.ttest_rel(right.mean(axis=1), baseline.mean(axis=1)).confidence_interval()
    by_image = stats.ttest_rel(right.mean(axis=0), baseline.mean(axis=0)).confidence_interval()
    assert gain.seeds is not None
    assert (gain.seeds.low, gain.seeds.high) == pytest.approx((by_seed.low, by_seed.high))
    assert (gain.images.low, gain.images.high) == pytest.approx((by_image.low, by_image.high))


def test_seeds_that_gain_alike_may_differ_by_an_image() -> None:
    right, baseline = np.ones((3, 50), bool), np.ones((3, 50), bool)
    baseline[:, :5] = False
    gain = paired_gain(right, baseline)
    half = stats.t.ppf(0.975, 2) / 50 / math.sqrt(3)
    assert gain.seeds is not None and gain.seeds[:3] == pytest.approx((0.1, 0.1 - half, 0.1 + half))


def test_one_seed_counts_images_alone() -> None:
    right, baseline = _random_right(5, (1, 300), 0.9), _random_right(6, (1, 300), 0.8)
    gain = paired_gain(right, baseline)
    assert gain.seeds is None
    assert gain.both == gain.images


@pytest.mark.parametrize(("share", "word"), [(1.0, "gain"), (0.0, "loss"), (0.5, "no clear difference")])
def test_verdict(share: float, word: str) -> None:
    baseline = _random_right(7, (3, 400), 0.5)
    assert paired_gain(_random_right(8, (3, 400), share), baseline).verdict == word


@pytest.mark.parametrize(
    ("low", "high", "margin", "word"),
    [
        (0.0, 0.01, None, "no clear difference"),  # an end at zero holds it
        (-0.01, 0.0, None, "no clear difference"),
        (-0.01, 0.01, 0.02, "equivalent"),
        (0.01, 0.015, 0.02, "equivalent"),  # too small to matter
        (-0.015, -0.01, 0.02, "equivalent"),
        (-0.03, 0.01, 0.02, "undecided"),
        (-0.02, 0.01, 0.02, "undecided"),  # a gain of the margin matters
        (-0.01, 0.02, 0.02, "undecided"),
        (0.01, 0.03, 0.02, "gain"),
        (-0.03, -0.01, 0.02, "loss"),
    ],
)
def test_a_verdict_is_read_from_the_ends(low: float, high: float, margin: float | None, word: str) -> None:
    assert verdict(Estimate((low + high) / 2, low, high), 3, margin) == word


@pytest.mark.parametrize(
    ("num_seeds", "low", "word", "is_told"),
    [
        (1, 0.01, "too few seeds", True),
        (2, -0.01, "too few seeds", False),
        (2, 0.01, "gain", True),
        (3, -0.01, "no clear difference", True),
    ],
)
def test_only_the_interval_of_two_seeds_that_cannot_tell_is_not_told(
    num_seeds: int, low: float, word: str, is_told: bool
) -> None:
    both = Estimate(0.02, low, 0.05)
    gain = Gain(both, both, both, num_seeds, 100, before=0.9, after=0.92)
    assert (gain.verdict, gain.is_told) == (word, is_told)


@pytest.mark.parametrize(("p", "word"), [(MAX_P - 1e-9, "loss"), (MAX_P, "no clear difference")])
def test_among_many_a_difference_stands_below_the_level(p: float, word: Verdict) -> None:
    assert verdict_among(Estimate(-0.02, -0.03, -0.01), p) == word


def test_the_longer_arm_stands_after_plus_minus_where_both_are_as_long() -> None:
    for low, high, is_even in ((0.3, 0.6, False), (0.4, 0.7, False), (0.3, 0.705, True), (0.295, 0.7, True)):
        estimate = Estimate(0.5, low, high)
        assert (estimate.half_width, estimate.is_even) == (pytest.approx(max(0.5 - low, high - 0.5)), is_even)
    assert Estimate(0.5, 0.3, 0.6, 0.01).times(100) == (50.0, 30.0, 60.0, 0.01)


def test_identical_models_show_no_difference() -> None:
    right = _random_right(9, (3, 50), 0.9)
    gain = paired_gain(right, right)
    value, low, high = gain.both[:3]
    assert value == 0.0 and -0.1 < low < 0 < high < 0.1  # 50 images could not have told a smaller one
    assert gain.verdict == "no clear difference"


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="equal, non-empty"):
        paired_gain(np.ones((2, 5), bool), np.ones((1, 5), bool))
    for nothing in ((0, 5), (2, 0)):
        with pytest.raises(ValueError, match="equal, non-empty"):
            paired_gain(np.ones(nothing, bool), np.ones(nothing, bool))


def test_headline_covers_the_truth_under_both_sources_of_chance() -> None:
    """Draw seeds and images anew 400 times: the 95 % interval holds the true gain at least 95 % of the time."""
    random = np.random.default_rng(10)
    num_seeds, num_images, truth = 5, 200, 0.1
    covered = 0
    for _ in range(400):
        seed_effect = random.normal(0, 0.02, (num_seeds, 1))
        image_effect = random.normal(0, 0.3, (1, num_images))
        noise = random.normal(0, 0.3, (num_seeds, num_images))
        estimate = mean_over_both(truth + seed_effect + image_effect + noise)
        covered += estimate.low <= truth <= estimate.high
    assert 0.945 <= covered / 400 <= 1.0


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_gain_is_antisymmetric(seed: int, num_seeds: int, num_images: int) -> None:
    right = _random_right(seed, (num_seeds, num_images), 0.8)
    baseline = _random_right(seed + 1, (num_seeds, num_images), 0.7)
    there, back = paired_gain(right, baseline).both, paired_gain(baseline, right).both
    assert (there.mean, there.low, there.high) == pytest.approx((-back.mean, -back.high, -back.low))
    assert there.low <= there.mean <= there.high


def test_accuracy_of_one_run_is_that_of_its_model_card() -> None:
    right = _random_right(11, (1, 100), 0.9)
    assert accuracy(right)[1:3] == share_interval(int(right.sum()), 100)


def test_no_spread_is_not_certainty() -> None:
    assert accuracy(np.ones((3, 10), bool))[1:3] == pytest.approx(share_interval(10, 10))
    assert paired_gain(np.ones((3, 1), bool), np.zeros((3, 1), bool)).verdict == "no clear difference"
    assert paired_gain(np.ones((2, 20), bool), np.zeros((2, 20), bool)).verdict == "gain"


def test_a_difference_of_accuracies_is_never_beyond_what_there_is() -> None:
    """Two seeds on few images: Student's t would give −251 to +271 points."""
    right, baseline = np.zeros((2, 108), bool), np.zeros((2, 108), bool)
    right[0], baseline[1, :86] = True, True
    gain = paired_gain(right, baseline)
    assert (gain.both.low, gain.both.high, gain.verdict, gain.is_told) == (-1.0, 1.0, "too few seeds", False)
    assert gain.seeds is not None and -1 <= gain.seeds.low <= gain.seeds.high <= 1


@given(st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_mcnemar_is_the_binomial_test(fixed: int, broken: int) -> None:
    right = np.array([True] * fixed + [False] * broken + [True, False])
    baseline = np.array([False] * fixed + [True] * broken + [True, False])
    found = mcnemar(right, baseline)
    expected = stats.binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0
    assert (found.fixed, found.broken) == (fixed, broken)
    assert found.p == pytest.approx(expected)


@pytest.mark.parametrize("largest", [0.2, 1.0])
def test_holm_against_its_definition(largest: float) -> None:
    p = np.random.default_rng(12).random(9) * largest
    adjusted = holm(p)
    ranked = sorted(range(9), key=lambda k: p[k])
    running = 0.0
    for rank, k in enumerate(ranked):
        running = max(running, (9 - rank) * p[k])
        assert adjusted[k] == pytest.approx(min(1.0, running))


@pytest.mark.parametrize("num_seeds", [1, 4, 9])
def test_the_interval_over_teachers_has_three_parts(num_seeds: int) -> None:
    """Of teachers, of images, and of the seeds that all teachers share; as few degrees as the fewer of the first."""
    differences = np.random.default_rng(13).normal(0.05, 0.2, (5, num_seeds, 40))
    differences += np.random.default_rng(14).normal(0, 0.1, (1, num_seeds, 1))
    by_teacher, by_seed, by_image = (differences.mean(axis=axes) for axes in ((1, 2), (0, 2), (0, 1)))
    of_seeds = by_seed.var(ddof=1) / num_seeds if num_seeds > 1 else 0.0
    trainings, images = by_teacher.var(ddof=1) / 5 + 2 * of_seeds, by_image.var(ddof=1) / 40
    few = min(5, num_seeds) - 1 if num_seeds > 1 else 4
    degrees = (trainings + images) ** 2 / (trainings**2 / few + images**2 / 39)
    half = stats.t.ppf(0.975, degrees) * math.sqrt(trainings + images)
    mean = differences.mean()
    assert mean_over_teachers(differences, widening=2)[:3] == pytest.approx((mean, mean - half, mean + half))


def test_the_interval_over_two_unlike_teachers_ends_where_a_difference_does() -> None:
    differences = np.array([[[1.0, 1.0]] * 2, [[0.0, 0.0]] * 2])
    assert mean_over_teachers(differences)[:3] == (0.5, -1.0, 1.0)


def test_the_interval_over_teachers_counts_what_all_of_them_share() -> None:
    """The same baselines and seeds stand under every teacher, so that their luck moves all teachers' gains together."""
    random = np.random.default_rng(0)
    missed = 0
    for _ in range(200):
        seeds = 0.03 * random.standard_normal(5)  # of the baselines, shared by all teachers
        teachers = 0.01 * random.standard_normal((4, 1))
        likely = np.clip(0.7 + teachers + seeds, 0, 1)[:, :, None]
        differences = (random.random((4, 5, 300)) < likely).astype(float) - (random.random((1, 5, 300)) < 0.7)
        found = mean_over_teachers(differences)
        missed += not found.low <= 0 <= found.high
    assert missed <= 10
    alone = mean_over_teachers(differences[:, :1])
    assert np.isfinite(alone.high) and alone.low < alone.mean < alone.high
