"""A mean over classes, and how often its interval holds the truth where classes are small."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr
from sklearn.metrics import balanced_accuracy_score, f1_score

from harness.report.analysis.chance.class_means import (
    difference_spread,
    f1_spread,
    image_weights,
    influence_on_f1,
    means_over_classes,
    num_even_images,
    share_spread,
)
from harness.report.analysis.chance.statistics import accuracy, macro_f1, paired_gain
from harness.sweep.sections.metric import score_in
from kd.scores import score

Floats = NDArray[np.float64]


def test_weights_make_the_mean_over_classes_of_a_mean_over_images() -> None:
    labels = np.repeat([0, 1, 2], [7, 2, 1])
    said = np.array([0, 0, 0, 0, 0, 1, 2, 1, 2, 2])
    assert (said == labels) @ image_weights(labels) == pytest.approx(balanced_accuracy_score(labels, said))
    assert image_weights(labels).sum() == pytest.approx(1.0)


def test_a_mean_over_classes_is_the_same_from_answers_and_from_counts() -> None:
    """Or a model would be better than itself: the teacher would keep no share of its own accuracy."""
    random = np.random.default_rng(0)
    for _ in range(30):
        labels = np.repeat(np.arange(10), random.integers(3, 60, 10))
        said = np.where(random.random(len(labels)) < 0.8, labels, random.integers(0, 10, len(labels)))
        means = means_over_classes((said == labels)[None], labels)
        assert means.tolist() == [score_in("balanced_accuracy", score(np.eye(10)[said], labels))]


def test_a_class_without_images_has_no_weight() -> None:
    assert image_weights(np.array([0, 0, 5])).tolist() == [0.25, 0.25, 0.5]


def test_the_variance_is_that_of_a_stratified_mean_where_classes_are_large() -> None:
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], [4000, 1000, 400])
    values = random.random((1, 5400)) < np.array([0.9, 0.5, 0.2])[labels]
    expected = sum(values[0, labels == c].var(ddof=1) / (9 * n) for c, n in ((0, 4000), (1, 1000), (2, 400)))
    for found in (difference_spread(values.astype(float), labels), share_spread(values, labels)):
        assert found.images == pytest.approx(expected, rel=0.02)
        assert 700 < found.image_degrees < 1300
        assert (found.seeds, found.seed_degrees) == (0, 0)


def test_the_seeds_part_is_that_of_their_means_over_classes() -> None:
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], [50, 10])
    values = random.random((4, 60)) < 0.6
    expected = (values @ image_weights(labels)).var(ddof=1) / 4
    said = np.where(values, labels, 1 - labels)
    f1 = np.var([f1_score(labels, one, average="macro") for one in said], ddof=1) / 4
    for found, seeds in (
        (share_spread(values, labels), expected),
        (difference_spread(values.astype(float), labels), expected),
        (f1_spread(said, labels, 2), f1),
    ):
        assert found.seeds == pytest.approx(seeds)
        assert found.seed_degrees == 3
    assert difference_spread(values.astype(float), labels, widening=2).seeds == pytest.approx(2 * expected)


@pytest.mark.parametrize("sizes", [(2, 2, 3), (1, 2, 40), (5, 9, 9)], ids=str)
def test_a_class_borrows_two_images_worth_of_what_all_have_in_common(sizes: tuple[int, ...]) -> None:
    """The formula of the docstring, class by class; a class of one image has no spread of its own to lend."""
    labels = np.repeat([0, 1, 2], sizes)
    values = np.random.default_rng(3).integers(-1, 2, len(labels)).astype(float)
    squares = [((values[labels == c] - values[labels == c].mean()) ** 2).sum() for c in range(3)]
    lenders = [c for c in range(3) if sizes[c] > 1]
    seen = sum(squares[c] / sizes[c] for c in lenders) + 1 / min(sizes[c] for c in lenders)
    common = min(1.0, seen / sum(1 - 1 / sizes[c] for c in lenders))
    parts = [(squares[c] + 2 * common) / (sizes[c] + 1) / (9 * sizes[c]) for c in range(3)]
    found = difference_spread(values[None], labels)
    assert found.images == pytest.approx(sum(parts))
    degrees = sum(parts) ** 2 / sum(part**2 / (size + 1) for part, size in zip(parts, sizes, strict=True))
    assert found.image_degrees == int(degrees)


def test_one_image_a_class_is_no_certainty() -> None:
    assert difference_spread(np.zeros((1, 4)), np.arange(4)).images == pytest.approx(1 / 4)
    assert share_spread(np.ones((1, 4), bool), np.arange(4)).images == pytest.approx(1 / 3 / 4)  # of 0, 1 and 1


def test_where_nothing_differs_the_bound_is_that_of_the_smallest_classes() -> None:
    labels = np.repeat([0, 1], [100, 10])
    right = np.ones((3, 110), bool)
    of_20 = right[:, : num_even_images(labels)]
    assert of_20.shape == (3, 20)
    assert paired_gain(right, right, classes_N=labels).both == paired_gain(of_20, of_20).both
    assert paired_gain(right, ~right, classes_N=labels).both == paired_gain(of_20, ~of_20).both
    assert accuracy(right, classes_N=labels) == accuracy(of_20)


def test_balanced_classes_of_one_size_have_the_same_mean_and_nearly_the_same_interval() -> None:
    random = np.random.default_rng(1)
    labels = np.arange(1000) % 10
    one, other = random.random((2, 5, 1000)) < 0.8
    plain, balanced = paired_gain(one, other), paired_gain(one, other, classes_N=labels)
    assert balanced.both.mean == pytest.approx(plain.both.mean)
    assert balanced.before == pytest.approx(plain.before) and balanced.after == pytest.approx(plain.after)
    assert balanced.by_seed == pytest.approx(plain.by_seed)
    assert balanced.both.half_width == pytest.approx(plain.both.half_width, rel=0.03)


def answers(labels: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    random = np.random.default_rng(seed)
    return np.where(random.random(len(labels)) < 0.7, labels, random.integers(0, labels.max() + 1, len(labels)))


def test_each_image_moves_the_macro_f1_as_far_as_leaving_it_out_does() -> None:
    labels = np.repeat([0, 1, 2], [300, 100, 40])
    said = answers(labels, 0)
    found = influence_on_f1(said, labels, 3)
    assert found.macro_f1 == pytest.approx(f1_score(labels, said, average="macro"))
    assert found.values_N @ image_weights(labels) == pytest.approx(0, abs=1e-12)
    for image in (0, 1, 150, 310, 390, 405, 439):
        kept = np.arange(len(labels)) != image
        change = found.macro_f1 - f1_score(labels[kept], said[kept], average="macro")
        assert found.values_N[image] * image_weights(labels)[image] == pytest.approx(change, rel=0.1)


def test_a_class_that_is_said_and_has_no_image_is_none_of_the_mean() -> None:
    labels, said = np.array([0, 0, 1, 1]), np.array([0, 2, 1, 1])
    found = influence_on_f1(said, labels, 4)
    assert found.macro_f1 == pytest.approx((2 / 3 + 1) / 2)
    assert np.isfinite(found.values_N).all()


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("sizes", [(800, 200, 40), (100, 30, 2)], ids=str)
def test_the_interval_of_the_macro_f1_holds_it(sizes: tuple[int, ...], seeds: int) -> None:
    # Images that all seeds read alike, so that with one seed too nothing but the sample is left to chance.
    labels = np.repeat(np.arange(3), sizes)
    many = np.repeat(np.arange(3), [500 * size for size in sizes])
    truth = f1_score(many, answers(many, 0), average="macro")
    found = [macro_f1(np.stack([answers(labels, number)] * seeds), labels, 3) for number in range(1, 301)]
    assert np.mean([each.low <= truth <= each.high for each in found]) >= 0.93


# Simulated studies: an image is read right where its class's margin, its own ease and the training's luck exceed 0.

SPREADS = {"image": 1.0, "reading": 0.35, "training": 0.1}
SCENES = {
    "500 to 5": (np.geomspace(500, 5, 10).round().astype(int), np.linspace(2.5, 0, 10)),
    "100 to 1": (np.geomspace(100, 1, 10).round().astype(int), np.linspace(2.5, 0, 10)),
    "two, of 200 and 5": (np.array([200, 5]), np.array([2.0, 0.3])),
    "one of 3 beside large ones": (np.array([100, 100, 100, 3]), np.array([2.0, 2.0, 2.0, 0.5])),
    "eight of one image": (np.array([20, 20, *[1] * 8]), np.array([2.0, 2.0, *[0.5] * 8])),
    "100 classes": (np.geomspace(50, 1, 100).round().astype(int), np.linspace(2, 0, 100)),
}
NUM_STUDIES = 250


def right(
    margins_C: Floats, labels: NDArray[np.int64], ease_N: Floats, seeds: int, random: np.random.Generator
) -> NDArray[np.bool_]:
    """Which images each seed's model reads right [S, N]."""
    reading_SN = SPREADS["reading"] * random.standard_normal((seeds, len(labels)))
    training_SC = SPREADS["training"] * random.standard_normal((seeds, len(margins_C)))
    return np.asarray((margins_C + training_SC)[:, labels] + ease_N + reading_SN > 0)


