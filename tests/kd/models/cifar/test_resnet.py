"""The residual networks have the sizes that papers print, and the layers of RepDistiller's files."""

import pytest

from kd.models import build_model
from tests.kd.models.cifar.by_hand import Count, check


def by_hand(depth, widths):
    count = Count()
    stem, *stages = widths
    count.conv(stem)
    for stage, width in enumerate(stages):
        for block in range((depth - 2) // 6):
            before, side, stride = count.width, count.side, 2 if stage and not block else 1
            count.conv(width, stride=stride)
            count.conv(width)
            if before != width:
                count.beside(before, side, width=width, kernel=1, stride=stride)
    count.head()
    return count


@pytest.mark.parametrize(
    ("name", "depth", "widths", "published"),
    [
        ("cifar_resnet20", 20, (16, 16, 32, 64), "0.28"),
        ("cifar_resnet32", 32, (16, 16, 32, 64), "0.47"),
        ("cifar_resnet56", 56, (16, 16, 32, 64), "0.86"),
        ("cifar_resnet110", 110, (16, 16, 32, 64), "1.74"),
        ("cifar_resnet8x4", 8, (32, 64, 128, 256), "1.23"),
        ("cifar_resnet32x4", 32, (32, 64, 128, 256), "7.43"),
    ],
)
def test_sizes_as_published(name, depth, widths, published):
    check(name, by_hand(depth, widths), published)


def test_layers_are_named_as_in_repdistiller():
    names = set(build_model("cifar_resnet8x4", 100, (3, 32, 32)).net.state_dict())
    assert {"conv1.weight", "bn1.running_var", "layer1.0.conv2.weight", "layer1.0.bn2.bias"} <= names
    assert {"layer1.0.downsample.0.weight", "layer3.0.downsample.1.running_mean", "fc.bias"} <= names
    assert len(names) == 1 + 5 + 3 * (2 * 6 + 6) + 2  # each normalisation has five tensors
