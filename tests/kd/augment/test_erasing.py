"""The erased box against torchvision's way to draw it, number by number."""

import math

import numpy as np
import pytest
import torch

from kd.augment.erasing import erase
from kd.augment.transforms import ERASED, augment, view_table
from kd.config import AugmentConfig

NUM = 3000
WHITE = torch.full((NUM, 1, 32, 24), 255, dtype=torch.uint8)


def box(row, height, width):
    """Top, left, height, width by ``torchvision.transforms.RandomErasing.get_params``; None where it draws again."""
    _, area, shape, down, right = row
    erased = height * width * (0.02 + (0.33 - 0.02) * area)
    ratio = math.exp(math.log(0.3) + (math.log(3.3) - math.log(0.3)) * shape)
    box_height, box_width = round(math.sqrt(erased * ratio)), round(math.sqrt(erased / ratio))
    if not (box_height < height and box_width < width):
        return None
    return int(down * (height - box_height + 1)), int(right * (width - box_width + 1)), box_height, box_width


def test_a_box_is_torchvisions():
    table = view_table(5, NUM)
    views = augment(WHITE, table, AugmentConfig(erase=1.0))
    num_drawn_again = 0
    for view, row in zip(views, table[:, ERASED].double().tolist(), strict=True):
        drawn = box(row, 32, 24)
        if drawn is None:
            num_drawn_again += 1
            continue
        top, left, height, width = drawn
        expected = np.full((1, 32, 24), 255)
        expected[:, top : top + height, left : left + width] = 0
        assert np.array_equal(view, expected)
    assert num_drawn_again < 0.05 * NUM


def test_a_box_that_would_stand_out_keeps_its_area():
    """Torchvision draws it again: here one row of the table decides."""
    table = view_table(6, NUM)[:, ERASED]
    shares = (erase(WHITE, table, 1.0) == 0).double().mean((1, 2, 3))
    torch.testing.assert_close(shares, 0.02 + 0.31 * table[:, 1].double(), atol=0.03, rtol=0)  # sides are whole pixels


@pytest.mark.parametrize("probability", [0.25, 0.9])
def test_it_happens_as_often_as_is_asked_for(probability):
    erased = (augment(WHITE, view_table(1, NUM), AugmentConfig(erase=probability)) == 0).flatten(1).any(1)
    assert abs(erased.double().mean() - probability) < 0.04


def test_all_channels_of_a_box_and_nothing_else_is_black():
    images = torch.from_numpy(np.random.default_rng(0).integers(1, 256, (50, 3, 9, 9), dtype=np.uint8))
    views = augment(images, view_table(2, 50), AugmentConfig(erase=1.0))
    is_black = views == 0
    assert (is_black == is_black[:, :1]).all()
    assert torch.equal(views[~is_black], images[~is_black])


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (3, 2)])
def test_the_smallest_images(size):
    images = torch.full((200, 1, *size), 255, dtype=torch.uint8)
    assert augment(images, view_table(2, 200), AugmentConfig(erase=1.0)).shape == images.shape


def test_it_comes_last():
    """Operations of RandAugment would move the box, or turn it white."""
    images = torch.from_numpy(np.random.default_rng(0).integers(1, 256, (50, 3, 9, 9), dtype=np.uint8))
    table, others = view_table(2, 50), {"flip": True, "hue": 0.3, "rand_augment": {"magnitude": 20}}
    before = augment(images, table, AugmentConfig.model_validate(others))
    whole = augment(images, table, AugmentConfig.model_validate(others | {"erase": 0.7}))
    assert torch.equal(whole, augment(before, table, AugmentConfig(erase=0.7)))