@pytest.mark.parametrize(("lift", "seeds"), [(0.0, 5), (0.3, 3)], ids=["no gain", "a gain"])
@pytest.mark.parametrize("scene", SCENES)
def test_the_interval_holds_the_true_gain_and_the_true_accuracy(scene: str, lift: float, seeds: int) -> None:
    sizes, before_C = SCENES[scene]
    after_C = before_C + lift * np.linspace(0.5, 2, len(before_C))  # the smallest classes gain most
    labels = np.repeat(np.arange(len(sizes)), sizes)
    spread = float(np.sqrt(sum(each**2 for each in SPREADS.values())))
    true_before, true_after = (float(ndtr(margins / spread).mean()) for margins in (before_C, after_C))
    random = np.random.default_rng(seeds)
    held = np.zeros(2)
    for _ in range(NUM_STUDIES):
        ease_N = SPREADS["image"] * random.standard_normal(len(labels))
        baseline, distilled = (right(margins, labels, ease_N, seeds, random) for margins in (before_C, after_C))
        gain = paired_gain(distilled, baseline, classes_N=labels).both
        level = accuracy(baseline, classes_N=labels)
        held += [gain.low <= true_after - true_before <= gain.high, level.low <= true_before <= level.high]
    assert (held / NUM_STUDIES).min() >= 0.94, held / NUM_STUDIES
