"""``hf:ID``, ``hf:ID@REVISION`` and ``hf:FOLDER``: an image classifier of the Hugging Face Hub or in its layout.

A run is named after what stands here. Without a revision the Hub's main branch is meant, which may move.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from kd.config import HF_PREFIX
from kd.errors import InputError
from kd.files import write_bytes
from kd.models.image_model import ImageModel, Interpolation

_RESAMPLINGS: dict[int, Interpolation] = {2: "bilinear", 3: "bicubic"}  # Pillow's numbers
_UNNAMED = re.compile(r"LABEL_\d+")


class Processing(NamedTuple):
    """What an image processor's configuration asks for; ``mean`` and ``std`` are of pixels in 0…1."""

    input_size: tuple[int, int] | None
    mean: tuple[float, ...]
    std: tuple[float, ...]
    interpolation: Interpolation


def build_pretrained(
    name: str, num_classes: int, input_shape: tuple[int, int, int], class_names: Sequence[str] | None = None
) -> ImageModel:
    """A pretrained classifier whose head fits ``num_classes``; a replaced head is freshly initialised.

    Args:
        name: ``hf:ID``, ``hf:ID@REVISION`` or ``hf:FOLDER``.
        num_classes: Of the data.
        input_shape: Channels, height, width of the data.
        class_names: Of the data, in order.

    Raises:
        InputError: It cannot be loaded, or its classes are the data's in another order.
    """
    place, revision = _place(name)
    with _loading(name, place):
        from transformers import AutoConfig, AutoModelForImageClassification

        theirs = AutoConfig.from_pretrained(place, revision=revision)
        if class_names is not None and theirs.num_labels == num_classes:
            check_class_order(name, theirs.id2label, class_names)
        labels = {} if class_names is None else dict(enumerate(class_names))
        if not labels and theirs.num_labels == num_classes:
            labels = theirs.id2label
        config = AutoConfig.from_pretrained(place, revision=revision, num_labels=num_classes)
        if labels:
            config.id2label, config.label2id = labels, {label: number for number, label in labels.items()}
        net = AutoModelForImageClassification.from_pretrained(
            place, revision=revision, config=config, ignore_mismatched_sizes=True
        )
        processing = _read_processing(place, revision, config)
    channels = getattr(config, "num_channels", 3)
    if input_shape[0] not in (1, channels):
        raise InputError(f"model: {name} takes {channels} channel(s), the images have {input_shape[0]}")
    mean, std = (values * channels if len(values) == 1 else values for values in processing[1:3])
    return ImageModel(net, mean, std, processing.input_size, processing.interpolation)


def _place(name: str) -> tuple[str, str]:
    """The id or the path of the folder behind ``hf:``, and the revision."""
    text = name.removeprefix(HF_PREFIX)
    folder = Path(text).expanduser()
    if text and folder.is_dir():
        return str(folder), "main"
    if not text or text.startswith((".", "/", "~")):
        raise InputError(f"model: {name}: no folder {text or '(empty)'}")
    place, _, revision = text.partition("@")
    return place, revision or "main"


def check_class_order(name: str, theirs: Mapping[int, str], ours: Sequence[str]) -> None:
    """Refuse a head whose named classes are not the data's, one by one; spelling is read generously.

    Raises:
        InputError: Class k has another name there than here.
    """
    for number, own in enumerate(ours):
        other = theirs[number]
        if _UNNAMED.fullmatch(other) or other == own:
            continue
        if _plain(other) != _plain(own):
            raise InputError(
                f"model: class {number} is '{other}' for {name} and '{own}' in the data; "
                "the same classes in the same order are needed to use its head"
            )


def _plain(label: str) -> str:
    return re.sub(r"[\W_]+", "", label.casefold())


@contextmanager
def _loading(name: str, place: str) -> Iterator[None]:
    """Quiet, and with every failure in one line that says what was tried."""
    tried = f"folder {place}" if Path(place).is_dir() else f"the local cache and the Hugging Face Hub for {place}"
    try:
        from transformers.utils import logging
    except ImportError as error:
        raise InputError(f"model: {name} needs the package transformers: {error}") from error
    verbosity, had_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # the libraries below raise types of their own for damaged files
        reason = str(error).strip().partition("\n")[0]
        raise InputError(f"model: cannot load {name}: tried {tried}: {reason}") from error
    finally:
        logging.set_verbosity(verbosity)
        if had_bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _read_processing(place: str, revision: str, config: Any) -> Processing:
    """Of ``preprocessor_config.json``; without one, the network's own image size and 0.5 for mean and std."""
    from transformers.image_processing_base import ImageProcessingMixin

    try:
        content, _ = ImageProcessingMixin.get_image_processor_dict(place, revision=revision)
    except OSError:
        if (Path(place) / "preprocessor_config.json").exists():
            raise
        content = {"size": getattr(config, "image_size", None)}
    return processing_of(content)


def processing_of(content: Mapping[str, Any]) -> Processing:
    """The processing that an image processor's configuration describes.

    The whole image is brought to the size of the final crop: no border is cut off, since the images
    of small data sets have none to spare.
    """
    asked = content.get("crop_size") if content.get("do_center_crop") else None
    asked = asked or content.get("size")
    size = _size(asked) if content.get("do_resize", True) else None
    factor = content.get("rescale_factor", 1 / 255) if content.get("do_rescale", True) else 1.0
    offset = 1.0 if content.get("rescale_offset") else 0.0
    normalises = content.get("do_normalize", True)
    mean = tuple(content.get("image_mean") or (0.5,)) if normalises else (0.0,)
    std = tuple(content.get("image_std") or (0.5,)) if normalises else (1.0,)
    return Processing(
        input_size=size,
        mean=tuple((value + offset) / (255 * factor) for value in mean),
        std=tuple(value / (255 * factor) for value in std),
        interpolation=_RESAMPLINGS.get(content.get("resample", 2), "bicubic"),
    )


def _size(asked: Any) -> tuple[int, int] | None:
    """Of 224, [224, 224], {height, width} or {shortest_edge}."""
    match asked:
        case None:
            return None
        case int():
            return asked, asked
        case {"height": int(height), "width": int(width)} | [int(height), int(width)]:
            return height, width
        case {"shortest_edge": int(edge)}:
            return edge, edge
    raise ValueError(f"an image size such as 224 is wanted in preprocessor_config.json, found {asked!r}")


def save_pretrained(folder: Path, model: ImageModel) -> None:
    """Write network and image processor in Hugging Face layout: ``from_pretrained(folder)`` loads them."""
    net: Any = model.net
    with _loading("the trained model", str(folder)):
        net.save_pretrained(folder)
    height, width = model.input_size or (None, None)
    resamplings: dict[str, Literal[2, 3]] = {"bilinear": 2, "bicubic": 3}
    content = {
        "image_processor_type": "ViTImageProcessor",
        "do_resize": model.input_size is not None,
        "size": {"height": height, "width": width} if model.input_size else None,
        "resample": resamplings[model.interpolation],
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [round(value / 255, 6) for value in model.mean.flatten().tolist()],
        "image_std": [round(value / 255, 6) for value in model.std.flatten().tolist()],
    }
    write_bytes(folder / "preprocessor_config.json", (json.dumps(content, indent=2) + "\n").encode())
