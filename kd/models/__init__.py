"""Models by name: built in, ``hf:ID-OR-FOLDER``, ``timm:NAME``, ``torchvision:NAME``, or ``package.module:factory``.

A factory takes ``num_classes`` and ``input_shape`` (channels, height, width), perhaps more by name, and returns a
module from normalised float images [B, C, H, W] to logits [B, num_classes]. The module may say how it wants
its images: ``image_mean`` and ``image_std`` (of pixels in 0…1) and ``image_size`` (height, width).
"""

import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor, nn

from kd.config import (
    HF_PREFIX,
    MODEL_FORMS,
    TIMM_PREFIX,
    TORCHVISION_PREFIX,
    Arguments,
    Normalization,
    is_of_library,
)
from kd.config.data import PixelCount
from kd.errors import InputError, one_line
from kd.model_source import where_modules_are
from kd.models.built_in.conv import cifar_light_cnn, plain_conv
from kd.models.built_in.mnist import mnist_cnn, mnist_large_cnn, mnist_mlp, mnist_small_cnn
from kd.models.built_in.resnet import cifar_resnet18, small_resnet
from kd.models.cifar import FACTORIES
from kd.models.image_model import ImageModel
from kd.models.pretrained.huggingface import SWEEP_FILE, build_pretrained
from kd.models.pretrained.timm_models import build_timm
from kd.models.pretrained.torchvision_models import build_torchvision

__all__ = ["BUILT_IN", "Factory", "ImageModel", "build_model", "check_logits"]

_HALF = (torch.float16, torch.bfloat16)
FACTORY_REMEDY = (
    "a factory takes the number of classes and the images' (channels, height, width): write one that calls it"
)

Factory = Callable[..., nn.Module]
BUILT_IN: dict[str, Factory] = {
    "mnist_cnn": mnist_cnn,
    "mnist_mlp": mnist_mlp,
    "mnist_large_cnn": mnist_large_cnn,
    "mnist_small_cnn": mnist_small_cnn,
    "cifar_resnet18": cifar_resnet18,
    "cifar_light_cnn": cifar_light_cnn,
    "small_resnet": small_resnet,
    "plain_conv": plain_conv,
} | {factory.__name__: factory for factory in FACTORIES}


