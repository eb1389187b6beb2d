"""Sample order and image views as pure functions of (seed, epoch or view, sample).

numpy's Philox is counter-based: row i of a table drawn under a key is always the same, so nothing
about randomness has to be saved for an interrupted epoch to continue where it was cut.
"""

import itertools
import math
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from kd.augment.colours import color_jitter, turn_hue
from kd.augment.erasing import erase
from kd.augment.rand_augment import rand_augment
from kd.config import MAX_NUM_OPS, AugmentConfig
from kd.phases import DATA

# Views are shared by every seed and trial, as the teacher's logits are. Numbers for a new change come
# from a table with a seed of its own, so that old views stay what they were.
# Seed and columns; mixing has 2**62 + 2.
_TABLES = ((0, 3), (2**62, 7), (2**62 + 1, 2 * MAX_NUM_OPS), (2**62 + 3, 1), (2**62 + 4, 5), (2**62 + 5, MAX_NUM_OPS))
_UNLABELED_SEED = 2**61  # above any labelled order's, below the tables'; a list with 2**63 would become floats
NUM_COLUMNS = sum(width for _, width in _TABLES)
MOVE, MIRROR, BOX, COLOURS, OPERATIONS, HUE, ERASED, NOISE = (
    slice(start, stop) for start, stop in itertools.pairwise((0, 2, 3, 7, 10, 18, 19, 24, 28))
)
"""Columns of the table by what they decide. They must never change."""


@DATA
def epoch_order(seed: int, epoch: int, num_samples: int) -> Tensor:
    """The order [num_samples] int64 in which an epoch visits its samples."""
    random = np.random.Generator(np.random.Philox(key=[seed, epoch]))
    return torch.from_numpy(random.permutation(num_samples))


@DATA
def unlabeled_order(seed: int, number: int, num_samples: int) -> Tensor:
    """The same for the n-th pass over images without labels, whatever epoch it falls into."""
    random = np.random.Generator(np.random.Philox(key=[_UNLABELED_SEED + seed, number]))
    return torch.from_numpy(random.permutation(num_samples))


def view_table(view: int, num_samples: int) -> Tensor:
    """Uniform numbers [num_samples, NUM_COLUMNS] that decide view ``view`` of every sample."""
    tables = [
        np.random.Generator(np.random.Philox(key=[seed, view])).random((num_samples, width), dtype=np.float32)
        for seed, width in _TABLES
    ]
    return torch.from_numpy(np.concatenate(tables, axis=1))


def augment(images_BCHW: Tensor, table_BU: Tensor, config: AugmentConfig) -> Tensor:
    """The view of each image that its row of the table decides.

    Args:
        images_BCHW: uint8 images.
        table_BU: Their rows of ``view_table``.
        config: What may change, in this order: box, move, mirror, colours, hue, operations of RandAugment, erasing.

    Returns:
        uint8 images of the same shape.
    """
    if config.resized_crop is not None:
        images_BCHW = _resized_crop(images_BCHW, table_BU[:, BOX], config.resized_crop)
    if config.shift:
        images_BCHW = _shift(images_BCHW, table_BU[:, MOVE], config.shift, config.shift_fill)
    if config.flip:
        mirrored = (table_BU[:, MIRROR] < 0.5)[..., None, None]
        images_BCHW = torch.where(mirrored, images_BCHW.flip(-1), images_BCHW)
    if config.color_jitter:
        images_BCHW = color_jitter(images_BCHW, table_BU[:, COLOURS], config.color_jitter)
    if config.hue:
        images_BCHW = turn_hue(images_BCHW, table_BU[:, HUE], config.hue)
    if config.rand_augment is not None:
        images_BCHW = rand_augment(images_BCHW, table_BU[:, OPERATIONS], config.rand_augment, table_BU[:, NOISE])
    if config.erase:
        images_BCHW = erase(images_BCHW, table_BU[:, ERASED], config.erase)
    return images_BCHW


def _shift(images_BCHW: Tensor, uniform_B2: Tensor, largest: int, fill: Literal["black", "reflect"]) -> Tensor:
    """Move each image by up to ``largest`` pixels on each axis: a random crop of the padded image."""
    batch, _, height, width = images_BCHW.shape
    if fill == "reflect":
        rows, columns = _reflected(height, largest), _reflected(width, largest)
        padded = images_BCHW[:, :, rows.to(images_BCHW.device)][..., columns.to(images_BCHW.device)]
    else:
        padded = F.pad(images_BCHW, (largest,) * 4)
    windows_BCPPHW = padded.unfold(2, height, 1).unfold(3, width, 1)  # every place of the image in it, none copied
    top_B, left_B = (uniform_B2 * (2 * largest + 1)).long().unbind(1)
    return windows_BCPPHW[torch.arange(batch, device=padded.device), :, top_B, left_B]


def _reflected(size: int, padding: int) -> Tensor:
    """Positions that continue an axis by mirroring at its ends, as often as needed (torch's pad stops at one)."""
    positions = torch.arange(-padding, size + padding)
    period = max(2 * (size - 1), 1)
    wrapped = positions.remainder(period)
    return torch.minimum(wrapped, period - wrapped) if size > 1 else torch.zeros_like(positions)


def crop_box(uniform_B4: Tensor, size: tuple[int, int], smallest: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Boxes of ``smallest`` to 1 of the area, with sides 3:4 to 4:3: top, left, height, width [B], in pixels.

    Where its longer side would stand out, a box takes the nearest shape of its area that fits, instead of being
    drawn again: every sample costs the same, and a row of the table decides it alone.

    Args:
        uniform_B4: Uniform numbers: area, shape, and the place from the top and from the left.
        size: Height and width of the image.
        smallest: Share of the area.
    """
    height, width = size
    area_B = height * width * (smallest + (1 - smallest) * uniform_B4[:, 0])
    shape_B = torch.exp((2 * uniform_B4[:, 1] - 1) * math.log(4 / 3))  # width over height
    shape_B = shape_B.clamp(area_B / height**2, width**2 / area_B)
    box_height_B = (area_B / shape_B).sqrt().clamp(max=height)  # by as much as was rounded
    box_width_B = (area_B * shape_B).sqrt().clamp(max=width)
    top_B, left_B = uniform_B4[:, 2] * (height - box_height_B), uniform_B4[:, 3] * (width - box_width_B)
    return top_B, left_B, box_height_B, box_width_B


def _resized_crop(images_BCHW: Tensor, uniform_B4: Tensor, smallest: float) -> Tensor:
    """Cut out a box of ``smallest`` to 1 of the area, and enlarge it (bilinear)."""
    batch, _, height, width = images_BCHW.shape
    top_B, left_B, box_height_B, box_width_B = crop_box(uniform_B4, (height, width), smallest)
    rows_BH = _pixel_positions(top_B, box_height_B, height)
    columns_BW = _pixel_positions(left_B, box_width_B, width)
    grid_BHW2 = torch.stack(
        [
            (2 * columns_BW / width - 1)[:, None, :].expand(batch, height, width),
            (2 * rows_BH / height - 1)[:, :, None].expand(batch, height, width),
        ],
        dim=-1,
    )
    enlarged = F.grid_sample(images_BCHW.float(), grid_BHW2, padding_mode="border", align_corners=False)
    return enlarged.round().to(torch.uint8)


def _pixel_positions(start_B: Tensor, length_B: Tensor, size: int) -> Tensor:
    """Where in the image the centres of a box's ``size`` new pixels lie, in pixels from the edge."""
    centres = (torch.arange(size, device=start_B.device) + 0.5) / size
    return start_B[:, None] + length_B[:, None] * centres
