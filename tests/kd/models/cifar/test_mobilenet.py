"""MobileNetV2 has the size that papers print, and the layers of RepDistiller's files."""

from kd.models import build_model
from tests.kd.models.cifar.by_hand import Count, check


def test_size_as_published():
    count = Count()
    count.conv(16, stride=2)
    for expansion, width, blocks, first in (
        (1, 16, 1, 1),
        (6, 24, 2, 1),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):  # the paper's, whose widths are halved
        for block in range(blocks):
            inner = count.width * expansion
            count.conv(inner, kernel=1)
            count.conv(inner, stride=1 if block else first, groups=inner)
            count.conv(width // 2, kernel=1)
    count.conv(1280, kernel=1)
    count.head()
    assert count.side == 2
    check("cifar_mobilenetv2", count, "0.81")


def test_layers_are_named_as_in_repdistiller():
    names = set(build_model("cifar_mobilenetv2", 100, (3, 32, 32)).net.state_dict())
    assert {"conv1.0.weight", "blocks.0.0.conv.6.weight", "blocks.5.2.conv.7.running_var"} <= names
    assert {"conv2.1.bias", "classifier.0.weight"} <= names
