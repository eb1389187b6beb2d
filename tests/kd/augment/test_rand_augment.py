"""RandAugment against Pillow, image by image; what is drawn, and that the batch decides nothing."""

import math

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps

from kd.augment.rand_augment import OPERATIONS, rand_augment
from kd.augment.transforms import augment, view_table
from kd.config import AugmentConfig, RandAugmentConfig

COLOURED, GREY = (
    torch.from_numpy(np.random.default_rng(channels).integers(0, 256, (30, channels, 32, 28), dtype=np.uint8))
    for channels in (3, 1)
)
# Some of few values, as drawings have, some of one: what stretches or spreads values meets its limits there.
COLOURED[20:25], GREY[20:25] = COLOURED[20:25] // 100 * 90 + 7, GREY[20:25] // 100 * 90 + 7
COLOURED[25:], GREY[25:] = 33, 77
MAGNITUDES = [0, 1, 9, 17, 30]

PILLOWS = {
    "identity": lambda image, sign, m: image,
    "brightness": lambda image, sign, m: ImageEnhance.Brightness(image).enhance(1 + sign * 0.9 * m / 30),
    "color": lambda image, sign, m: ImageEnhance.Color(image).enhance(1 + sign * 0.9 * m / 30),
    "contrast": lambda image, sign, m: ImageEnhance.Contrast(image).enhance(1 + sign * 0.9 * m / 30),
    "sharpness": lambda image, sign, m: ImageEnhance.Sharpness(image).enhance(1 + sign * 0.9 * m / 30),
    "posterize": lambda image, sign, m: ImageOps.posterize(image, 8 - round(m / 7.5)),
    "solarize": lambda image, sign, m: ImageOps.solarize(image, 255 - 8.5 * m),
    "autocontrast": lambda image, sign, m: ImageOps.autocontrast(image),
    "equalize": lambda image, sign, m: ImageOps.equalize(image),
}


def matrix(name, sign, magnitude, width, height):
    """Where a new pixel (x, y) is taken from: (a x + b y + c, d x + e y + f)."""
    shear = sign * 0.3 * magnitude / 30
    angle = sign * math.radians(magnitude)
    sine, cosine, x, y = math.sin(angle), math.cos(angle), width / 2, height / 2
    return {
        "shear_x": (1, shear, 0, 0, 1, 0),
        "shear_y": (1, 0, 0, shear, 1, 0),
        "translate_x": (1, 0, -sign * math.floor(150 / 331 * width * magnitude / 30), 0, 1, 0),
        "translate_y": (1, 0, 0, 0, 1, -sign * math.floor(150 / 331 * height * magnitude / 30)),
        "rotate": (cosine, -sine, x - cosine * x + sine * y, sine, cosine, y - sine * x - cosine * y),
    }[name]


def to_pillow(image):
    return Image.fromarray(
        image.permute(1, 2, 0).squeeze(2).numpy() if len(image) == 1 else image.permute(1, 2, 0).numpy()
    )


def from_pillow(image):
    return torch.from_numpy(np.asarray(image).copy()).reshape(image.height, image.width, -1).permute(2, 0, 1)


def rows_for(name, sign, num):
    """Uniform numbers that draw this operation in this direction."""
    which = (list(OPERATIONS).index(name) + 0.5) / len(OPERATIONS)
    return torch.tensor([which, 0.25 if sign < 0 else 0.75]).expand(num, 2)


def test_there_is_a_reference_for_every_operation():
    moving = {"shear_x", "shear_y", "translate_x", "translate_y", "rotate"}
    assert set(OPERATIONS) == set(PILLOWS) | moving


@pytest.mark.parametrize("images", [COLOURED, GREY], ids=["coloured", "grey"])
@pytest.mark.parametrize("name", PILLOWS)
def test_colours_are_pillows_to_the_bit(name, images):
    for magnitude in MAGNITUDES:
        for sign in (-1, 1):
            config = RandAugmentConfig(num_ops=1, magnitude=magnitude)
            result = rand_augment(images, rows_for(name, sign, len(images)), config)
            assert result.dtype is torch.uint8
            expected = [from_pillow(PILLOWS[name](to_pillow(image), sign, magnitude)) for image in images]
            assert torch.equal(result, torch.stack(expected)), (magnitude, sign)


