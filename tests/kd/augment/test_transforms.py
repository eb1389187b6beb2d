"""Order and views are pure functions of (seed, epoch) and (view, sample)."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kd.augment.transforms import BOX, NUM_COLUMNS, augment, crop_box, epoch_order, view_table
from kd.config import AugmentConfig, RandAugmentConfig

IMAGES = torch.from_numpy(np.random.default_rng(0).integers(1, 256, (40, 3, 7, 6), dtype=np.uint8))  # never 0


def outside(position, size, fill):
    """Where a pixel that stands ``position`` comes from; None for black."""
    if 0 <= position < size:
        return position
    if fill == "black":
        return None
    while not 0 <= position < size:  # to and fro between the two edges, which are not repeated
        position = -position if position < 0 else 2 * (size - 1) - position
    return position


def slow_view(image, row, config):
    """One view of one image, pixel by pixel: moved and mirrored."""
    channels, height, width = image.shape
    down, right = (config.shift - int(float(uniform) * (2 * config.shift + 1)) for uniform in row[:2])
    mirrored = config.flip and row[2] < 0.5
    out = torch.zeros_like(image)
    for channel in range(channels):
        for y in range(height):
            for x in range(width):
                from_y = outside(y - down, height, config.shift_fill)
                from_x = outside((width - 1 - x if mirrored else x) - right, width, config.shift_fill)
                if from_y is not None and from_x is not None:
                    out[channel, y, x] = image[channel, from_y, from_x]
    return out


def slow_crop(image, row, smallest):
    """A box cut out and enlarged, bilinear, number by number."""
    channels, height, width = image.shape
    area = height * width * (smallest + (1 - smallest) * row[3])
    ratio = min(max((4 / 3) ** (2 * row[4] - 1), area / height**2), width**2 / area)  # the nearest that fits
    box_height, box_width = math.sqrt(area / ratio), math.sqrt(area * ratio)
    top, left = row[5] * (height - box_height), row[6] * (width - box_width)
    out = np.zeros(image.shape)

    def pixel(channel, y, x):
        return float(image[channel, min(max(y, 0), height - 1), min(max(x, 0), width - 1)])

    for channel, y, x in itertools.product(range(channels), range(height), range(width)):
        from_y = top + box_height * (y + 0.5) / height - 0.5
        from_x = left + box_width * (x + 0.5) / width - 0.5
        y0, x0 = math.floor(from_y), math.floor(from_x)
        out[channel, y, x] = sum(
            (1 - abs(from_y - yy)) * (1 - abs(from_x - xx)) * pixel(channel, yy, xx)
            for yy in (y0, y0 + 1)
            for xx in (x0, x0 + 1)
        )
    return out


def luma(pixel):
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2] if len(pixel) == 3 else sum(pixel) / len(pixel)


def slow_jitter(image, row, strength):
    """Brightness, contrast and saturation, pixel by pixel."""
    brightness, contrast, saturation = (1 + strength * (2 * float(uniform) - 1) for uniform in row[7:10])

    def clamp(value):
        return min(max(value, 0.0), 255.0)

    pixels = [[clamp(value * brightness) for value in pixel] for pixel in image.flatten(1).T.tolist()]
    mean = sum(luma(pixel) for pixel in pixels) / len(pixels)
    pixels = [[clamp(mean + contrast * (value - mean)) for value in pixel] for pixel in pixels]
    if len(image) == 3:
        pixels = [[clamp(luma(pixel) + saturation * (value - luma(pixel))) for value in pixel] for pixel in pixels]
    return np.array(pixels).T.reshape(image.shape)


CONFIGS = [
    AugmentConfig(),
    AugmentConfig(flip=True),
    AugmentConfig(shift=1),
    AugmentConfig(shift=3, flip=True),
    AugmentConfig(shift=9),  # more than the image is wide: some views are black
    AugmentConfig(shift=2, shift_fill="reflect"),
    AugmentConfig(shift=17, shift_fill="reflect", flip=True),
]
SMOOTH = [
    AugmentConfig(resized_crop=0.2),
    AugmentConfig(color_jitter=0.7),
    AugmentConfig(resized_crop=0.5, shift=1, flip=True, color_jitter=0.3),
    AugmentConfig(hue=0.4),
    AugmentConfig(erase=0.8),
    AugmentConfig(rand_augment=RandAugmentConfig(magnitude_std=3)),
]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_views_equal_the_slow_reference(config):
    table = view_table(5, len(IMAGES))
    result = augment(IMAGES, table, config)
    assert result.dtype is torch.uint8
    expected = torch.stack([slow_view(image, row, config) for image, row in zip(IMAGES, table, strict=True)])
    assert torch.equal(result, expected)


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize(("name", "slow"), [("resized_crop", slow_crop), ("color_jitter", slow_jitter)])
def test_crops_and_colours_equal_the_slow_reference(name, slow, channels):
    images, table = IMAGES[:12, :channels], view_table(5, 12)
    result = augment(images, table, AugmentConfig(**{name: 0.4}))
    assert result.dtype is torch.uint8
    expected = np.stack([slow(image, row.double(), 0.4) for image, row in zip(images, table, strict=True)])
    np.testing.assert_allclose(result.numpy(), expected, atol=0.51)  # rounded to whole numbers


def test_changes_come_one_after_another():
    config, table = SMOOTH[2], view_table(1, len(IMAGES))
    images = IMAGES
    for step in ({"resized_crop": 0.5}, {"shift": 1}, {"flip": True}, {"color_jitter": 0.3}):
        images = augment(images, table, AugmentConfig(**step))
    assert torch.equal(augment(IMAGES, table, config), images)


def test_a_crop_of_the_whole_area_and_shape_is_the_image():
    table = view_table(0, len(IMAGES))
    table[:, 4] = 0.5  # as wide as high
    square = IMAGES[:, :, :6]
    assert torch.equal(augment(square, table, AugmentConfig(resized_crop=1.0)), square)


@pytest.mark.parametrize("smallest", [0.08, 0.6, 0.9, 1.0])
@pytest.mark.parametrize(("height", "width"), [(64, 64), (40, 96), (96, 40)])
def test_a_box_has_at_least_its_share_of_the_area(smallest, height, width):
    uniform = view_table(2, 5000)[:, BOX]
    top, left, box_height, box_width = (column.double() for column in crop_box(uniform, (height, width), smallest))
    shares = box_height * box_width / (height * width)
    assert shares.min() > smallest - 1e-6
    torch.testing.assert_close(shares, smallest + (1 - smallest) * uniform[:, 0].double(), atol=1e-6, rtol=0)
    for start, side, length in ((top, box_height, height), (left, box_width, width)):
        assert start.min() >= 0
        assert (start + side).max() <= length * (1 + 1e-6)
    ratios = box_width / box_height
    fits = (shares * width / height * 4 / 3 < (width / height) ** 2) & (shares * width / height * 4 / 3 < 1)
    wanted = torch.exp((2 * uniform[:, 1].double() - 1) * math.log(4 / 3))
    torch.testing.assert_close(ratios[fits], wanted[fits], atol=0, rtol=1e-5)


def test_a_crop_keeps_at_least_its_share_and_stays_inside():
    # On a ramp, first and last column tell where the box begins and ends.
    size = 64
    ramp = (torch.arange(size) * 4).to(torch.uint8).expand(400, 1, size, size)
    table = view_table(2, 400)
    seen = augment(ramp, table, AugmentConfig(resized_crop=0.25)).float() / 4
    widths = (seen[:, 0, 0, -1] - seen[:, 0, 0, 0]) * size / (size - 1)
    assert widths.min() > size * math.sqrt(0.25 * 3 / 4) - 2
    assert widths.max() <= size + 1
    assert widths.std() > 3
    assert seen.min() >= 0


@pytest.mark.parametrize("config", [*CONFIGS[1:], *SMOOTH], ids=str)
def test_a_view_depends_on_view_and_sample_alone(config):
    whole = augment(IMAGES, view_table(3, len(IMAGES)), config)
    for batch in ([7], [39, 0, 7], torch.randperm(40, generator=torch.Generator().manual_seed(0))):
        assert torch.equal(augment(IMAGES[batch], view_table(3, len(IMAGES))[batch], config), whole[batch])
    other = augment(IMAGES, view_table(4, len(IMAGES)), config)
    assert not torch.equal(other, whole)


def test_the_columns_are_what_they_were():
    # Old runs and kept logits are views of these numbers.
    table, start = view_table(3, 5), 0
    tables = ((0, 3), (2**62, 7), (2**62 + 1, 8), (2**62 + 3, 1), (2**62 + 4, 5), (2**62 + 5, 4))
    for seed, width in tables:
        expected = np.random.Generator(np.random.Philox(key=[seed, 3])).random((5, width), dtype=np.float32)
        assert torch.equal(table[:, start : start + width], torch.from_numpy(expected))
        start += width
    assert start == NUM_COLUMNS


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(0, 60))
def test_a_row_of_the_table_does_not_depend_on_how_many_follow(view, num_samples, more):
    assert torch.equal(view_table(view, num_samples), view_table(view, num_samples + more)[:num_samples])


def test_tables_of_views_differ():
    assert not torch.equal(view_table(0, 10), view_table(1, 10))


def test_the_table_is_uniform():
    table = view_table(0, 20000)
    assert table.dtype is torch.float32
    assert table.shape == (20000, NUM_COLUMNS)
    assert table.min() >= 0
    assert table.max() < 1
    torch.testing.assert_close(table.mean(0), torch.full((NUM_COLUMNS,), 0.5), atol=0.01, rtol=0)
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
    augment(IMAGES, view_table(0, len(IMAGES)), AugmentConfig(shift=2, flip=True, resized_crop=0.5, color_jitter=0.5))
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
