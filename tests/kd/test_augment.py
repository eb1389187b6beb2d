"""Order and views are pure functions of (seed, epoch) and (view, sample)."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kd.augment import augment, epoch_order, view_table
from kd.config import AugmentConfig

IMAGES = torch.from_numpy(np.random.default_rng(0).integers(1, 256, (40, 3, 7, 6), dtype=np.uint8))  # never 0


def slow_view(image, row, config):
    """One view of one image, pixel by pixel."""
    channels, height, width = image.shape
    down, right = (config.shift - int(float(uniform) * (2 * config.shift + 1)) for uniform in row[:2])
    mirrored = config.flip and row[2] < 0.5
    out = torch.zeros_like(image)
    for channel in range(channels):
        for y in range(height):
            for x in range(width):
                from_y, from_x = y - down, (width - 1 - x if mirrored else x) - right
                if 0 <= from_y < height and 0 <= from_x < width:
                    out[channel, y, x] = image[channel, from_y, from_x]
    return out


CONFIGS = [
    AugmentConfig(),
    AugmentConfig(flip=True),
    AugmentConfig(shift=1),
    AugmentConfig(shift=3, flip=True),
    AugmentConfig(shift=9),  # more than the image is wide: some views are black
]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_views_equal_the_slow_reference(config):
    table = view_table(5, len(IMAGES))
    result = augment(IMAGES, table, config)
    assert result.dtype is torch.uint8
    expected = torch.stack([slow_view(image, row, config) for image, row in zip(IMAGES, table, strict=True)])
    assert torch.equal(result, expected)


@pytest.mark.parametrize("config", CONFIGS[1:], ids=str)
def test_a_view_depends_on_view_and_sample_alone(config):
    whole = augment(IMAGES, view_table(3, len(IMAGES)), config)
    for batch in ([7], [39, 0, 7], torch.randperm(40, generator=torch.Generator().manual_seed(0))):
        assert torch.equal(augment(IMAGES[batch], view_table(3, len(IMAGES))[batch], config), whole[batch])
    other = augment(IMAGES, view_table(4, len(IMAGES)), config)
    assert not torch.equal(other, whole)


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(0, 60))
def test_a_row_of_the_table_does_not_depend_on_how_many_follow(view, num_samples, more):
    assert torch.equal(view_table(view, num_samples), view_table(view, num_samples + more)[:num_samples])


def test_tables_of_views_differ():
    assert not torch.equal(view_table(0, 10), view_table(1, 10))


def test_the_table_is_uniform():
    table = view_table(0, 20000)
    assert table.dtype is torch.float32
    assert table.shape == (20000, 3)
    assert table.min() >= 0
    assert table.max() < 1
    torch.testing.assert_close(table.mean(0), torch.full((3,), 0.5), atol=0.01, rtol=0)
    for column in table.T:
        counts = torch.histc(column, 10, 0, 1)
        assert counts.min() > 1800  # 2000 each, deviation 42


@pytest.mark.parametrize("largest", [1, 2, 64])
def test_shifts_reach_both_bounds_and_never_pass_them(largest):
    size = 2 * largest + 1
    dot = torch.zeros(1, 1, size, size, dtype=torch.uint8)
    dot[0, 0, largest, largest] = 255
    nearly_one = float(np.nextafter(np.float32(1), np.float32(0)))
    table = torch.tensor([[0.0, nearly_one, 0.0], [nearly_one, 0.0, 0.0], [0.5, 0.5, 0.0]])
    moved = augment(dot.expand(3, -1, -1, -1), table, AugmentConfig(shift=largest))
    assert [image.nonzero()[0].tolist()[1:] for image in moved] == [
        [2 * largest, 0],
        [0, 2 * largest],
        [largest, largest],
    ]


def test_every_shift_is_equally_likely():
    dot = torch.zeros(5000, 1, 5, 5, dtype=torch.uint8)
    dot[:, :, 2, 2] = 1
    counts = augment(dot, view_table(0, 5000), AugmentConfig(shift=2)).sum((0, 1), dtype=torch.int64)
    assert counts.sum() == 5000
    assert counts.min() > 140  # 200 each, deviation 14
    assert counts.max() < 260


def test_the_images_given_are_not_changed():
    before = IMAGES.clone()
    augment(IMAGES, view_table(0, len(IMAGES)), AugmentConfig(shift=2, flip=True))
    assert torch.equal(IMAGES, before)


@given(st.integers(0, 2**63), st.integers(0, 10**6), st.integers(1, 200))
def test_epoch_order_visits_every_sample_once_and_is_repeatable(seed, epoch, num_samples):
    order = epoch_order(seed, epoch, num_samples)
    assert order.dtype is torch.int64
    assert sorted(order.tolist()) == list(range(num_samples))
    assert torch.equal(order, epoch_order(seed, epoch, num_samples))


def test_epoch_order_differs_by_epoch_and_seed():
    orders = {tuple(epoch_order(seed, epoch, 50).tolist()) for seed in range(4) for epoch in range(4)}
    assert len(orders) == 16
    assert tuple(range(50)) not in orders


def test_torchs_generator_decides_nothing_here():
    first = epoch_order(0, 0, 50), view_table(0, 50)
    torch.manual_seed(1)
    assert all(torch.equal(a, b) for a, b in zip(first, (epoch_order(0, 0, 50), view_table(0, 50)), strict=True))
