"""Models by name: built in, ``hf:ID-OR-FOLDER``, or ``package.module:factory``.

A factory takes ``num_classes`` and ``input_shape`` (channels, height, width) and returns a module
from normalised float images [B, C, H, W] to logits [B, num_classes]. The module may say how it wants
its images: ``image_mean`` and ``image_std`` (of pixels in 0…1) and ``image_size`` (height, width).
"""

import importlib
from collections.abc import Callable, Sequence

import torch
from torch import nn

from kd.config import HF_PREFIX, MODEL_FORMS
from kd.errors import InputError
from kd.models.conv import cifar_light_cnn, plain_conv
from kd.models.huggingface import build_pretrained
from kd.models.image_model import ImageModel
from kd.models.mnist import mnist_cnn, mnist_mlp
from kd.models.resnet import cifar_resnet18, small_resnet

__all__ = ["BUILT_IN", "Factory", "ImageModel", "build_model"]


Factory = Callable[[int, tuple[int, int, int]], nn.Module]
BUILT_IN: dict[str, Factory] = {
    "mnist_cnn": mnist_cnn,
    "mnist_mlp": mnist_mlp,
    "cifar_resnet18": cifar_resnet18,
    "cifar_light_cnn": cifar_light_cnn,
    "small_resnet": small_resnet,
    "plain_conv": plain_conv,
}


def build_model(
    name: str, num_classes: int, input_shape: tuple[int, int, int], class_names: Sequence[str] | None = None
) -> ImageModel:
    """A model ready to train; torch's global generator decides the weights that are not pretrained.

    Args:
        name: A built-in name, ``hf:ID-OR-FOLDER``, or ``package.module:factory``.
        num_classes: Width of its logits.
        input_shape: Channels, height, width of the images.
        class_names: In order; a pretrained head that names its classes otherwise is refused.

    Raises:
        InputError: No such name, no such import path, or a factory that gives no module.
    """
    if name.startswith(HF_PREFIX):
        model = build_pretrained(name, num_classes, input_shape, class_names)
    else:
        model = _own_model(name, _factory(name)(num_classes, input_shape))
    _use_fast_layout(model, input_shape)
    return model


def _own_model(name: str, net: object) -> ImageModel:
    if not isinstance(net, nn.Module):
        raise InputError(f"model: {name} returned {type(net).__name__}, not a torch module")
    return ImageModel(
        net,
        getattr(net, "image_mean", (0.0,)),
        getattr(net, "image_std", (1.0,)),
        getattr(net, "image_size", None),
    )


def _use_fast_layout(model: ImageModel, input_shape: tuple[int, int, int]) -> None:
    """Channels last, in which convolutions are faster on CPUs and GPUs alike, where the network can be computed so.

    One that flattens with ``view`` cannot.
    """
    training = model.training
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            model.eval()(torch.zeros(2, *input_shape, dtype=torch.uint8))
    except RuntimeError:
        model.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    model.train(training)


def _factory(name: str) -> Factory:
    module_name, colon, attribute = name.partition(":")
    if not colon:
        if name in BUILT_IN:
            return BUILT_IN[name]
        raise InputError(f"model: no model '{name}'; there are {MODEL_FORMS}")
    try:
        factory: Factory = getattr(importlib.import_module(module_name), attribute)
    except Exception as error:  # importing runs the user's code, which may raise anything
        reason = str(error).partition("\n")[0]
        raise InputError(f"model: cannot import {name}: {type(error).__name__}: {reason}") from error
    if not callable(factory):
        raise InputError(f"model: {name} is a {type(factory).__name__}, not a factory")
    return factory
