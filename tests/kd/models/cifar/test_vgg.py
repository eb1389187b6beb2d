"""The VGGs have the sizes that papers print, and the layers of RepDistiller's files."""

import pytest
import torch
from torch import nn

from kd.models import build_model
from tests.kd.models.cifar.by_hand import Count, check


def by_hand(num_layers):
    count = Count()
    for stage, width in enumerate((64, 128, 256, 512, 512)):
        count.side //= 2 if stage in (1, 2, 3) else 1  # none before the last stage
        for _ in range(num_layers):
            count.conv(width, bias=True)
    count.head()
    return count


@pytest.mark.parametrize(("name", "num_layers", "published"), [("cifar_vgg8", 1, "3.97"), ("cifar_vgg13", 2, "9.46")])
def test_sizes_as_published(name, num_layers, published):
    check(name, by_hand(num_layers), published)


def test_layers_are_named_as_in_repdistiller():
    names = set(build_model("cifar_vgg13", 100, (3, 32, 32)).net.state_dict())
    assert {"block0.0.bias", "block0.1.running_var", "block0.3.weight", "block4.4.weight", "classifier.bias"} <= names


def test_images_of_64_pixels_are_halved_once_more():
    sides = []
    for side in (32, 64):
        net = build_model("cifar_vgg8", 10, (3, side, side)).net
        last = [module for module in net.modules() if isinstance(module, nn.Conv2d)][-1]
        last.register_forward_hook(lambda _, inputs, output: sides.append(output.shape[2]))
        net.eval()(torch.zeros(1, 3, side, side))
    assert sides == [4, 4]