def build_model(
    name: str,
    num_classes: int,
    input_shape: tuple[int, int, int],
    class_names: Sequence[str] | None = None,
    normalize: Normalization | None = None,
    image_size: tuple[int, int] | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> ImageModel:
    """A model ready to train; torch's global generator decides the weights that are not pretrained.

    Args:
        name: A built-in name, ``hf:ID-OR-FOLDER``, ``timm:NAME``, ``torchvision:NAME``, or ``package.module:factory``.
        num_classes: Width of its logits.
        input_shape: Channels, height, width of the images.
        class_names: In order; a pretrained model's head is given them.
        normalize: What the network is fed, instead of what its image processor or its module says.
        image_size: Height and width that images are resized to for it, likewise.
        arguments: What else its factory is called with, by name.

    Raises:
        InputError: No such name, no such import path, or a factory that gives no classifier of these images.
    """
    given = Arguments(arguments or {})
    if name.startswith(HF_PREFIX):
        model = build_pretrained(name, num_classes, input_shape, class_names, normalize, image_size, given)
    elif is_of_library(name):
        build = {TIMM_PREFIX: build_timm, TORCHVISION_PREFIX: build_torchvision}[name.partition(":")[0] + ":"]
        model = build(name, num_classes, input_shape, normalize, image_size, given)
    else:
        num_channels = max(input_shape[0], len(normalize.mean) if normalize else 0)  # grey is repeated
        fed = (num_channels, *(image_size or input_shape[1:]))
        model = _own_model(name, _factory(name), num_classes, fed, normalize, image_size, given)
    was_half = any(tensor.dtype in _HALF for tensor in model.parameters())
    if was_half:
        model.float()  # steps smaller than half precision resolves would be lost
    model.normalize, model.image_size, model.arguments = normalize, image_size, given
    try:
        logits = _use_fast_layout(name, model, input_shape)
    except InputError as error:
        remedy = "; its weights came in half precision and are float32 here: let it cast nothing to half precision"
        raise InputError(f"{error}{remedy if was_half else ''}") from error
    if logits is not None:
        check_logits(name, logits, 2, num_classes)
    return model


def _own_model(
    name: str,
    factory: Factory,
    num_classes: int,
    input_shape: tuple[int, int, int],
    normalize: Normalization | None,
    image_size: tuple[int, int] | None,
    arguments: Arguments,
) -> ImageModel:
    """``input_shape``: of what the network is fed."""
    call = f"{name}({', '.join([str(num_classes), str(input_shape), *(f'{k}={v!r}' for k, v in arguments.items())])})"
    _check_call(name, call, factory, (num_classes, input_shape), arguments)
    try:
        net = factory(num_classes, input_shape, **arguments)
    except InputError:
        raise
    except Exception as error:  # the user's code may raise anything
        raise InputError(f"model: {call} failed: {one_line(error)}; {FACTORY_REMEDY}") from error
    if not isinstance(net, nn.Module):
        raise InputError(f"model: {name} returned {type(net).__name__}, not a torch module")
    says = _what_it_says(name, net)
    wanted = normalize or says.normalize
    model = ImageModel(net, wanted.mean, wanted.std, image_size or says.input_size)
    if normalize is not None:
        model.described_by = SWEEP_FILE
    elif any(hasattr(net, key) for key in ("image_mean", "image_std", "image_size")):
        model.described_by = "its module"
    return model


class _Said(NamedTuple):
    normalize: Normalization
    input_size: tuple[int, int] | None


_SIZE: TypeAdapter[Any] = TypeAdapter(PixelCount | tuple[PixelCount, PixelCount] | None)


def _what_it_says(name: str, net: nn.Module) -> _Said:
    """How a module says that it wants its images, held to what a sweep file may say.

    Raises:
        InputError: It could not stand there.
    """
    mean, std = _numbers(getattr(net, "image_mean", 0.0)), _numbers(getattr(net, "image_std", 1.0))
    if 1 in (len(mean), len(std)):  # one number is for all channels
        mean, std = mean * (len(std) // len(mean) or 1), std * (len(mean) // len(std) or 1)
    try:
        normalize = Normalization(mean=mean, std=std)
    except ValidationError as error:
        raise InputError(f"model: {name}: image_mean and image_std of its module: {_first_reason(error)}") from error
    try:
        size = _SIZE.validate_python(_plain(getattr(net, "image_size", None)))
    except ValidationError as error:
        given = getattr(net, "image_size", None)
        raise InputError(
            f"model: {name}: image_size of its module is {given!r}; it is a side in pixels, or (height, width)"
        ) from error
    return _Said(normalize, (size, size) if isinstance(size, int) else size)


def _numbers(value: Any) -> tuple[Any, ...]:
    plain = _plain(value)
    return tuple(plain) if isinstance(plain, list | tuple) else (plain,)


def _plain(value: Any) -> Any:
    """Python's own numbers and lists in place of an array's or a tensor's."""
    return value.flatten().tolist() if isinstance(value, Tensor | np.ndarray) else value


def _first_reason(error: ValidationError) -> str:
    return error.errors()[0]["msg"].removeprefix("Value error, ")


def _check_call(name: str, call: str, factory: Factory, told: tuple[Any, ...], arguments: Arguments) -> None:
    """Refuse a call that the factory's signature does not take.

    Raises:
        InputError: Says what it takes.
    """
    try:
        signature = inspect.signature(factory)
    except ValueError:  # of some builtins none is known
        return
    try:
        signature.bind(*told)
    except TypeError as error:
        short = call.partition("(")[0]
        raise InputError(f"model: {name} cannot be called as {short}{told}: {error}; {FACTORY_REMEDY}") from error
    try:
        signature.bind(*told, **arguments)
    except TypeError as error:
        free = list(signature.parameters)[len(told) :]
        takes = f"{name} takes {', '.join(free)}" if free else f"{name} takes none beside what the data tells"
        raise InputError(f"model: {name} cannot be called as {call}: {error}; arguments: {takes}") from error


def check_logits(name: str, logits: Tensor, num_images: int, num_classes: int) -> None:
    """Refuse what are not logits [images, classes] of the data's classes.

    Raises:
        InputError: Of another shape; the message says which is wanted and how to come by it.
    """
    if logits.shape == (num_images, num_classes):
        return
    if logits.ndim == 2 and len(logits) == num_images:
        raise InputError(
            f"model: {name} gives {logits.shape[1]:,} logits per image, the data has {num_classes:,} classes; make "
            "its last layer as wide as num_classes says, the first argument of its factory"
        )
    raise InputError(
        f"model: {name} gives {list(logits.shape)} for {num_images} images; wanted are logits "
        f"[{num_images}, {num_classes}]: pool or flatten what its last layer gives"
    )


def _use_fast_layout(name: str, model: ImageModel, input_shape: tuple[int, int, int]) -> Tensor | None:
    """Channels last, in which convolutions are faster on CPUs and GPUs alike, where the network can be computed so.

    One that flattens with ``view`` cannot.

    Returns:
        The logits of two black images; None where a GPU may be needed for them.

    Raises:
        InputError: The network does not take the images.
    """
    training = model.training
    images_BCHW = torch.zeros(2, *input_shape, dtype=torch.uint8)
    try:
        for layout in (torch.channels_last, torch.contiguous_format):
            model.to(memory_format=layout)  # type: ignore[call-overload]
            try:
                with torch.no_grad(), torch.random.fork_rng(devices=[]):
                    return cast("Tensor", model.eval()(images_BCHW))
            except RuntimeError as error:
                if layout is torch.contiguous_format and not torch.cuda.is_available():
                    raise InputError(_not_taken(name, model, input_shape, error)) from error
        return None
    except InputError as error:
        raise InputError(str(error) if str(error).startswith("model:") else f"model: {name} {error}") from error
    except Exception as error:  # the user's code may raise anything
        raise InputError(_not_taken(name, model, input_shape, error)) from error
    finally:
        model.train(training)


def _not_taken(name: str, model: ImageModel, input_shape: tuple[int, int, int], error: Exception) -> str:
    height, width = model.input_size or input_shape[1:]
    shape = "×".join(map(str, (input_shape[0], height, width)))
    return f"model: {name} cannot compute images of {shape}: {one_line(error)}"


def _factory(name: str) -> Factory:
    module_name, colon, attribute = name.partition(":")
    if not colon:
        if name in BUILT_IN:
            return BUILT_IN[name]
        raise InputError(f"model: no model '{name}'; there are {MODEL_FORMS}")
    try:
        factory: Factory = getattr(importlib.import_module(module_name), attribute)
    except Exception as error:  # importing runs the user's code, which may raise anything
        place = where_modules_are()
        raise InputError(
            f"model: cannot import {name}: {one_line(error)}; a factory is named module:function, and {place}"
        ) from error
    if not callable(factory):
        raise InputError(f"model: {name} is a {type(factory).__name__}, not a factory")
    return factory
