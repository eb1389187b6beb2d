"""Colours pixel by pixel, against Python's own."""

import colorsys

import numpy as np
import pytest
import torch

from kd.augment.colours import turn_hue
from kd.augment.transforms import HUE, augment, view_table
from kd.config import AugmentConfig

IMAGES = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (40, 3, 6, 5), dtype=np.uint8))
IMAGES[30:] = IMAGES[30:] // 60 * 60  # pixels of two equal channels, and grey, black and white ones
IMAGES[39] = IMAGES[39, :1]


def turned(pixel, turn):
    """By a share of the circle."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in pixel))
    return [255 * channel for channel in colorsys.hsv_to_rgb((hue + turn) % 1.0, saturation, value)]


@pytest.mark.parametrize("hue", [0.02, 0.1, 0.5])
def test_the_hue_turns_as_pythons_colorsys_has_it(hue):
    table = view_table(3, len(IMAGES))
    result = augment(IMAGES, table, AugmentConfig(hue=hue))
    assert result.dtype is torch.uint8
    for image, view, uniform in zip(IMAGES, result, table[:, HUE].double(), strict=True):
        turn = hue * (2 * float(uniform) - 1)
        expected = [turned(pixel, turn) for pixel in image.flatten(1).T.tolist()]
        np.testing.assert_allclose(view.flatten(1).T, expected, atol=0.501)


@pytest.mark.parametrize(
    ("uniform", "expected"), [(0.5, [200, 100, 50]), (5 / 6, [50, 200, 100]), (1 / 6, [100, 50, 200])]
)
def test_a_third_of_the_circle_moves_each_channel_on(uniform, expected):
    pixel = torch.tensor([200, 100, 50], dtype=torch.uint8).view(1, 3, 1, 1)
    assert turn_hue(pixel, torch.tensor([[uniform]]), 0.5).flatten().tolist() == expected


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_what_is_not_of_three_colours_has_no_hue(channels):
    images = torch.full((2, channels, 3, 3), 9, dtype=torch.uint8)
    assert torch.equal(augment(images, view_table(0, 2), AugmentConfig(hue=0.5)), images)