@pytest.mark.parametrize("images", [COLOURED, GREY], ids=["coloured", "grey"])
@pytest.mark.parametrize("name", ["shear_x", "shear_y", "translate_x", "translate_y", "rotate"])
def test_moves_are_pillows(name, images):
    # Where a pixel is taken from the very edge between two, Pillow's fixed-point numbers may choose the other one.
    height, width = images.shape[2:]
    y, x = np.mgrid[:height, :width] + 0.5
    num_equal_matters = 0
    for magnitude in MAGNITUDES:
        for sign in (-1, 1):
            config = RandAugmentConfig(num_ops=1, magnitude=magnitude)
            result = rand_augment(images, rows_for(name, sign, len(images)), config)
            a, b, c, d, e, f = matrix(name, sign, magnitude, width, height)
            from_x, from_y = a * x + b * y + c, d * x + e * y + f
            sure = torch.from_numpy(
                (np.abs(from_x - np.rint(from_x)) > 1e-2) & (np.abs(from_y - np.rint(from_y)) > 1e-2)
            )
            assert sure.float().mean() > 0.9
            for image, moved in zip(images, result, strict=True):
                pillow = to_pillow(image)
                if name == "rotate":
                    expected = pillow.rotate(sign * magnitude, Image.Resampling.NEAREST)
                else:
                    expected = pillow.transform(
                        pillow.size, Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.NEAREST
                    )
                assert torch.equal(moved[:, sure], from_pillow(expected)[:, sure]), (magnitude, sign)
            num_equal_matters += not torch.equal(result, images)
    assert num_equal_matters >= len(MAGNITUDES)


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("size", [(1, 1), (2, 5), (3, 3)])
def test_any_number_of_channels_and_the_smallest_sizes(channels, size):
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (60, channels, *size), dtype=torch.uint8, generator=generator)
    result = rand_augment(images, torch.rand(60, 8, generator=generator), RandAugmentConfig(num_ops=4))
    assert result.shape == images.shape
    assert result.dtype is torch.uint8


def test_operations_follow_one_another_and_each_draws_its_own():
    uniform = torch.rand(30, 8, generator=torch.Generator().manual_seed(0))
    expected = COLOURED
    for first in (0, 2, 4):
        expected = rand_augment(expected, uniform[:, first : first + 2], RandAugmentConfig(num_ops=1, magnitude=20))
    result = rand_augment(COLOURED, uniform, RandAugmentConfig(num_ops=3, magnitude=20))
    assert torch.equal(result, expected)


def test_every_operation_and_direction_is_drawn_as_often():
    # Each of the 14 leaves its own mark on this image, so that what was drawn can be told from what came out.
    config = RandAugmentConfig(num_ops=1, magnitude=15)
    image = COLOURED[:1] // 2 + 20  # not from 0 to 255 already
    marks = {
        (name, sign): rand_augment(image, rows_for(name, sign, 1), config)[0].numpy().tobytes()
        for name in OPERATIONS
        for sign in (-1, 1)
    }
    directed = {name for name in OPERATIONS if marks[name, -1] != marks[name, 1]}
    assert directed == {"shear_x", "shear_y", "translate_x", "translate_y", "rotate"} | {
        "brightness", "color", "contrast", "sharpness"
    }  # fmt: skip
    num = 7000
    table = view_table(0, num)
    seen = augment(image.expand(num, -1, -1, -1), table, AugmentConfig(rand_augment=config))
    came_out = [view.numpy().tobytes() for view in seen]
    for name in OPERATIONS:
        counts = [came_out.count(marks[name, sign]) for sign in (-1, 1)]
        if name in directed:
            assert all(190 < count < 310 for count in counts), (name, counts)  # 250 each, deviation 15.5
        else:
            assert 415 < counts[0] < 585, (name, counts)  # 500, deviation 21.5


@pytest.mark.parametrize("order", ["shuffled", "one by one"])
def test_the_batch_decides_nothing(order):
    config, table = AugmentConfig(rand_augment=RandAugmentConfig(num_ops=4, magnitude=14)), view_table(3, 30)
    whole = augment(COLOURED, table, config)
    rows = torch.randperm(30, generator=torch.Generator().manual_seed(0))
    batches = [rows] if order == "shuffled" else [row[None] for row in rows]
    for batch in batches:
        assert torch.equal(augment(COLOURED[batch], table[batch], config), whole[batch])
    assert not torch.equal(augment(COLOURED, view_table(4, 30), config), whole)


def test_it_comes_last_and_leaves_the_images_given():
    before, table = COLOURED.clone(), view_table(1, 30)
    others = {"resized_crop": 0.5, "shift": 1, "flip": True, "color_jitter": 0.3}
    policy = {"rand_augment": RandAugmentConfig()}
    stepwise = augment(augment(COLOURED, table, AugmentConfig(**others)), table, AugmentConfig(**policy))
    assert torch.equal(augment(COLOURED, table, AugmentConfig(**others, **policy)), stepwise)
    assert torch.equal(COLOURED, before)
