"""Speed: what is timed, in which order and how often, on a clock that the models themselves move."""

from contextlib import suppress

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from kd.evaluation.speed import (
    BUDGET_S,
    FEWEST_ROUNDS,
    MOST_ROUNDS,
    PASSES_WITHIN_BUDGET,
    Measured,
    measure_speed,
    one_thread,
)

IMAGES = torch.arange(10, dtype=torch.uint8).reshape(5, 1, 1, 2)


class Clock:
    """The time, and who moved it: (model, images) a pass."""

    def __init__(self) -> None:
        self.now, self.passes = 0.0, list[tuple[str, int]]()

    def __call__(self) -> float:
        return self.now


class Clockwork(nn.Module):
    """Takes ``start_s`` and ``image_s`` an image; the first pass of a size, a second more."""

    def __init__(
        self, start_s: float, image_s: float, clock: Clock, name: str, input_size: tuple[int, int] | None = None
    ) -> None:
        super().__init__()
        self.start_s, self.image_s, self.clock, self.name, self.input_size = start_s, image_s, clock, name, input_size
        self.batches: list[torch.Tensor] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        is_cold = len(images) not in {len(batch) for batch in self.batches}
        self.clock.now += self.start_s + self.image_s * len(images) + is_cold
        self.clock.passes.append((self.name, len(images)))
        self.batches.append(images)
        return images


def measured(*costs: tuple[float, float]) -> tuple[Measured, Clock]:
    """Models a, b … that cost so much to start and for an image."""
    clock = Clock()
    models = {name: Clockwork(*cost, clock, name) for name, cost in zip("abc", costs, strict=False)}
    return measure_speed(models, IMAGES, clock), clock


def test_a_fast_model_is_timed_on_one_image_and_on_128_warmed_up():
    (timings, turns), _ = measured((1e-3, 1e-4))
    single, batch = timings["a"]
    assert (single.batch_size, single.num_repeats) == (1, MOST_ROUNDS)
    assert single.median_ms == pytest.approx(1.1)
    assert single.quartiles_ms == pytest.approx((1.1, 1.1))
    assert (batch.batch_size, batch.num_repeats) == (128, 1 + int(BUDGET_S / 13.8e-3))
    assert batch.median_ms == pytest.approx(13.8)
    assert batch.images_per_s == pytest.approx(128 / 13.8e-3)
    assert [(one.batch_size, len(one.passes_ms["a"])) for one in turns] == [(1, MOST_ROUNDS), (128, batch.num_repeats)]


def test_models_take_turns_and_every_other_round_goes_backwards():
    (_, turns), clock = measured((1e-3, 0.0), (4e-3, 0.0))
    size = turns[-1].batch_size
    rounds = len(turns[-1].passes_ms["a"])
    order = [name for name, images in clock.passes if images == size][-2 * rounds :]
    assert rounds == MOST_ROUNDS
    assert order == list("abba") * (rounds // 2)
    assert turns[0].passes_ms["a"] == pytest.approx([1.0] * MOST_ROUNDS)
    assert turns[0].passes_ms["b"] == pytest.approx([4.0] * MOST_ROUNDS)


def test_what_slows_the_machine_meets_both_models_of_a_round():
    clock = Clock()
    models = {name: Clockwork(cost, 0.0, clock, name) for name, cost in (("a", 1e-3), ("b", 4e-3))}
    models["a"].register_forward_pre_hook(lambda *_: setattr(clock, "now", clock.now + 1e-3 * (clock.now > 9)))
    models["b"].register_forward_pre_hook(lambda *_: setattr(clock, "now", clock.now + 4e-3 * (clock.now > 9)))
    for one in measure_speed(models, IMAGES, clock).turns:
        ratios = [b / a for a, b in zip(one.passes_ms["a"], one.passes_ms["b"], strict=True)]
        assert sum(ratio == pytest.approx(4.0) for ratio in ratios) >= len(ratios) - 1


def test_models_with_other_batches_take_turns_at_one_image_alone():
    (timings, turns), _ = measured((0.0, 1e-5), (0.0, 0.01))
    assert [timing.batch_size for timing in timings["a"]] == [1, 128]
    assert [timing.batch_size for timing in timings["b"]] == [1, 16]
    assert [(one.batch_size, list(one.passes_ms)) for one in turns] == [(1, ["a", "b"]), (16, ["b"]), (128, ["a"])]


def test_quartiles_are_of_the_repeats():
    clock = Clock()
    model = Clockwork(1e-3, 0.0, clock, "a")
    passes = iter(range(10_000))
    model.register_forward_pre_hook(lambda *_: setattr(model, "start_s", 1e-3 * (1 + next(passes) % 4)))
    single, _ = measure_speed({"a": model}, IMAGES, clock).timings["a"]
    assert single.quartiles_ms == pytest.approx((1.75, 3.25))
    assert single.median_ms == pytest.approx(2.5)


def test_images_are_repeated_to_fill_a_batch():
    clock = Clock()
    model = Clockwork(0.0, 1e-5, clock, "a")
    measure_speed({"a": model}, IMAGES, clock)
    assert torch.equal(model.batches[-1], IMAGES.repeat(26, 1, 1, 1)[:128])


def test_a_batch_is_never_larger_than_those_of_evaluation():
    clock = Clock()
    model = Clockwork(0.0, 1e-5, clock, "a", input_size=(512, 512))
    assert measure_speed({"a": model}, IMAGES, clock).timings["a"][-1].batch_size == 62


@given(start_s=st.floats(0, 0.02), image_s=st.floats(1e-5, 3.0))
def test_a_slow_model_gets_smaller_batches_and_few_repeats(start_s, image_s):
    (timings, _), clock = measured((start_s, image_s))
    num_sizes = len({images for _, images in clock.passes})
    one_s = start_s + image_s
    assert clock.now - num_sizes <= max(7.0, (2 + FEWEST_ROUNDS) * one_s) + 1e-9
    assert all(FEWEST_ROUNDS <= timing.num_repeats <= MOST_ROUNDS for timing in timings["a"])
    assert len(timings["a"]) == 2 or 2 * PASSES_WITHIN_BUDGET * one_s > BUDGET_S


def test_a_model_slower_than_the_budget_is_timed_on_one_image_a_few_times():
    (timings, _), clock = measured((0.0, 2.0))
    (timing,) = timings["a"]
    assert (timing.num_repeats, timing.quartiles_ms) == (FEWEST_ROUNDS, pytest.approx((2000.0, 2000.0)))
    assert len(clock.passes) == 2 + FEWEST_ROUNDS


def test_no_model_is_no_measurement():
    assert measure_speed({}, IMAGES) == Measured({}, ())


@pytest.mark.parametrize("raises", [False, True])
def test_one_thread_meanwhile_and_as_many_as_before_after(raises: bool) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with suppress(ValueError), one_thread():
            assert torch.get_num_threads() == 1
            if raises:
                raise ValueError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
