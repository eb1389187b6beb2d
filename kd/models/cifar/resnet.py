"""Residual networks for 32×32 images, as He et al. (section 4.2) have them and the distillation literature widens them.

Layers are named as in RepDistiller, whose files of weights fit.

References:
    He et al.: Deep Residual Learning for Image Recognition, arXiv:1512.03385.
    Tian et al.: Contrastive Representation Distillation (RepDistiller), arXiv:1910.10699: 8x4 and 32x4, and a 1×1
    projection with batch normalisation where a shortcut changes width, which He et al. pad with zeros.
"""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn


def cifar_resnet20(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ResNet-20. 278,324 parameters and 41 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return CifarResNet(20, (16, 16, 32, 64), num_classes, input_shape[0])


def cifar_resnet32(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ResNet-32. 472,756 parameters and 69 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return CifarResNet(32, (16, 16, 32, 64), num_classes, input_shape[0])


def cifar_resnet56(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ResNet-56. 861,620 parameters and 126 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return CifarResNet(56, (16, 16, 32, 64), num_classes, input_shape[0])


def cifar_resnet110(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ResNet-110. 1,736,564 parameters and 253 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return CifarResNet(110, (16, 16, 32, 64), num_classes, input_shape[0])


def cifar_resnet8x4(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ResNet-8, 4 × as wide. 1,233,540 parameters, 177 M multiply-accumulates on 3×32×32 images, 100 classes."""
    return CifarResNet(8, (32, 64, 128, 256), num_classes, input_shape[0])


def cifar_resnet32x4(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ResNet-32, 4 × as wide. 7,433,860 parameters, 1.08 G multiply-accumulates on 3×32×32 images, 100 classes."""
    return CifarResNet(32, (32, 64, 128, 256), num_classes, input_shape[0])


class CifarResNet(nn.Module):
    """Three stages of residual blocks at 1, 1/2 and 1/4 of the image's side.

    Args:
        depth: 6n + 2, for n blocks in each stage.
        widths: Channels of the first convolution and of the stages.
        num_classes: Width of the logits.
        channels: Of the images.
    """

    def __init__(self, depth: int, widths: Sequence[int], num_classes: int, channels: int) -> None:
        super().__init__()
        assert depth % 6 == 2, "two layers outside the stages, two in each block"
        num_blocks = depth // 6
        stem, *stages = widths
        self.conv1 = nn.Conv2d(channels, stem, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.layer1 = _stage(stem, stages[0], num_blocks, stride=1)
        self.layer2 = _stage(stages[0], stages[1], num_blocks, stride=2)
        self.layer3 = _stage(stages[1], stages[2], num_blocks, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(stages[2], num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images_BCHW: Tensor) -> Tensor:
        """Logits [B, classes]."""
        features = F.relu(self.bn1(self.conv1(images_BCHW)))
        features = self.layer3(self.layer2(self.layer1(features)))
        logits: Tensor = self.fc(self.avgpool(features).flatten(1))
        return logits


def _stage(in_channels: int, out_channels: int, num_blocks: int, stride: int) -> nn.Sequential:
    first = Block(in_channels, out_channels, stride)
    return nn.Sequential(first, *(Block(out_channels, out_channels, 1) for _ in range(num_blocks - 1)))


class Block(nn.Module):
    """Two 3×3 convolutions with batch normalisation, around them the features themselves (or a 1×1 projection)."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )

    def forward(self, features_BCHW: Tensor) -> Tensor:
        """Features of ``out_channels``, smaller by ``stride``."""
        inner = F.relu(self.bn1(self.conv1(features_BCHW)))
        return F.relu(self.bn2(self.conv2(inner)) + self.downsample(features_BCHW))
