"""mixup and cutmix: view v of a sample mixed with view v of its partner.

References:
    Zhang et al.: mixup: Beyond Empirical Risk Minimization, arXiv:1710.09412.
    Yun et al.: CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features, arXiv:1905.04899.
"""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from kd.config import AugmentConfig

_SEED = 2**62 + 2  # beside those of kd.augment's tables, and as these never a run's: all seeds share the views


class Mixing(NamedTuple):
    """How the samples of a view are mixed. Inside its box a sample keeps a share of itself, outside all.

    mixup's box is the whole image; cutmix keeps nothing inside.
    """

    partner_N: Tensor
    """int64: the sample that each is mixed with."""
    box_N4: Tensor
    """int64, in pixels: top, bottom, left, right."""
    kept_N: Tensor
    """float32, 0 to 1: how much of the sample is left inside its box."""
    share_N: Tensor
    """float32, 0 to 1: how much is left of the sample in the whole image, and what its label weighs."""

    def of(self, rows_B: Tensor) -> "Mixing":
        """That of some samples."""
        return Mixing(*(column[rows_B] for column in self))

    def to(self, device: torch.device) -> "Mixing":
        """On a device."""
        return Mixing(*(column.to(device) for column in self))


def mixing_of_view(view: int, num_samples: int, size: tuple[int, int], config: AugmentConfig) -> Mixing:
    """How view ``view`` mixes each sample: one of the two ways, a share from Beta(alpha, alpha), a partner, a box.

    The partners are a permutation: in each view every sample is a partner once, so classes are mixed in as often as
    they are there.

    Args:
        view: Which view.
        num_samples: How many samples there are.
        size: Height and width of the images.
        config: Of which ``mixup`` and ``cutmix`` are looked at; not both are 0.
    """
    random = np.random.Generator(np.random.Philox(key=[_SEED, view]))
    partner_N = random.permutation(num_samples)
    uniform_N3 = random.random((num_samples, 3))
    chance = 0.5 if config.mixup and config.cutmix else float(config.cutmix > 0)
    is_cut_N = uniform_N3[:, 0] < chance
    alpha_N = np.where(is_cut_N, config.cutmix, config.mixup)
    share_N = random.beta(alpha_N, alpha_N)

    half_side_N1 = np.sqrt(1 - share_N)[:, None] / 2  # as a fraction of the image's
    centre_N2 = uniform_N3[:, 1:]
    starts_N2 = np.rint((centre_N2 - half_side_N1).clip(0, 1) * size)
    ends_N2 = np.rint((centre_N2 + half_side_N1).clip(0, 1) * size)
    height, width = size
    cut_box_N4 = np.stack([starts_N2, ends_N2], axis=2).reshape(-1, 4)
    box_N4 = np.where(is_cut_N[:, None], cut_box_N4, [0, height, 0, width]).astype(np.int64)
    left_N = 1 - (ends_N2 - starts_N2).prod(1) / (height * width)  # the box is cut at the image's edge, to whole pixels
    columns = (
        partner_N,
        box_N4,
        np.where(is_cut_N, 0, share_N).astype(np.float32),
        np.where(is_cut_N, left_N, share_N).astype(np.float32),
    )
    return Mixing(*map(torch.from_numpy, columns))


def mix_images(images_BCHW: Tensor, partners_BCHW: Tensor, mixing: Mixing) -> Tensor:
    """uint8 images mixed with their partners, rounded."""
    height, width = images_BCHW.shape[2:]
    rows_H, columns_W = (torch.arange(length, device=images_BCHW.device) for length in (height, width))
    top, bottom, left, right = mixing.box_N4[:, :, None].unbind(1)
    inside_BH, inside_BW = (rows_H >= top) & (rows_H < bottom), (columns_W >= left) & (columns_W < right)
    inside_BHW = inside_BH[:, :, None] & inside_BW[:, None, :]
    kept_BHW = torch.where(inside_BHW, mixing.kept_N[:, None, None], 1)
    partners = partners_BCHW.float()
    return (partners + kept_BHW[:, None] * (images_BCHW - partners)).round().to(torch.uint8)


def mix_labels(labels_B: Tensor, partner_labels_B: Tensor, share_B: Tensor, num_classes: int) -> Tensor:
    """What each class weighs [B, classes], float32: ``share_B`` is that of ``labels_B``, the rest of the partners'.

    >>> mix_labels(torch.tensor([0, 1]), torch.tensor([2, 1]), torch.tensor([0.75, 0.5]), 3).tolist()
    [[0.75, 0.0, 0.25], [0.0, 1.0, 0.0]]
    """
    own_BC, partner_BC = (F.one_hot(labels, num_classes) for labels in (labels_B, partner_labels_B))
    return share_B[:, None] * own_BC + (1 - share_B)[:, None] * partner_BC
