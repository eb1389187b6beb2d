"""Models and images for scripts: the sweep's own readers and writers, with plain arguments.

Every error is an ``InputError`` of one line.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from torch import Tensor, nn

from kd.config import HF_PREFIX, DataConfig, is_of_library
from kd.data.decoded import store
from kd.errors import InputError, UnreadableFileError
from kd.model_card import CARD, card_path
from kd.models import ImageModel, build_model, files, onnx
from kd.models.pretrained.libraries import without_weights
from kd.records import ModelCard

_ARGUMENTS = {
    "data.source: ": "",
    "folder:": "",
    "data.image_size": "size",
    "data.skip_corrupt: true": "skip_corrupt=True",
}


class LabelledImages(NamedTuple):
    """Images [N, C, H, W] uint8, their classes [N] int64, and what the classes are called."""

    images: Tensor
    labels: Tensor
    class_names: list[str]


def load_model(folder: Path | str, device: torch.device | str = "cpu", factory: str | None = None) -> ImageModel:
    """A trained model, as a sweep or ``save_model`` left it, in evaluation mode.

    It takes uint8 images [batch, channels, height, width] as they are stored, resizes and normalises them itself, and
    gives float32 logits [batch, classes].

    Args:
        folder: ``results/SWEEP/model``, a run's ``model``, or a published one.
        device: Where to.
        factory: The ``package.module:factory`` that may be imported for it; a folder's own word runs no code.

    Raises:
        InputError: The folder holds no model, one that cannot be built here, or one of code that was not named.
    """
    with _in_one_line(Path(folder)):
        return files.load_model(Path(folder), torch.device(device), factory).eval()


def save_model(
    folder: Path | str, model: nn.Module, name: str, input_shape: tuple[int, int, int], class_names: Sequence[str]
) -> str:
    """Write a trained model so that ``load_model``, ``export_onnx`` and a sweep's ``checkpoint`` can read it.

    Args:
        folder: Made where it is not there; a model in it is replaced.
        model: What ``build_model(name, …)`` gave; or, of ``package.module:factory``, what the factory gave.
        name: As ``build_model`` takes it: it builds the network again when the model is loaded.
        input_shape: Channels, height, width of the images that ``model`` is given.
        class_names: In the order of the logits.

    Returns:
        The SHA-256 of the weights.

    Raises:
        InputError: ``name`` builds another network than ``model``, or none.
    """
    folder = Path(folder)
    wrapped = model if isinstance(model, ImageModel) else ImageModel(model)
    card = files.card_for(name, wrapped, input_shape, [str(each) for each in class_names])
    if not name.startswith(HF_PREFIX):
        _check_same(wrapped, name, card, is_wrapped_here=wrapped is not model)
    elif wrapped is not model:
        raise InputError(f"model: to be saved as {name} it must come from kd.build_model")
    folder.mkdir(parents=True, exist_ok=True)
    return files.save_model(folder, wrapped, card)


def export_onnx(folder: Path | str, out: Path | str, factory: str | None = None) -> onnx.Parity:
    """Write a saved model as one ONNX file, once ONNX Runtime was seen to give torch's logits.

    The graph takes uint8 images [batch, channels, height, width], any number at once, and gives float32 logits
    [batch, classes].

    Args:
        folder: As of ``load_model``.
        out: The file to write; its folder is made.
        factory: As of ``load_model``.

    Returns:
        How far ONNX Runtime's logits are from torch's, in their own unit.

    Raises:
        InputError: There is no model, the extra ``kd-sweep[onnx]`` is not installed, or the model cannot be exported.
    """
    with _in_one_line(Path(folder)):
        return onnx.export_onnx(Path(folder), Path(out), factory)


def open_folder(
    path: Path | str, size: int | tuple[int, int] | None = None, split: str | None = None, skip_corrupt: bool = False
) -> LabelledImages:
    """The images of a folder with a sub-folder per class, read as a sweep reads ``folder:PATH``, in memory.

    Args:
        path: Holds the class folders; or ``train``, and perhaps ``val`` and ``test``, which hold them.
        size: Side, or (height, width), that the largest centred box of each image is resized to; None where all are of
            one size.
        split: ``train``, ``val`` or ``test``; None: train, which is all where there are no splits.
        skip_corrupt: Leave unreadable images out, with a warning, instead of stopping.

    Returns:
        Sorted by class, then by path: shuffle before you divide them. Grey images have one channel, unless others of
        the folder are in colour.

    Raises:
        InputError: There is no such folder or split, it is laid out otherwise, an image is damaged, or sizes differ.
    """
    split = split or "train"
    try:
        config = DataConfig(source=f"folder:{path}", image_size=size, skip_corrupt=skip_corrupt)
    except ValidationError as error:
        raise InputError(f"size: {error.errors()[0]['msg']}, got {size!r}") from error
    with tempfile.TemporaryDirectory() as scratch:
        with _said_of_arguments():
            index = store.prepare(config, Path(scratch))
        if split not in index.splits:
            raise InputError(f"split: {path} has no {split}, only {', '.join(index.splits)}")
        folder = Path(scratch) / index.digest
        images, labels = (torch.from_numpy(np.load(folder / f"{split}_{kind}.npy")) for kind in ("images", "labels"))
    return LabelledImages(images, labels, index.class_names)


@contextmanager
def _said_of_arguments() -> Iterator[None]:
    """What a sweep's reader says of keys in a sweep file, said of ``open_folder``'s arguments."""
    try:
        yield
    except InputError as error:
        message = str(error)
        for key, argument in _ARGUMENTS.items():
            message = message.replace(key, argument)
        raise InputError(message) from error


@contextmanager
def _in_one_line(folder: Path) -> Iterator[None]:
    """What can be wrong with a model folder, said as an ``InputError``."""
    try:
        yield
    except FileNotFoundError as error:
        hint = "a complete sweep has one in results/SWEEP/model"
        raise InputError(f"{folder}: holds no trained model; {hint}") from error
    except UnreadableFileError as error:
        is_foreign = card_path(folder).name == CARD  # perhaps
        hint = f"; a folder of transformers is opened by build_model('{HF_PREFIX}{folder}', …)" if is_foreign else ""
        raise InputError(f"{error}{hint}") from error
    except (SafetensorError, RuntimeError) as error:
        raise InputError(
            f"{folder}: its model cannot be built from its files: {' '.join(str(error).split())}; take another copy"
        ) from error


def _check_same(model: ImageModel, name: str, card: ModelCard, is_wrapped_here: bool) -> None:
    """Refuse what would be another model when it is loaded.

    Raises:
        InputError: What ``name`` builds has other weights, or is fed otherwise.
    """
    with torch.random.fork_rng(devices=[]):
        again = build_model(
            name,
            card.num_classes,
            card.input_shape,
            normalize=card.normalize,
            image_size=card.image_size,
            arguments=without_weights(card.arguments) if is_of_library(name) else card.arguments,
        )
    shapes = [{key: value.shape for key, value in each.net.state_dict().items()} for each in (model, again)]
    odd = sorted(key for key in shapes[0].keys() | shapes[1].keys() if shapes[0].get(key) != shapes[1].get(key))
    if odd:
        raise InputError(
            f"model: {name} for {card.num_classes} classes of {list(card.input_shape)} images builds another network "
            f"than the one to save; they differ in {', '.join(odd[:3])}"
        )
    if not is_wrapped_here and _feeding(model) != _feeding(again):
        raise InputError(
            f"model: {name} wants its images normalised or resized otherwise than the model to save; build that by "
            "build_model(…, normalize=…, image_size=…), or have its module say image_mean, image_std and image_size"
        )


def _feeding(model: ImageModel) -> tuple[object, ...]:
    """What an image goes through before the network sees it."""
    numbers = model.mean.flatten().tolist(), model.std.flatten().tolist()
    return *numbers, model.input_size, model.resize, model.flip_channels
