"""The weights that VGG, MobileNetV2 and wide residual networks of this literature begin with."""

import math

from torch import nn


def draw_weights(net: nn.Module, head_std: float | None = None) -> None:
    """Convolutions from a normal distribution of variance 2 / (k² · output channels); biases are zero.

    Where a convolution is grouped this is not Kaiming's, which divides by the groups.

    Args:
        net: All of it is changed.
        head_std: Of the weights of linear layers; None leaves them as torch drew them.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            height, width = module.kernel_size
            nn.init.normal_(module.weight, std=math.sqrt(2 / (height * width * module.out_channels)))
        elif isinstance(module, nn.Linear) and head_std is not None:
            nn.init.normal_(module.weight, std=head_std)
        if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
