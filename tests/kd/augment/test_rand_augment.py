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
MOVES = ("shear_x", "shear_y", "translate_x", "translate_y", "rotate")

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


def augmented(images, name, sign, magnitude):
    """All of them after one operation."""
    config = RandAugmentConfig(num_ops=1, magnitude=magnitude)
    return rand_augment(images, rows_for(name, sign, len(images)), config, torch.rand(len(images), 1))


def test_there_is_a_reference_for_every_operation():
    assert set(OPERATIONS) == {*PILLOWS, *MOVES}


@pytest.mark.parametrize("images", [COLOURED, GREY], ids=["coloured", "grey"])
@pytest.mark.parametrize("name", PILLOWS)
def test_colours_are_pillows_to_the_bit(name, images):
    for magnitude in MAGNITUDES:
        for sign in (-1, 1):
            result = augmented(images, name, sign, magnitude)
            assert result.dtype is torch.uint8
            expected = [from_pillow(PILLOWS[name](to_pillow(image), sign, magnitude)) for image in images]
            assert torch.equal(result, torch.stack(expected)), (magnitude, sign)


@pytest.mark.parametrize("size", [(32, 28), (7, 40), (224, 224)], ids=str)
@pytest.mark.parametrize("name", MOVES)
def test_moves_are_pillows_to_the_bit(name, size):
    """Each pixel of this image is another, so each shows where it was taken from."""
    height, width = size
    image = torch.stack(
        [torch.arange(height * width) % 251, torch.arange(height * width) // 251, torch.ones(height * width)]
    )
    image = image.to(torch.uint8).view(1, 3, height, width)
    for magnitude in range(31):
        for sign in (-1, 1):
            moved = augmented(image, name, sign, magnitude)
            pillow = to_pillow(image[0])
            if name == "rotate":
                expected = pillow.rotate(sign * magnitude, Image.Resampling.NEAREST)
            else:
                data = matrix(name, sign, magnitude, width, height)
                expected = pillow.transform(pillow.size, Image.Transform.AFFINE, data, Image.Resampling.NEAREST)
            assert torch.equal(moved[0], from_pillow(expected)), (magnitude, sign)


def any_images(num, channels, size, seed):
    """Of every contrast: noise, narrow ranges of values, a few values, bright and dark ones."""
    random = np.random.default_rng(seed)
    kinds = (
        lambda: random.integers(0, 256, (channels, *size)),
        lambda: random.integers(low := random.integers(0, 250), random.integers(low + 1, 256) + 1, (channels, *size)),
        lambda: random.integers(low := random.integers(0, 248), low + random.integers(2, 9), (channels, *size)),
        lambda: random.normal(random.integers(0, 256), random.integers(1, 60), (channels, *size)).clip(0, 255),
        lambda: random.choice(random.integers(0, 256, random.integers(1, 6)), (channels, *size)),
    )
    return torch.from_numpy(np.stack([kinds[number % len(kinds)]() for number in range(num)]).astype(np.uint8))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", PILLOWS)
def test_a_thousand_images_of_every_contrast_are_pillows_to_the_bit(name, channels):
    images = any_images(1000, channels, (9, 8), seed=channels)
    for sign in (-1, 1):
        expected = [from_pillow(PILLOWS[name](to_pillow(image), sign, 9)) for image in images]
        assert torch.equal(augmented(images, name, sign, 9), torch.stack(expected))


@pytest.mark.parametrize("name", OPERATIONS)
def test_magnitudes_of_one_batch_are_each_its_own(name):
    magnitudes = torch.arange(30)
    signs = torch.where(torch.arange(30) % 3 == 0, -1, 1)
    together = OPERATIONS[name](COLOURED, signs, magnitudes)
    alone = [augmented(COLOURED[i : i + 1], name, int(signs[i]), i)[0] for i in range(30)]
    assert torch.equal(together, torch.stack(alone))


def test_the_noise_of_magnitudes_is_normal_and_cut_to_the_scale():
    """As mstd of timm: each operation of each image draws its strength about the one that is asked for."""
    num = 20_000
    row = torch.full((1, 1, 8, 8), 200, dtype=torch.uint8).expand(num, -1, -1, -1)
    uniform, noise = rows_for("brightness", -1, num), torch.rand(num, 1, generator=torch.Generator().manual_seed(3))

    def drawn(**config):
        dark = rand_augment(row, uniform, RandAugmentConfig(num_ops=1, **config), noise)[:, 0, 0, 0]
        return (200 - dark.double()) / 200 / 0.03  # brightness 1 - 0.9 m / 30

    levels = drawn(magnitude=9, magnitude_std=1.5)
    assert abs(levels.mean() - 9) < 0.1
    assert abs(levels.std() - 1.5) < 0.05
    assert drawn(magnitude=1, magnitude_std=9).min() == 0
    assert drawn(magnitude=29, magnitude_std=9).max() == pytest.approx(30)
    assert len(drawn(magnitude=9).unique()) == 1
    ends = torch.tensor([[0.0], [np.nextafter(np.float32(1), np.float32(0))]])
    both = rand_augment(row[:2], uniform[:2], RandAugmentConfig(num_ops=1, magnitude=9, magnitude_std=1.5), ends)
    assert both[:, 0, 0, 0].tolist() == [200, 200 - round(200 * 0.03 * 17)]


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("size", [(1, 1), (2, 5), (3, 3)])
def test_any_number_of_channels_and_the_smallest_sizes(channels, size):
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (60, channels, *size), dtype=torch.uint8, generator=generator)
    result = rand_augment(
        images, torch.rand(60, 8, generator=generator), RandAugmentConfig(num_ops=4), torch.rand(60, 4)
    )
    assert result.shape == images.shape
    assert result.dtype is torch.uint8


def test_operations_follow_one_another_and_each_draws_its_own():
    uniform = torch.rand(30, 8, generator=torch.Generator().manual_seed(0))
    expected = COLOURED
    for first in (0, 2, 4):
        one = RandAugmentConfig(num_ops=1, magnitude=20)
        expected = rand_augment(expected, uniform[:, first : first + 2], one, uniform)
    result = rand_augment(COLOURED, uniform, RandAugmentConfig(num_ops=3, magnitude=20), uniform)
    assert torch.equal(result, expected)


def test_every_operation_and_direction_is_drawn_as_often():
    # Each of the 14 leaves its own mark on this image, so that what was drawn can be told from what came out.
    config = RandAugmentConfig(num_ops=1, magnitude=15)
    image = COLOURED[:1] // 2 + 20  # not from 0 to 255 already
    marks = {
        (name, sign): augmented(image, name, sign, 15)[0].numpy().tobytes() for name in OPERATIONS for sign in (-1, 1)
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
