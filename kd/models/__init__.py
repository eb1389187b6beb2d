"""Models by name: built in, or ``package.module:factory``.

A factory takes ``num_classes`` and ``input_shape`` (channels, height, width) and returns a module
from normalised float images [B, C, H, W] to logits [B, num_classes].
"""

import importlib
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from kd.errors import InputError
from kd.models.mnist import mnist_cnn, mnist_mlp

Factory = Callable[[int, tuple[int, int, int]], nn.Module]
BUILT_IN: dict[str, Factory] = {"mnist_cnn": mnist_cnn, "mnist_mlp": mnist_mlp}


class ImageModel(nn.Module):
    """A network with its own input normalisation: takes uint8 images, gives float32 logits."""

    mean: Tensor
    std: Tensor

    def __init__(self, net: nn.Module, mean: Sequence[float] = (0.0,), std: Sequence[float] = (1.0,)) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1) * 255, persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1) * 255, persistent=False)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        """Logits [B, classes] of uint8 images [B, C, H, W]."""
        logits: Tensor = self.net((images_BCHW.float() - self.mean) / self.std)
        return logits.float()


def build_model(name: str, num_classes: int, input_shape: tuple[int, int, int]) -> ImageModel:
    """A freshly initialised model; torch's global generator decides its weights.

    Raises:
        InputError: No such name, no such import path, or a factory that gives no module.
    """
    net = _factory(name)(num_classes, input_shape)
    if not isinstance(net, nn.Module):
        raise InputError(f"model: {name} returned {type(net).__name__}, not a torch module")
    return ImageModel(net, *_normalisation(net))


def _normalisation(net: nn.Module) -> tuple[Sequence[float], Sequence[float]]:
    """``net.image_mean`` and ``net.image_std`` (per channel, of pixels in 0…1) where it has them."""
    return getattr(net, "image_mean", (0.0,)), getattr(net, "image_std", (1.0,))


def _factory(name: str) -> Factory:
    module_name, colon, attribute = name.partition(":")
    if not colon:
        if name in BUILT_IN:
            return BUILT_IN[name]
        raise InputError(f"model: no model '{name}'; there are {', '.join(BUILT_IN)}, or package.module:factory")
    try:
        factory: Factory = getattr(importlib.import_module(module_name), attribute)
    except Exception as error:  # importing runs the user's code, which may raise anything
        reason = str(error).partition("\n")[0]
        raise InputError(f"model: cannot import {name}: {type(error).__name__}: {reason}") from error
    if not callable(factory):
        raise InputError(f"model: {name} is a {type(factory).__name__}, not a factory")
    return factory
