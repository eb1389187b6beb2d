"""``hf:ID``, ``hf:ID@REVISION`` and ``hf:FOLDER``: an image classifier of the Hugging Face Hub or in its layout.

A run is named after what stands here. Without a revision the Hub's main branch is meant, which may move.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kd.config import HF_PREFIX, Normalization
from kd.errors import InputError
from kd.files import write_bytes
from kd.model_source import check_json_sizes, model_folder
from kd.models.image_model import ImageModel, Interpolation
from kd.models.pretrained.limits import FROM_THERE, check_config, check_input_size, check_memory, check_settings
from kd.models.pretrained.processing import Processing, check_processing, find_processing, read_processor
from kd.models.pretrained.timm_models import build_kept, is_of_timm, keep, read_kept

SWEEP_FILE = "the sweep file"
FULL = "float32"  # whatever the file holds: steps smaller than half precision resolves are lost
ONE_CLASS = "single_label_classification"
NO_ARGUMENTS: Mapping[str, Any] = {}


def build_pretrained(
    name: str,
    num_classes: int,
    input_shape: tuple[int, int, int],
    class_names: Sequence[str] | None = None,
    normalize: Normalization | None = None,
    image_size: tuple[int, int] | None = None,
    arguments: Mapping[str, Any] = NO_ARGUMENTS,
) -> ImageModel:
    """A pretrained classifier whose head fits ``num_classes``; a replaced head is freshly initialised.

    Args:
        name: ``hf:ID``, ``hf:ID@REVISION`` or ``hf:FOLDER``.
        num_classes: Of the data.
        input_shape: Channels, height, width of the data.
        class_names: Of the data, in order.
        normalize: Instead of what its image processor does.
        image_size: Height and width, instead of those of its image processor.
        arguments: Settings of its ``config.json``, such as ``hidden_dropout_prob``; of a folder in timm's layout,
            arguments of ``timm.create_model``.

    Raises:
        InputError: It cannot be loaded, is another model's, or wants images that are not understood.
    """
    place, revision = _place(name)
    with _loading(name, place):
        from transformers import AutoConfig, AutoModelForImageClassification

        check_json_sizes(Path(place))
        from_there = FROM_THERE | {"revision": revision}
        theirs = AutoConfig.from_pretrained(place, **from_there)
        check_config(theirs)
        if is_of_timm(theirs):
            kept = read_kept(place, revision)
            return build_kept(name, kept, num_classes, input_shape, class_names, normalize, image_size, arguments)
        check_settings(theirs, arguments)
        labels = {} if class_names is None else dict(enumerate(class_names))
        if not labels and theirs.num_labels == num_classes:
            labels = theirs.id2label
        config = AutoConfig.from_pretrained(place, num_labels=num_classes, **arguments, **from_there)
        if labels:
            config.id2label, config.label2id = labels, {label: number for number, label in labels.items()}
        config.dtype = FULL
        if config.problem_type is not None:  # by which its loss and its probabilities are chosen where it is used next
            config.problem_type = ONE_CLASS
        check_memory(config)
        net, info = AutoModelForImageClassification.from_pretrained(
            place,
            config=config,
            dtype=FULL,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
            weights_only=True,
            **from_there,
        )
        is_told = normalize is not None and image_size is not None
        processor = None if is_told else read_processor(place, revision, config)
        processing = _NOTHING if is_told else find_processing(processor, config)
        check_input_size(processing.input_size)
    channels = getattr(config, "num_channels", 3)
    if input_shape[0] not in (1, channels):
        raise InputError(
            f"model: {name} takes {channels} channel(s), the images have {input_shape[0]}; "
            "take a model that fits, or other images"
        )
    model = processing.told(normalize, image_size).model(net, channels)
    model.fresh_weights = _fresh_weights(name, net, info)
    model.described_by = "its image processor" if processor else None
    if normalize is not None or image_size is not None:  # what the processor does is not what is wanted
        model.described_by = SWEEP_FILE if normalize is not None else model.described_by
        return model
    with _loading(name, place):
        check_processing(model, processor, (channels, *input_shape[1:]))
    return model


_NOTHING = Processing(None, (0.0,), (1.0,), "bilinear")


def read_head_names(name: str) -> list[str]:
    """The names that the head of ``hf:ID-or-folder`` gives its classes, in order.

    Raises:
        InputError: It cannot be loaded.
    """
    place, revision = _place(name)
    with _loading(name, place):
        from transformers import AutoConfig

        check_json_sizes(Path(place))
        names: dict[int, str] = AutoConfig.from_pretrained(place, revision=revision, **FROM_THERE).id2label
    return [names[number] for number in sorted(names)]


def _fresh_weights(name: str, net: Any, info: Any) -> tuple[str, ...]:
    """The tensors that were not loaded: of a head of another width, or that the folder does not have.

    Raises:
        InputError: More of the model is missing than is there.
    """
    sizes = {key: parameter.numel() for key, parameter in net.named_parameters()}
    missing = [key for key in info["missing_keys"] if key in sizes]
    if 2 * sum(sizes[key] for key in missing) > sum(sizes.values()):
        raise InputError(
            f"model: {name}: its weights are not a {type(net).__name__}'s: {len(missing)} of {len(sizes)} tensors "
            f"are missing, such as {missing[0]}; take another copy"
        )
    return tuple(sorted({*missing, *(key[0] for key in info["mismatched_keys"])}))


def _place(name: str) -> tuple[str, str]:
    """The id or the path of the folder behind ``hf:``, and the revision."""
    folder = model_folder(name)
    if folder is not None:
        return str(folder), "main"
    text = name.removeprefix(HF_PREFIX)
    place, _, revision = text.partition("@")
    return place, revision or "main"


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
    except InputError as error:
        raise InputError(f"model: {name}: {error}") from error
    except Exception as error:  # the libraries below raise types of their own for damaged files
        reason = str(error).strip().partition("\n")[0]
        hint = "take another copy" if Path(place).is_dir() else "a copy on this machine is named hf:FOLDER"
        raise InputError(f"model: cannot load {name}: tried {tried}: {reason}; {hint}") from error
    finally:
        logging.set_verbosity(verbosity)
        if had_bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def save_pretrained(folder: Path, model: ImageModel) -> None:
    """Write network and image processor in Hugging Face layout: ``from_pretrained(folder)`` loads them."""
    net: Any = model.net
    if not hasattr(net, "save_pretrained"):
        keep(folder, model)
        return
    with _loading("the trained model", str(folder)):
        net.save_pretrained(folder)
    height, width = model.input_size or (None, None)
    resamplings: dict[Interpolation, int] = {"nearest-exact": 0, "bilinear": 2, "bicubic": 3}
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
    if model.flip_channels:  # MobileViT's is the one that can, and it does not normalise
        kind = {"image_processor_type": "MobileViTImageProcessor", "do_flip_channel_order": True}
        content |= kind | {"do_normalize": False, "do_center_crop": False}
    write_bytes(folder / "preprocessor_config.json", (json.dumps(content, indent=2) + "\n").encode())
