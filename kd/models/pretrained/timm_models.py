"""``timm:NAME``, and folders and repositories in timm's layout (``hf:timm/…``), fed as their ``pretrained_cfg`` says.

timm builds the network, loads its weights and fits its head. A ``pretrained_cfg`` that came with a folder is somebody
else's: of it, what says how images are fed and what the head is called is taken, and nothing that names a file.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from safetensors.torch import save_file
from torch import nn

from kd.config import TIMM_PREFIX, Normalization
from kd.errors import InputError
from kd.files import write_bytes
from kd.models.image_model import ImageModel
from kd.models.pretrained.libraries import PRETRAINED, cannot_build, check_channels, check_known, import_library
from kd.models.pretrained.limits import check_timm
from kd.models.pretrained.processing import processing_of_timm

CONFIG, WEIGHTS = "config.json", "model.safetensors"
_NOT_FILES = (
    "architecture", "tag", "num_classes", "input_size", "test_input_size", "min_input_size", "fixed_input_size",
    "interpolation", "crop_pct", "test_crop_pct", "crop_mode", "mean", "std", "pool_size", "first_conv", "classifier",
)  # fmt: skip


class Kept(NamedTuple):
    """A network as timm keeps one in a folder or in a repository of the Hub."""

    architecture: str
    cfg: dict[str, Any]
    arguments: dict[str, Any]
    weights: Path


def build_timm(
    name: str,
    num_classes: int,
    input_shape: tuple[int, int, int],
    normalize: Normalization | None,
    image_size: tuple[int, int] | None,
    arguments: Mapping[str, Any],
) -> ImageModel:
    """``timm:NAME``, with its weights where ``pretrained`` is not false; a head of another width is new.

    Raises:
        InputError: timm is not installed, has no such network, or cannot build or load it.
    """
    timm = import_library("timm", name)
    architecture = name.removeprefix(TIMM_PREFIX)
    given = {key: value for key, value in arguments.items() if key != PRETRAINED}
    check_timm(architecture, given)
    check_known(TIMM_PREFIX, architecture.partition(".")[0], timm.list_models())
    is_pretrained = bool(arguments.get(PRETRAINED, True))
    try:
        net = timm.create_model(architecture, pretrained=is_pretrained, num_classes=num_classes, **given)
    except Exception as error:  # of files, of the network, of arguments: timm raises them as they come
        raise cannot_build(name, error, arguments) from error
    return _fed(name, net, num_classes, input_shape, normalize, image_size, given, is_pretrained)


def is_of_timm(config: Any) -> bool:
    """Whether a configuration of transformers is its wrapper around timm's layout."""
    return getattr(config, "model_type", None) == "timm_wrapper"


def read_kept(place: str, revision: str) -> Kept:
    """What timm's layout says, in a folder or on the Hub.

    Raises:
        InputError: It asks for other files, or has no weights that are tensors alone.
    """
    from transformers.utils.hub import cached_file

    found = [cached_file(place, file, revision=revision) for file in (CONFIG, WEIGHTS)]
    content = json.loads(Path(str(found[0])).read_bytes())
    arguments = {key: value for key, value in (content.get("model_args") or {}).items() if key != "num_classes"}
    check_timm(str(content.get("architecture")), arguments)
    cfg = content.get("pretrained_cfg") or {}
    known = {key: cfg[key] for key in _NOT_FILES if cfg.get(key) is not None}
    known["num_classes"] = content.get("num_classes") or cfg.get("num_classes") or 1000  # as timm takes it
    return Kept(content["architecture"], known, arguments, Path(str(found[1])))


def build_kept(
    name: str,
    kept: Kept,
    num_classes: int,
    input_shape: tuple[int, int, int],
    class_names: Sequence[str] | None,
    normalize: Normalization | None,
    image_size: tuple[int, int] | None,
    arguments: Mapping[str, Any],
) -> ImageModel:
    """A network of timm's layout with its weights; a head of another width is new.

    Raises:
        InputError: timm is not installed, or cannot build or load it.
    """
    timm = import_library("timm", name)
    given = kept.arguments | dict(arguments)
    check_timm(kept.architecture, given)
    check_known(TIMM_PREFIX, kept.architecture.partition(".")[0], timm.list_models())
    try:
        net = timm.create_model(
            kept.architecture.partition(".")[0],
            pretrained=True,
            pretrained_cfg=kept.cfg,
            pretrained_cfg_overlay={"file": str(kept.weights)},
            num_classes=num_classes,
            **given,
        )
    except Exception as error:
        raise cannot_build(name, error, given) from error
    net.class_names = list(class_names) if class_names else None
    return _fed(name, net, num_classes, input_shape, normalize, image_size, given, is_pretrained=True)


