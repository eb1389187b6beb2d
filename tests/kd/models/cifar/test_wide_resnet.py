"""The wide residual networks have the sizes that papers print, and the layers of RepDistiller's files."""

import pytest
import torch

from kd.models import build_model
from tests.kd.models.cifar.by_hand import Count, check


def by_hand(depth, widen):
    count = Count()
    count.conv(16, norm=False)
    for stage, width in enumerate((16 * widen, 32 * widen, 64 * widen)):
        for block in range((depth - 4) // 6):
            before, side, stride = count.width, count.side, 2 if stage and not block else 1
            count.norm()
            count.conv(width, stride=stride)
            count.conv(width, norm=False)
            if before != width:
                count.beside(before, side, width=width, kernel=1, stride=stride, norm=False)
    count.norm()
    count.head()
    return count


@pytest.mark.parametrize(
    ("name", "depth", "widen", "published"),
    [
        ("cifar_wrn_16_2", 16, 2, "0.70"),
        ("cifar_wrn_40_1", 40, 1, "0.57"),
        ("cifar_wrn_40_2", 40, 2, "2.26"),
    ],
)
def test_sizes_as_published(name, depth, widen, published):
    check(name, by_hand(depth, widen), published)


def test_layers_are_named_as_in_repdistiller():
    names = set(build_model("cifar_wrn_16_2", 100, (3, 32, 32)).net.state_dict())
    assert {"conv1.weight", "block1.layer.0.bn1.weight", "block1.layer.0.convShortcut.weight"} <= names
    assert {"block3.layer.1.conv2.weight", "bn1.running_var", "fc.bias"} <= names


def test_dropout_is_an_argument_and_only_of_training():
    images = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    model = build_model("cifar_wrn_16_2", 10, (3, 32, 32), arguments={"dropout": 0.5})
    with torch.no_grad():
        assert not torch.equal(model.train()(images), model(images))
        assert torch.equal(model.eval()(images), model(images))
