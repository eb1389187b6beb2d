"""Where ReLU stands behind a pool or ``Flatten``, the network is the textbook's one to the last bit."""

from typing import Any

import pytest
import torch
from torch import nn

from kd.models import build_model

SHAPES = {
    "mnist_cnn": (1, 29, 28),
    "mnist_large_cnn": (1, 28, 28),
    "mnist_small_cnn": (1, 28, 28),
    "plain_conv": (1, 28, 28),
    "cifar_light_cnn": (3, 32, 32),
}


def textbook_order(net: nn.Module) -> nn.Module:
    """The same layers, each ReLU before the pool or ``Flatten`` that it stands behind."""
    layers = list(net.children())
    for place in range(1, len(layers)):
        if isinstance(layers[place], nn.ReLU) and isinstance(layers[place - 1], nn.MaxPool2d | nn.Flatten):
            layers[place - 1 : place + 1] = [nn.ReLU(), layers[place - 1]]
    return nn.Sequential(*layers)


def outcome(net: nn.Module, images_BCHW: Any) -> list[Any]:
    net.zero_grad()
    logits_BC = net(images_BCHW)
    nn.functional.cross_entropy(logits_BC, torch.arange(len(images_BCHW)) % 10).backward()
    return [logits_BC.detach(), *(parameter.grad.clone() for parameter in net.parameters())]


@pytest.mark.parametrize("name", SHAPES)
def test_logits_and_gradients_are_those_of_the_textbook_order(name):
    torch.manual_seed(0)
    net = build_model(name, 10, SHAPES[name]).net.train()
    theirs = textbook_order(net)
    assert [type(layer) for layer in theirs] != [type(layer) for layer in net.children()]
    images_BCHW = torch.randn(20, *SHAPES[name])
    for ours, textbook in zip(outcome(net, images_BCHW), outcome(theirs, images_BCHW), strict=True):
        assert torch.equal(ours, textbook)
