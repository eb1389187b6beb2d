"""Sample order and image views as pure functions of (seed, epoch or view, sample).

numpy's Philox is counter-based: row i of a table drawn under a key is always the same, so nothing
about randomness has to be saved for an interrupted epoch to continue where it was cut.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from kd.config import AugmentConfig

AUGMENTATION_SEED = 0  # views are shared by every seed and trial, as the teacher's logits are


def epoch_order(seed: int, epoch: int, num_samples: int) -> Tensor:
    """The order [num_samples] int64 in which an epoch visits its samples."""
    random = np.random.Generator(np.random.Philox(key=[seed, epoch]))
    return torch.from_numpy(random.permutation(num_samples))


def view_table(view: int, num_samples: int) -> Tensor:
    """Uniform numbers [num_samples, 3] that decide view ``view`` of every sample."""
    random = np.random.Generator(np.random.Philox(key=[AUGMENTATION_SEED, view]))
    return torch.from_numpy(random.random((num_samples, 3), dtype=np.float32))


def augment(images_BCHW: Tensor, table_B3: Tensor, config: AugmentConfig) -> Tensor:
    """The view of each image that its row of the table decides.

    Args:
        images_BCHW: uint8 images.
        table_B3: Their rows of ``view_table``: vertical move, horizontal move, mirror.
        config: What may change.

    Returns:
        uint8 images of the same shape.
    """
    if config.shift:
        images_BCHW = _shift(images_BCHW, table_B3[:, :2], config.shift)
    if config.flip:
        mirrored = (table_B3[:, 2] < 0.5)[:, None, None, None]
        images_BCHW = torch.where(mirrored, images_BCHW.flip(-1), images_BCHW)
    return images_BCHW


def _shift(images_BCHW: Tensor, uniform_B2: Tensor, largest: int) -> Tensor:
    """Move each image by up to ``largest`` pixels on each axis; zeros move in."""
    batch, _, height, width = images_BCHW.shape
    padded = F.pad(images_BCHW, (largest,) * 4)
    start_B2 = (uniform_B2 * (2 * largest + 1)).long()
    rows = start_B2[:, 0, None] + torch.arange(height, device=padded.device)
    columns = start_B2[:, 1, None] + torch.arange(width, device=padded.device)
    picked = padded.permute(0, 2, 3, 1)[
        torch.arange(batch, device=padded.device)[:, None, None], rows[:, :, None], columns[:, None, :]
    ]
    return picked.permute(0, 3, 1, 2)
