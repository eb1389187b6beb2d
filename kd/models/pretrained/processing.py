"""What a model of transformers wants of an image: read off its own image processor, and held against it.

``ImageModel`` resizes and normalises on the device. Here its numbers are found, and on random images of the model's
size it must feed the network what the processor does. What is not understood is refused, never guessed at.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from kd.config import Normalization
from kd.errors import InputError
from kd.model_source import PROCESSOR_FILES, processor_folder
from kd.models.image_model import ImageModel, Interpolation
from kd.models.pretrained.limits import FROM_THERE, check_input_size

PIXELS = "pixel_values"
TOLERANCE = 1e-4  # of the largest value that is fed
_RESAMPLINGS: dict[int, Interpolation] = {0: "nearest-exact", 2: "bilinear", 3: "bicubic"}  # Pillow's numbers
_PILLOW_NAMES = {1: "lanczos", 4: "box", 5: "hamming"}
_HARMLESS = {"do_convert_rgb", "do_reduce_labels", "do_thumbnail", "do_pad"}
"""Steps that leave an RGB image of the model's size as it is: for other modes, for label maps, for other shapes."""
_UNDERSTOOD = _HARMLESS | {"do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_flip_channel_order"}


class Processing(NamedTuple):
    """What an image processor does; ``mean`` and ``std`` are of pixels in 0…1, in the order of the network's channels.

    ``flip_channels``: the network wants blue, green, red. ``resize``: as of ``ImageModel``.
    """

    input_size: tuple[int, int] | None
    mean: tuple[float, ...]
    std: tuple[float, ...]
    interpolation: Interpolation
    flip_channels: bool = False
    resize: int | tuple[int, int] | None = None

    def told(self, normalize: Normalization | None, image_size: tuple[int, int] | None) -> "Processing":
        """With what the sweep file says instead; an image of the size that it says is fed whole."""
        told = self if normalize is None else self._replace(mean=normalize.mean, std=normalize.std)
        return told if image_size is None else told._replace(input_size=image_size, resize=None)

    def model(self, net: nn.Module, channels: int) -> ImageModel:
        """The network, fed so.

        Raises:
            InputError: A standard deviation is no number to divide by.
        """
        if not all(value > 0 for value in self.std):
            raise InputError(
                f"comes with a std of {list(self.std)}, which pixels cannot be divided by; say what it is fed: "
                "normalize: imagenet, none or {mean: …, std: …}"
            )
        mean, std = (values * channels if len(values) == 1 else values for values in (self.mean, self.std))
        return ImageModel(net, mean, std, self.input_size, self.interpolation, self.flip_channels, self.resize)


def read_processor(place: str, revision: str, config: Any) -> Any | None:
    """The model's own image processor; None where its folder or repository has none.

    Raises:
        InputError: It has one that cannot be opened here.
    """
    from transformers import AutoImageProcessor

    if Path(place).is_dir():
        place = str(processor_folder(Path(place)))
    try:
        return AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            place, revision=revision, backend="pil", **FROM_THERE
        )
    except OSError:
        if any((Path(place) / name).exists() for name in PROCESSOR_FILES):
            raise
        return None


def find_processing(processor: Any | None, config: Any) -> Processing:
    """What the processor does; without one, the network's own image size and 0.5 for mean and std.

    Raises:
        InputError: It does what is not understood here.
    """
    if processor is None:
        return Processing(_size(getattr(config, "image_size", None)), (0.5,), (0.5,), "bilinear")
    made = getattr(processor, "model_input_names", [PIXELS])
    if list(made) != [PIXELS]:
        raise InputError(f"its image processor makes {', '.join(made)} of images, not pixels alone")
    steps = dict.fromkeys(
        ("do_resize", "do_rescale", "do_normalize"), False
    )  # what its class leaves out it leaves undone
    return processing_of(steps | processor.to_dict())


def processing_of(content: Mapping[str, Any]) -> Processing:
    """The processing that an image processor's settings describe.

    The whole image is brought to the size of the final crop: no border is cut off, since the images
    of small data sets have none to spare.

    Raises:
        InputError: A step or a setting is not known here.
    """
    strange = sorted(
        key for key, value in content.items() if key.startswith("do_") and value and key not in _UNDERSTOOD
    )
    if strange:
        raise InputError(f"its image processor does what is not understood here: {', '.join(strange)}")
    factor = content.get("rescale_factor") or 1 / 255
    if not content.get("do_rescale", True):
        factor = 1.0
    offset = 1.0 if content.get("rescale_offset") else 0.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    if content.get("do_normalize", True):
        mean, std = tuple(content.get("image_mean") or (0.5,)), tuple(content.get("image_std") or (0.5,))
    mean, std = (
        tuple((value + offset) / (255 * factor) for value in mean),
        tuple(value / (255 * factor) for value in std),
    )
    if content.get("include_top"):  # EfficientNet divides by the standard deviation once more
        std = tuple(value * again for value, again in zip(std, content["image_std"], strict=True))
    return Processing(
        input_size=_final_size(content) if content.get("do_resize", True) else None,
        mean=mean,
        std=std,
        interpolation=_interpolation(content.get("resample", 2)),
        flip_channels=bool(content.get("do_flip_channel_order")),
    )


