"""Networks of other libraries whose logits say something."""

import pytest
import torch
from torch import nn

from tests.support import zoo


@pytest.fixture
def timm():
    return zoo.needed("timm")


@pytest.fixture
def torchvision():
    return zoo.needed("torchvision")


@pytest.fixture
def lively():
    """Gives the function that makes a new network tell images apart, as one with weights does."""

    def enliven(net: nn.Module, inputs: torch.Tensor) -> nn.Module:
        heads = [module for module in net.modules() if isinstance(module, nn.Linear | nn.Conv2d)]
        for module in heads:
            if not module.weight.any():  # some begin with a head of zeros
                nn.init.normal_(module.weight, std=0.02)
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None  # the statistics of these images, not a tenth of them
        with torch.no_grad():
            net.train()(inputs)
        return net.eval()

    return enliven
