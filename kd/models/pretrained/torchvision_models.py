"""``torchvision:NAME``: a classifier of torchvision, fed as the transforms of its weights say."""

import warnings
from collections.abc import Mapping
from typing import Any

from torch import nn

from kd.config import TORCHVISION_PREFIX, Normalization
from kd.errors import InputError
from kd.models.image_model import ImageModel, Interpolation
from kd.models.pretrained.libraries import PRETRAINED, cannot_build, check_channels, check_known, import_library
from kd.models.pretrained.limits import check_counts
from kd.models.pretrained.processing import Processing

_MODES: dict[str, Interpolation] = {
    "nearest": "nearest-exact",
    "nearest-exact": "nearest-exact",
    "bilinear": "bilinear",
    "bicubic": "bicubic",
}
_CHANNELS = 3  # of every classifier of torchvision
_WEIGHTS = "weights"
_OWN = {PRETRAINED, _WEIGHTS}


def build_torchvision(
    name: str,
    num_classes: int,
    input_shape: tuple[int, int, int],
    normalize: Normalization | None,
    image_size: tuple[int, int] | None,
    arguments: Mapping[str, Any],
) -> ImageModel:
    """``torchvision:NAME``, with its weights where ``pretrained`` is not false; a head of another width is new.

    Args:
        name: With its prefix.
        num_classes: Of the data.
        input_shape: Of the data's images.
        normalize: Instead of what the transforms do.
        image_size: Likewise.
        arguments: Of its builder, and ``weights``, the name of one of its sets of weights; the default ones else.

    Raises:
        InputError: torchvision is not installed, has no such classifier or weights, or cannot build or load them.
    """
    weights = find_weights(name, arguments)
    check_channels(name, _CHANNELS, input_shape[0])
    given = {key: value for key, value in arguments.items() if key not in _OWN}
    if "progress" in given:
        raise InputError(f"model: {name}: progress is no argument of the network")
    check_counts(given)
    is_pretrained = bool(arguments.get(PRETRAINED, True))
    models = import_library("torchvision", name).models
    network = name.removeprefix(TORCHVISION_PREFIX)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of how GoogLeNet and Inception will be drawn some day
            net = models.get_model(network, weights=None, num_classes=num_classes, **given)
        fresh = load_weights(net, weights) if is_pretrained else tuple(net.state_dict())
    except Exception as error:  # of files, of the network, of arguments: torchvision raises them as they come
        raise cannot_build(name, error, arguments) from error
    model = _processing(weights).told(normalize, image_size).model(net, _CHANNELS)
    model.described_by = "the transforms of its weights" if normalize is None else "the sweep file"
    model.fresh_weights = fresh
    return model


def find_weights(name: str, arguments: Mapping[str, Any]) -> Any:
    """The set of weights that is meant; nothing is loaded.

    Raises:
        InputError: torchvision is not installed, or has no such classifier or weights.
    """
    models = import_library("torchvision", name).models
    network = name.removeprefix(TORCHVISION_PREFIX)
    check_known(TORCHVISION_PREFIX, network, models.list_models(module=models))
    sets = models.get_model_weights(network)
    asked = str(arguments.get(_WEIGHTS, "DEFAULT"))
    if asked not in sets.__members__:
        raise InputError(f"model: {name} has no weights {asked}; there are {', '.join(sets.__members__)}")
    return sets[asked]


def read_categories(name: str, arguments: Mapping[str, Any]) -> list[str]:
    """The names that its head gives its classes, in order."""
    return list(find_weights(name, arguments).meta["categories"])


def load_weights(net: nn.Module, weights: Any) -> tuple[str, ...]:
    """Give a network a set of weights, but for a head of another width.

    Returns:
        The names of the tensors that stay as they are.

    Raises:
        RuntimeError: The weights are another network's.
    """
    if hasattr(net, "transform_input"):
        net.transform_input = True  # type: ignore[assignment]  # as its builder does where it is given weights, which were trained elsewhere
    given, own = weights.get_state_dict(progress=False, check_hash=True), net.state_dict()
    other_heads = {key for key, tensor in given.items() if key in own and own[key].shape != tensor.shape}
    result = net.load_state_dict({key: tensor for key, tensor in given.items() if key not in other_heads}, strict=False)
    odd = [key for key in result.unexpected_keys if not key.startswith(("aux", "AuxLogits"))]
    missing = [key for key in result.missing_keys if key not in other_heads]
    if odd or missing:
        raise RuntimeError(f"its weights are not this network's: {', '.join((odd + missing)[:3])}")
    return tuple(sorted(other_heads))


def _processing(weights: Any) -> Processing:
    """Of evaluation: resized by the shorter side, and the middle cut out."""
    transform = weights.transforms()
    (side,), (whole,) = transform.crop_size, transform.resize_size
    return Processing(
        input_size=(side, side),
        mean=tuple(transform.mean),
        std=tuple(transform.std),
        interpolation=_MODES[transform.interpolation.value],
        resize=whole,
    )