def processing_of_timm(content: Mapping[str, Any]) -> Processing:
    """The processing that timm's ``pretrained_cfg`` describes: of evaluation, with its crop.

    Raises:
        InputError: A setting is missing or not known here.
    """
    missing = [key for key in ("input_size", "mean", "std", "interpolation") if not content.get(key)]
    if missing:
        raise InputError(f"its pretrained_cfg lacks {', '.join(missing)}, so its images are not known")
    _, height, width = content["input_size"]
    check_input_size((height, width))
    known: dict[str, Interpolation] = {"nearest": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic"}
    name, crop = content["interpolation"], content.get("crop_mode") or "center"
    if name not in known:
        raise InputError(f"it resizes with {name}; known here are {', '.join(known)}")
    if crop not in ("center", "squash"):
        raise InputError(f"its pretrained_cfg has crop_mode {crop}; known here are center and squash")
    share = content.get("crop_pct") or 1.0
    whole = math.floor(height / share), math.floor(width / share)
    check_input_size(whole)
    resize = whole[0] if crop == "center" and whole[0] == whole[1] else whole
    return Processing((height, width), tuple(content["mean"]), tuple(content["std"]), known[name], resize=resize)


def check_processing(model: ImageModel, processor: Any | None, shape: tuple[int, int, int]) -> None:
    """Feed random images of the model's size to its own processor and to ``model``, which must see the same.

    Args:
        model: On the CPU.
        processor: Of transformers; without one there is nothing to hold against.
        shape: Channels of the network, and the height and width of images that are not resized.

    Raises:
        InputError: They differ; the message says in what.
    """
    if processor is None:
        return
    height, width = model.input_size or shape[1:]
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (2, shape[0], height, width), dtype=torch.uint8, generator=generator)
    theirs = _fed_by(processor, images, do_resize=False, do_center_crop=False)
    with torch.no_grad():
        ours = model.prepare(images).numpy()
    if theirs.shape != ours.shape:
        raise InputError(
            f"its image processor gives {list(theirs.shape[1:])} of an image, here it is {list(ours.shape[1:])}"
        )
    largest = max(float(np.abs(theirs).max()), 1e-12)
    if np.abs(ours - theirs).max() > TOLERANCE * largest:
        raise InputError(f"its image processor feeds it other pixels than are fed here: {_difference(ours, theirs)}")
    if model.input_size is not None:
        size = _fed_by(processor, images).shape[2:]
        if tuple(size) != model.input_size:
            raise InputError(f"its image processor gives images of {size[0]}×{size[1]}, here they are {height}×{width}")


def _fed_by(processor: Any, images_BCHW: torch.Tensor, **settings: bool) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What a processor makes of uint8 images.

    Raises:
        InputError: Something else than pixels.
    """
    fed = processor([image.numpy() for image in images_BCHW], input_data_format="channels_first", **settings)
    pixels = np.asarray(fed.get(PIXELS, ()), dtype=np.float64)
    if pixels.ndim != 4:
        raise InputError(f"its image processor makes {', '.join(sorted(fed))} of images, not pixels alone")
    return pixels


def _difference(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> str:
    """In what two batches differ, in a few words."""
    if np.allclose(ours[:, ::-1], theirs, atol=TOLERANCE * np.abs(theirs).max()):
        return "the channels come in the opposite order"
    numbers = [f"{values.mean():.4g} ± {values.std():.4g}" for values in (ours, theirs)]
    return f"random ones are {numbers[0]} here, {numbers[1]} there"


def describe_processing(model: ImageModel, shape: tuple[int, int, int]) -> str:
    """What is fed to a model, as in ``224×224, bicubic, mean 0.485 0.456 0.406, std 0.229 0.224 0.225``.

    Args:
        model: The model.
        shape: Channels, height and width of the data's images.
    """
    is_resized = model.input_size not in (None, shape[1:])
    words = ["{}×{}".format(*(model.input_size or shape[1:]))]
    if model.resize is not None and model.resize not in (model.input_size, *(model.input_size or ())):
        whole = (
            f"{model.resize} on the shorter side" if isinstance(model.resize, int) else "{}×{}".format(*model.resize)
        )
        sides = (model.resize, model.resize) if isinstance(model.resize, int) else model.resize
        is_smaller = any(part > side for part, side in zip(model.input_size or sides, sides, strict=True))
        cut = f"the middle {words[0]} of {whole}"
        words = [f"{whole}, cut or edged with black to {words[0]}" if is_smaller else cut]
    words += [model.interpolation.removesuffix("-exact")] if is_resized else []
    words += [f"{name} {_numbers(values)}" for name, values in (("mean", model.mean), ("std", model.std))]
    if model.flip_channels:
        words.append("blue, green, red")
    return ", ".join(words)


def _numbers(values_1C11: torch.Tensor) -> str:
    values = [f"{value / 255:.3g}" for value in values_1C11.flatten().tolist()]
    return values[0] if len(set(values)) == 1 else " ".join(values)


def _interpolation(resample: int) -> Interpolation:
    known = _RESAMPLINGS.get(int(resample))
    if known is None:
        name = _PILLOW_NAMES.get(int(resample), str(resample))
        raise InputError(
            f"its image processor resizes with {name}; known here are nearest, bilinear and bicubic "
            "(resample 0, 2 and 3 in its preprocessor_config.json)"
        )
    return known


def _final_size(content: Mapping[str, Any]) -> tuple[int, int] | None:
    crops_first = content.get("image_processor_type") == "PerceiverImageProcessor"  # a share, before it resizes
    cropped = content.get("crop_size") if content.get("do_center_crop") and not crops_first else None
    return _size(cropped or content.get("size"))


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
    raise InputError(f"its image processor wants images of size {asked!r}; known here is a size such as 224")