def keep(folder: Path, model: ImageModel) -> None:
    """Write a network in timm's layout: ``timm.create_model("local-dir:…")`` and transformers' wrapper load it."""
    net: Any = model.net
    size = model.input_size or tuple(net.pretrained_cfg["input_size"][1:])
    mean, std = ([round(value / 255, 6) for value in values.flatten().tolist()] for values in (model.mean, model.std))
    channels = len(mean)
    cfg = {key: net.pretrained_cfg.get(key) for key in _NOT_FILES if net.pretrained_cfg.get(key) is not None} | {
        "num_classes": net.num_classes,
        "input_size": [channels, *size],
        "interpolation": model.interpolation.removesuffix("-exact"),
        "mean": mean,
        "std": std,
        "crop_pct": _crop_share(size, size if model.resize is None else model.resize),
        "crop_mode": "squash" if model.resize is None or isinstance(model.resize, tuple) else "center",
    }
    content = {
        "architecture": cfg.pop("architecture"),
        "num_classes": net.num_classes,
        "num_features": net.num_features,
        "pretrained_cfg": cfg,
        "model_args": dict(net.arguments),
        **({"label_names": net.class_names} if getattr(net, "class_names", None) else {}),
    }
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in net.state_dict().items()}
    save_file(tensors, folder / WEIGHTS, {"format": "pt"})
    write_bytes(folder / CONFIG, (json.dumps(content, indent=2) + "\n").encode())


def _crop_share(size: tuple[int, int], resize: int | tuple[int, int]) -> float:
    """The largest share of what images are resized to that is told back as just these sides: they are rounded down.

    >>> _crop_share((192, 192), 225), _crop_share((24, 20), (30, 25))
    (0.8533333333333333, 0.8)
    """
    wholes = (resize, resize) if isinstance(resize, int) else resize
    sides = list(zip(size, wholes, strict=True))
    share = min(side / whole for side, whole in sides)
    is_told = all(math.floor(side / share) >= whole for side, whole in sides)
    return share if is_told else math.nextafter(share, 0)


def _fed(
    name: str,
    net: Any,
    num_classes: int,
    input_shape: tuple[int, int, int],
    normalize: Normalization | None,
    image_size: tuple[int, int] | None,
    arguments: Mapping[str, Any],
    is_pretrained: bool,
) -> ImageModel:
    """What timm built, fed as its ``pretrained_cfg`` or the sweep file says."""
    cfg: dict[str, Any] = net.pretrained_cfg
    channels = int(arguments.get("in_chans", 3))
    check_channels(name, channels, input_shape[0])
    try:
        processing = processing_of_timm(_for(cfg, channels, arguments.get("img_size")))
    except InputError as error:
        raise InputError(f"model: {name}: {error}") from error
    model = processing.told(normalize, image_size).model(net, channels)
    model.described_by = "its pretrained_cfg" if normalize is None else "the sweep file"
    net.arguments = dict(arguments)
    if not is_pretrained:
        model.fresh_weights = tuple(net.state_dict())
    elif cfg["num_classes"] != num_classes:
        model.fresh_weights = _head(net, cfg.get("classifier") or ())
    return model


def _for(cfg: Mapping[str, Any], channels: int, size: Any) -> dict[str, Any]:
    """A ``pretrained_cfg`` for the channels and the size that the network was built with, as timm adapts it."""
    sides = (size, size) if isinstance(size, int) else tuple(size or cfg["input_size"][1:])
    told = dict(cfg) | {"input_size": (channels, *sides)}
    for key in ("mean", "std"):
        values = cfg.get(key) or ()
        if values and len(values) != channels:
            told[key] = (sum(values) / len(values),) * channels
    return told


def _head(net: nn.Module, classifier: str | Sequence[str]) -> tuple[str, ...]:
    """Names of the head's tensors."""
    heads = (classifier,) if isinstance(classifier, str) else tuple(classifier)
    return tuple(name for name in net.state_dict() if name.startswith(tuple(f"{head}." for head in heads)))
