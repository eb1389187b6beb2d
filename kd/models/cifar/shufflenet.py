"""ShuffleNetV1 (1×, 3 groups) and ShuffleNetV2 (1×) for 32×32 images, as the distillation literature has them.

A 1×1 stem of stride 1 stands for the papers' 3×3 of stride 2 and max-pool. V1 has 4, 8, 4 blocks in its stages; V2 has
3, 7, 3 after each stage's first block. Layers are named as in RepDistiller.

References:
    Zhang et al.: ShuffleNet, arXiv:1707.01083. Ma et al.: ShuffleNet V2, arXiv:1807.11164.
    Tian et al.: Contrastive Representation Distillation (RepDistiller), arXiv:1910.10699.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STEM = 24
WIDTHS_V1, BLOCKS_V1, GROUPS = (240, 480, 960), (4, 8, 4), 3
WIDTHS_V2, BLOCKS_V2, LAST_V2 = (116, 232, 464), (3, 7, 3), 1024


def cifar_shufflenetv1(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ShuffleNetV1. 949,258 parameters and 39 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return ShuffleNetV1(num_classes, input_shape[0])


def cifar_shufflenetv2(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """ShuffleNetV2. 1,355,528 parameters and 45 M multiply-accumulates on 3×32×32 images and 100 classes."""
    return ShuffleNetV2(num_classes, input_shape[0])


class ShuffleNetV1(nn.Module):
    """Three stages at 1/2 to 1/8 of the image's side.

    Args:
        num_classes: Width of the logits.
        channels: Of the images.
    """

    def __init__(self, num_classes: int, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, STEM, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(STEM)
        self.layer1 = _stage_v1(STEM, WIDTHS_V1[0], BLOCKS_V1[0])
        self.layer2 = _stage_v1(WIDTHS_V1[0], WIDTHS_V1[1], BLOCKS_V1[1])
        self.layer3 = _stage_v1(WIDTHS_V1[1], WIDTHS_V1[2], BLOCKS_V1[2])
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(WIDTHS_V1[2], num_classes)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        """Logits [B, classes]."""
        features = F.relu(self.bn1(self.conv1(images_BCHW)))
        features = self.layer3(self.layer2(self.layer1(features)))
        logits: Tensor = self.linear(self.avgpool(features).flatten(1))
        return logits


def _stage_v1(in_channels: int, out_channels: int, num_blocks: int) -> nn.Sequential:
    """The first block gives what is lacking beside the pooled features, the others all."""
    first = GroupedBlock(in_channels, out_channels - in_channels, stride=2)
    return nn.Sequential(first, *(GroupedBlock(out_channels, out_channels, stride=1) for _ in range(num_blocks - 1)))


class GroupedBlock(nn.Module):
    """Grouped 1×1, shuffle, 3×3 within each channel, grouped 1×1; beside a stride, the pooled features stay as well."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        inner = out_channels // 4
        self.groups = 1 if in_channels == STEM else GROUPS  # the stem's are too few to be parted
        self.stride = stride
        self.conv1 = nn.Conv2d(in_channels, inner, 1, groups=self.groups, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, padding=1, groups=inner, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, out_channels, 1, groups=GROUPS, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)

    def forward(self, features_BCHW: Tensor) -> Tensor:
        """With a stride ``in_channels`` more than ``out_channels``, at half the side."""
        inner = shuffle(F.relu(self.bn1(self.conv1(features_BCHW))), self.groups)
        inner = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(inner)))))
        if self.stride == 1:
            return F.relu(inner + features_BCHW)
        return F.relu(torch.cat([inner, F.avg_pool2d(features_BCHW, 3, stride=2, padding=1)], 1))


class ShuffleNetV2(nn.Module):
    """Three stages at 1/2 to 1/8 of the image's side, and a last 1×1 convolution.

    Args:
        num_classes: Width of the logits.
        channels: Of the images.
    """

    def __init__(self, num_classes: int, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, STEM, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(STEM)
        self.layer1 = _stage_v2(STEM, WIDTHS_V2[0], BLOCKS_V2[0])
        self.layer2 = _stage_v2(WIDTHS_V2[0], WIDTHS_V2[1], BLOCKS_V2[1])
        self.layer3 = _stage_v2(WIDTHS_V2[1], WIDTHS_V2[2], BLOCKS_V2[2])
        self.conv2 = nn.Conv2d(WIDTHS_V2[2], LAST_V2, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(LAST_V2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(LAST_V2, num_classes)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        """Logits [B, classes]."""
        features = F.relu(self.bn1(self.conv1(images_BCHW)))
        features = self.layer3(self.layer2(self.layer1(features)))
        features = F.relu(self.bn2(self.conv2(features)))
        logits: Tensor = self.linear(self.avgpool(features).flatten(1))
        return logits


def _stage_v2(in_channels: int, out_channels: int, num_blocks: int) -> nn.Sequential:
    return nn.Sequential(DownBlock(in_channels, out_channels), *(SplitBlock(out_channels) for _ in range(num_blocks)))


class DownBlock(nn.Module):
    """Half of the channels from a 3×3 and a 1×1 convolution, half from a 1×1 before them as well; at half the side."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        half = out_channels // 2
        self.conv1 = nn.Conv2d(in_channels, in_channels, 3, 2, padding=1, groups=in_channels, bias=False)
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv2 = nn.Conv2d(in_channels, half, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(half)
        self.conv3 = nn.Conv2d(in_channels, half, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(half)
        self.conv4 = nn.Conv2d(half, half, 3, 2, padding=1, groups=half, bias=False)
        self.bn4 = nn.BatchNorm2d(half)
        self.conv5 = nn.Conv2d(half, half, 1, bias=False)
        self.bn5 = nn.BatchNorm2d(half)

    def forward(self, features_BCHW: Tensor) -> Tensor:
        """Features of ``out_channels`` at half the side."""
        left = F.relu(self.bn2(self.conv2(self.bn1(self.conv1(features_BCHW)))))
        right = self.bn4(self.conv4(F.relu(self.bn3(self.conv3(features_BCHW)))))
        right = F.relu(self.bn5(self.conv5(right)))
        return shuffle(torch.cat([left, right], 1), 2)


class SplitBlock(nn.Module):
    """Half of the channels pass, half go through a 1×1, a 3×3 within each channel, and a 1×1; then all are shuffled."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.conv1 = nn.Conv2d(half, half, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(half)
        self.conv2 = nn.Conv2d(half, half, 3, padding=1, groups=half, bias=False)
        self.bn2 = nn.BatchNorm2d(half)
        self.conv3 = nn.Conv2d(half, half, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(half)

    def forward(self, features_BCHW: Tensor) -> Tensor:
        """Features of the same shape."""
        passing, inner = features_BCHW.chunk(2, 1)
        inner = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(inner)))))
        return shuffle(torch.cat([passing, F.relu(self.bn3(self.conv3(inner)))], 1), 2)


def shuffle(features_BCHW: Tensor, groups: int) -> Tensor:
    """Channels in turn from each group, so that the next grouped convolution sees all groups.

    >>> shuffle(torch.arange(6).view(1, 6, 1, 1), 3).flatten().tolist()
    [0, 2, 4, 1, 3, 5]
    """
    batch, channels, height, width = features_BCHW.shape
    parted = features_BCHW.reshape(batch, groups, channels // groups, height, width)
    return parted.transpose(1, 2).reshape(batch, channels, height, width)
