"""Exported files side by side, on a clock that the models themselves move; and what they decide."""

import numpy as np
import pytest
import torch

from kd.evaluation.deployed import BUDGET_S, predict, time_side_by_side
from kd.evaluation.speed import FEWEST_ROUNDS, LARGEST_BATCH, MOST_ROUNDS

IMAGES = torch.arange(600, dtype=torch.uint8).reshape(300, 1, 1, 2)


class Clock:
    """Stands still but where a model moves it."""

    def __init__(self):
        self.now = 0.0
        self.passes = []

    def __call__(self):
        return self.now


class Clockwork:
    """Takes ``image_s`` for an image, and from ``slow_from`` on twice as long, as on a machine that is busy."""

    def __init__(self, clock, image_s, name, slow_from=np.inf):
        self.clock, self.image_s, self.name, self.slow_from = clock, image_s, name, slow_from

    def __call__(self, images):
        factor = 2 if self.clock.now >= self.slow_from else 1
        self.clock.now += factor * self.image_s * len(images)
        self.clock.passes.append((self.name, len(images)))
        return np.zeros((len(images), 3), np.float32)


def measure(fp32_s, other_s, images=IMAGES, slow_from=np.inf):
    clock = Clock()
    models = Clockwork(clock, fp32_s, "fp32", slow_from), Clockwork(clock, other_s, "int8", slow_from)
    return time_side_by_side(*models, images, clock), clock.passes


def test_both_are_timed_on_one_image_and_on_a_batch_with_their_ratio():
    (single, batch), _ = measure(2e-5, 1e-5)
    assert (single.timing.batch_size, batch.timing.batch_size) == (1, LARGEST_BATCH)
    assert (single.timing.num_repeats, single.fp32.num_repeats) == (MOST_ROUNDS, MOST_ROUNDS)
    assert (single.fp32.median_ms, single.timing.median_ms) == pytest.approx((0.02, 0.01))
    assert single.ratios == pytest.approx((0.5, 0.5, 0.5))
    assert batch.timing.quartiles_ms == pytest.approx((1.28, 1.28))


def test_they_take_turns_and_so_does_who_begins():
    _, passes = measure(1e-5, 1e-5)
    singles = [name for name, size in passes if size == 1][4:]  # after two to warm up and two for the budget
    assert singles[:8] == ["fp32", "int8", "int8", "fp32", "fp32", "int8", "int8", "fp32"]
    assert singles.count("fp32") == singles.count("int8") == MOST_ROUNDS


def test_a_machine_that_gets_busy_half_way_changes_times_and_not_the_ratio():
    to_find_the_batch = 2 * (2 * LARGEST_BATCH - 1)  # images: 1, 2, 4 … warm up, then are timed
    (single, _), _ = measure(2e-5, 1e-5, slow_from=(to_find_the_batch + 100) * 3e-5)
    low, high = single.timing.quartiles_ms
    assert high > 1.9 * low
    assert single.ratios == pytest.approx((0.5, 0.5, 0.5))


def test_a_slow_model_is_timed_a_few_times_on_one_image():
    found, _ = measure(BUDGET_S, BUDGET_S)
    assert [(one.timing.batch_size, one.timing.num_repeats) for one in found] == [(1, FEWEST_ROUNDS)]


def test_fewer_images_than_a_batch_are_all_of_it():
    (_, batch), _ = measure(1e-5, 1e-5, IMAGES[:3])
    assert batch.timing.batch_size == 3


def test_a_logit_that_is_no_number_decides_for_no_class():
    def model(images):
        logits = np.array([[1.0, 2.0], [np.nan, 1.0], [np.inf, 1.0], [3.0, 0.0]], np.float32)
        return logits[images[:, 0, 0, 0]]

    images = torch.arange(4, dtype=torch.uint8).reshape(4, 1, 1, 1)
    assert predict(model, images, batch_size=3).tolist() == [1, -1, -1, 0]
