"""Speed: what is timed and how often, on a clock that the model itself moves; and where it is written."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from kd.evaluation.speed import BUDGET_S, MOST_REPEATS, measure_speed

IMAGES = torch.arange(10, dtype=torch.uint8).reshape(5, 1, 1, 2)


class Clockwork(nn.Module):
    """Takes ``start_s`` and ``image_s`` an image, by its own clock; the first pass of a size, a second more."""

    def __init__(self, start_s: float, image_s: float, input_size: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.start_s, self.image_s, self.input_size = start_s, image_s, input_size
        self.now = 0.0
        self.batches: list[torch.Tensor] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        is_cold = len(images) not in {len(batch) for batch in self.batches}
        self.now += self.start_s + self.image_s * len(images) + is_cold
        self.batches.append(images)
        return images

    def measure(self):
        return measure_speed(self, IMAGES, lambda: self.now)


def test_a_fast_model_is_timed_on_one_image_and_on_128_warmed_up():
    single, batch = Clockwork(1e-3, 1e-4).measure()
    assert (single.batch_size, single.num_repeats) == (1, MOST_REPEATS)
    assert single.median_ms == pytest.approx(1.1)
    assert single.quartiles_ms == pytest.approx((1.1, 1.1))
    assert (batch.batch_size, batch.num_repeats) == (128, int(BUDGET_S / 13.8e-3))
    assert batch.median_ms == pytest.approx(13.8)
    assert batch.images_per_s == pytest.approx(128 / 13.8e-3)


def test_quartiles_are_of_the_repeats():
    model = Clockwork(1e-3, 0.0)
    passes = iter(range(10_000))
    model.register_forward_pre_hook(lambda *_: setattr(model, "start_s", 1e-3 * (1 + next(passes) % 4)))
    single, _ = model.measure()
    assert single.quartiles_ms == pytest.approx((1.75, 3.25))
    assert single.median_ms == pytest.approx(2.5)


def test_images_are_repeated_to_fill_a_batch():
    model = Clockwork(0.0, 1e-5)
    model.measure()
    assert torch.equal(model.batches[-1], IMAGES.repeat(26, 1, 1, 1)[:128])


def test_a_batch_is_never_larger_than_those_of_evaluation():
    assert Clockwork(0.0, 1e-5, input_size=(512, 512)).measure()[-1].batch_size == 62


@given(start_s=st.floats(0, 0.02), image_s=st.floats(1e-5, 3.0))
def test_a_slow_model_gets_smaller_batches_and_few_repeats(start_s, image_s):
    model = Clockwork(start_s, image_s)
    timings = model.measure()
    num_sizes = len({len(batch) for batch in model.batches})
    one_s = start_s + image_s
    assert model.now - num_sizes <= max(2.5, 2 * one_s) + 1e-9
    assert all(timing.num_repeats >= 3 for timing in timings) or one_s > BUDGET_S
    assert len(timings) == 2 or 6 * one_s > BUDGET_S


def test_a_model_slower_than_the_budget_is_timed_once():
    model = Clockwork(0.0, 2.0)
    (timing,) = model.measure()
    assert (timing.num_repeats, timing.quartiles_ms) == (1, (2000.0, 2000.0))
    assert len(model.batches) == 2
