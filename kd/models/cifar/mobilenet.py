"""MobileNetV2 for 32×32 images, at half its width, as the distillation literature has it.

It differs from the paper's in strides (1 in the second stage), in ReLU for ReLU6, in an expansion (by 1) in the first
block too, and in no dropout. Layers are named as in RepDistiller.

References:
    Sandler et al.: MobileNetV2, arXiv:1801.04381.
    Tian et al.: Contrastive Representation Distillation (RepDistiller: ``mobile_half``), arXiv:1910.10699.
"""

import itertools

from torch import Tensor, nn

from kd.models.cifar.initial import draw_weights

STAGES = ((1, 8, 1, 1), (6, 12, 2, 1), (6, 16, 3, 2), (6, 32, 4, 2), (6, 48, 3, 1), (6, 80, 3, 2), (6, 160, 1, 1))
"""Expansion, channels (half of the paper's), blocks, and stride of the first block."""

STEM, LAST = 16, 1280


def cifar_mobilenetv2(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Expansion 6, half the width. 812,836 parameters, 6.5 M multiply-accumulates on 3×32×32 images, 100 classes."""
    return CifarMobileNetV2(num_classes, input_shape[0])


class CifarMobileNetV2(nn.Module):
    """Inverted residual blocks, at 1/2 to 1/16 of the image's side.

    Args:
        num_classes: Width of the logits.
        channels: Of the images.
    """

    def __init__(self, num_classes: int, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(*_conv(channels, STEM, 3, stride=2), nn.ReLU(inplace=True))
        widths = itertools.pairwise((STEM, *(width for _, width, _, _ in STAGES)))
        self.blocks = nn.ModuleList(
            _stage(before, after, num_blocks, stride, expansion)
            for (before, after), (expansion, _, num_blocks, stride) in zip(widths, STAGES, strict=True)
        )
        self.conv2 = nn.Sequential(*_conv(STAGES[-1][1], LAST, 1), nn.ReLU(inplace=True))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Linear(LAST, num_classes))
        draw_weights(self, head_std=0.01)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        """Logits [B, classes]."""
        features = self.conv1(images_BCHW)
        for stage in self.blocks:
            features = stage(features)
        logits: Tensor = self.classifier(self.avgpool(self.conv2(features)).flatten(1))
        return logits


def _stage(in_channels: int, out_channels: int, num_blocks: int, stride: int, expansion: int) -> nn.Sequential:
    first = InvertedResidual(in_channels, out_channels, stride, expansion)
    others = (InvertedResidual(out_channels, out_channels, 1, expansion) for _ in range(num_blocks - 1))
    return nn.Sequential(first, *others)


class InvertedResidual(nn.Module):
    """1×1 to more channels, 3×3 within each channel, 1×1 to few; around them the features, where nothing changes."""

    def __init__(self, in_channels: int, out_channels: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = in_channels * expansion
        self.is_residual = stride == 1 and in_channels == out_channels
        self.conv = nn.Sequential(
            *_conv(in_channels, inner, 1),
            nn.ReLU(inplace=True),
            *_conv(inner, inner, 3, stride, groups=inner),
            nn.ReLU(inplace=True),
            *_conv(inner, out_channels, 1),
        )

    def forward(self, features_BCHW: Tensor) -> Tensor:
        """Features of ``out_channels``, smaller by ``stride``."""
        inner: Tensor = self.conv(features_BCHW)
        return features_BCHW + inner if self.is_residual else inner


def _conv(in_channels: int, out_channels: int, side: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(in_channels, out_channels, side, stride, padding=side // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(out_channels)]
