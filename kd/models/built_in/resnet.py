"""Residual networks for small images: 3×3 stem, no max-pool.

References:
    He et al.: Deep Residual Learning for Image Recognition, arXiv:1512.03385.
"""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn


def cifar_resnet18(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ResNet-18 with a 3×3 stem of stride 1 and no max-pool.

    11,173,962 parameters and 555 M multiply-accumulates on 3×32×32 images and 10 classes.
    """
    return _resnet(num_classes, input_shape, widths=(64, 128, 256, 512), blocks=(2, 2, 2, 2))


def small_resnet(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Four residual blocks: one of 48, one of 96 and two of 192 channels.

    1,355,290 parameters and 116 M multiply-accumulates on 1×28×28 images and 10 classes.
    """
    return _resnet(num_classes, input_shape, widths=(48, 96, 192), blocks=(1, 1, 2))


def _resnet(
    num_classes: int, input_shape: tuple[int, int, int], widths: Sequence[int], blocks: Sequence[int]
) -> nn.Module:
    """Every stage but the first halves the image in its first block."""
    layers: list[nn.Module] = [
        nn.Conv2d(input_shape[0], widths[0], 3, padding=1, bias=False),
        nn.BatchNorm2d(widths[0]),
        nn.ReLU(inplace=True),
    ]
    width = widths[0]
    for stage, (next_width, num_blocks) in enumerate(zip(widths, blocks, strict=True)):
        for block in range(num_blocks):
            layers.append(BasicBlock(width, next_width, stride=2 if stage and not block else 1))
            width = next_width
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, num_classes))
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return net


class BasicBlock(nn.Module):
    """Two 3×3 convolutions with batch normalisation, around them the image itself (or a 1×1 projection)."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )

    def forward(self, features_BCHW: Tensor) -> Tensor:
        """Features of ``out_channels``, smaller by ``stride``."""
        inner = F.relu(self.norm1(self.conv1(features_BCHW)))
        return F.relu(self.norm2(self.conv2(inner)) + self.shortcut(features_BCHW))
