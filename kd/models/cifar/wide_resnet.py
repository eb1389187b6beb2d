"""Wide residual networks for 32×32 images: normalisation and ReLU before each convolution.

Layers are named as in RepDistiller, whose files of weights fit.

References:
    Zagoruyko and Komodakis: Wide Residual Networks, arXiv:1605.07146.
    Tian et al.: Contrastive Representation Distillation (RepDistiller), arXiv:1910.10699.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from kd.models.cifar.initial import draw_weights


def cifar_wrn_16_2(num_classes: int, input_shape: tuple[int, int, int], dropout: float = 0.0) -> nn.Module:
    """WRN-16-2. 703,284 parameters and 101 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return WideResNet(16, 2, num_classes, input_shape[0], dropout)


def cifar_wrn_40_1(num_classes: int, input_shape: tuple[int, int, int], dropout: float = 0.0) -> nn.Module:
    """WRN-40-1. 569,780 parameters and 83 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return WideResNet(40, 1, num_classes, input_shape[0], dropout)


def cifar_wrn_40_2(num_classes: int, input_shape: tuple[int, int, int], dropout: float = 0.0) -> nn.Module:
    """WRN-40-2. 2,255,156 parameters and 328 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return WideResNet(40, 2, num_classes, input_shape[0], dropout)


class WideResNet(nn.Module):
    """Three stages of blocks at 1, 1/2 and 1/4 of the image's side.

    Args:
        depth: 6n + 4, for n blocks in each stage.
        widen: Factor of 16, 32 and 64 channels.
        num_classes: Width of the logits.
        channels: Of the images.
        dropout: Share of features that is dropped between the convolutions of a block.
    """

    def __init__(self, depth: int, widen: int, num_classes: int, channels: int, dropout: float) -> None:
        super().__init__()
        assert depth % 6 == 4, "four layers outside the blocks, of two each"
        num_blocks, widths = depth // 6, (16, 16 * widen, 32 * widen, 64 * widen)
        self.conv1 = nn.Conv2d(channels, widths[0], 3, padding=1, bias=False)
        self.block1 = Stage(widths[0], widths[1], num_blocks, 1, dropout)
        self.block2 = Stage(widths[1], widths[2], num_blocks, 2, dropout)
        self.block3 = Stage(widths[2], widths[3], num_blocks, 2, dropout)
        self.bn1 = nn.BatchNorm2d(widths[3])
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(widths[3], num_classes)
        draw_weights(self)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        """Logits [B, classes]."""
        features = self.block3(self.block2(self.block1(self.conv1(images_BCHW))))
        logits: Tensor = self.fc(self.avgpool(F.relu(self.bn1(features))).flatten(1))
        return logits


class Stage(nn.Module):
    """Blocks of one width, the first of which has the ``stride``."""

    def __init__(self, in_channels: int, out_channels: int, num_blocks: int, stride: int, dropout: float) -> None:
        super().__init__()
        self.layer = nn.Sequential(
            PreActivationBlock(in_channels, out_channels, stride, dropout),
            *(PreActivationBlock(out_channels, out_channels, 1, dropout) for _ in range(num_blocks - 1)),
        )

    def forward(self, features_BCHW: Tensor) -> Tensor:
        """Features of ``out_channels``, smaller by ``stride``."""
        features: Tensor = self.layer(features_BCHW)
        return features


class PreActivationBlock(nn.Module):
    """Twice normalisation, ReLU and a 3×3 convolution.

    Around them go the features as they came or, where the width changes, a 1×1 projection of the activated ones.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, dropout: float) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.dropout = nn.Dropout(dropout)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.convShortcut = (
            nn.Conv2d(in_channels, out_channels, 1, stride, bias=False) if in_channels != out_channels else None
        )

    def forward(self, features_BCHW: Tensor) -> Tensor:
        """Features of ``out_channels``, smaller by ``stride``."""
        active = F.relu(self.bn1(features_BCHW))
        inner = self.conv2(self.dropout(F.relu(self.bn2(self.conv1(active)))))
        around = features_BCHW if self.convShortcut is None else self.convShortcut(active)
        total: Tensor = around + inner
        return total
