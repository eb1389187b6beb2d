"""Random erasing: a box of a view is blacked out.

References:
    Zhong et al.: Random Erasing Data Augmentation, arXiv:1708.04896.
"""

import math

import torch
from torch import Tensor

AREA = (0.02, 0.33)
RATIO = (0.3, 3.3)
"""Of the box: its share of the image, and its height over its width; torchvision's and timm's defaults are these."""


def erase(images_BCHW: Tensor, uniform_B5: Tensor, probability: float) -> Tensor:
    """Each image with a black box, at a chance of ``probability``.

    Where a side would stand out, the box takes the nearest shape of its area that fits, instead of being drawn again.

    Args:
        images_BCHW: uint8 images.
        uniform_B5: Uniform numbers: whether, area, shape, and the box's place from the top and from the left.
        probability: Of a box.
    """
    height, width = images_BCHW.shape[2:]
    chance, area, shape, down, right = uniform_B5.double().unbind(1)
    area = height * width * (AREA[0] + (AREA[1] - AREA[0]) * area)
    shape = torch.exp(math.log(RATIO[0]) + math.log(RATIO[1] / RATIO[0]) * shape)
    shape = shape.clamp(area / width**2, height**2 / area)
    box_height, box_width = (
        (area * shape).sqrt().round().clamp(max=height),
        (area / shape).sqrt().round().clamp(max=width),
    )
    top, left = (down * (height - box_height + 1)).floor(), (right * (width - box_width + 1)).floor()
    inside_BH, inside_BW = _inside(top, box_height, height), _inside(left, box_width, width)
    is_erased = inside_BH[:, :, None] & inside_BW[:, None, :] & (chance < probability)[:, None, None]
    return torch.where(is_erased[:, None], 0, images_BCHW)


def _inside(start_B: Tensor, length_B: Tensor, size: int) -> Tensor:
    """Which positions of an axis lie in the box [B, size]."""
    position = torch.arange(size, device=start_B.device)
    return (position >= start_B[:, None]) & (position < (start_B + length_B)[:, None])
