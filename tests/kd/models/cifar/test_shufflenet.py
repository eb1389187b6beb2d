"""The ShuffleNets have the sizes that papers print, and shuffle as they say."""

import torch

from kd.models import build_model
from kd.models.cifar.shufflenet import shuffle
from tests.kd.models.cifar.by_hand import Count, check


def test_size_of_v1_as_published():
    count = Count()
    count.conv(24, kernel=1)
    for width, blocks in ((240, 4), (480, 8), (960, 4)):
        for block in range(blocks):
            before, given = count.width, width if block else width - count.width
            count.conv(given // 4, kernel=1, groups=1 if before == 24 else 3)
            count.conv(given // 4, stride=1 if block else 2, groups=given // 4)
            count.conv(given, kernel=1, groups=3)
            count.width = width  # the pooled features stay beside the first block's
    count.head()
    assert count.side == 4
    check("cifar_shufflenetv1", count, "0.95")


def test_size_of_v2_as_published():
    count = Count()
    count.conv(24, kernel=1)
    for width, blocks in ((116, 3), (232, 7), (464, 3)):
        before, side, half = count.width, count.side, width // 2
        count.conv(before, stride=2, groups=before)
        count.conv(half, kernel=1)
        left, count.side, count.width = count.side, side, before
        count.conv(half, kernel=1)
        count.conv(half, stride=2, groups=half)
        count.conv(half, kernel=1)
        assert count.side == left
        for _ in range(blocks):
            count.width = half  # the other half passes
            count.conv(half, kernel=1)
            count.conv(half, groups=half)
            count.conv(half, kernel=1)
        count.width = width
    count.conv(1024, kernel=1)
    count.head()
    check("cifar_shufflenetv2", count, "1.36")


def test_layers_are_named_as_in_repdistiller():
    names = set(build_model("cifar_shufflenetv2", 100, (3, 32, 32)).net.state_dict())
    assert {"layer1.0.bn5.weight", "layer2.7.conv3.weight", "conv2.weight", "linear.bias"} <= names
    names = set(build_model("cifar_shufflenetv1", 100, (3, 32, 32)).net.state_dict())
    assert {"layer1.0.conv1.weight", "layer3.3.bn3.running_var", "linear.bias"} <= names


def test_channels_come_in_turn_from_each_group():
    features = torch.arange(12.0).view(1, 6, 1, 2)
    assert shuffle(features, 2)[0, :, 0, 0].tolist() == [0, 6, 2, 8, 4, 10]
