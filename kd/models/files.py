"""A trained model as a folder: ``model.safetensors`` and what is needed to build it again.

Our own models keep a ``ModelCard`` as ``config.json``. Models of the Hugging Face Hub are kept in that
library's layout, so that ``from_pretrained(folder)`` loads them anywhere, with the card beside it.
"""

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save

from kd.config import HF_PREFIX, ModelTraining, is_import_path
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, sha256_of_file, sha256_of_weights, write_bytes, write_record
from kd.model_card import CARD, CARD_BESIDE, card_path, public_card, public_model_name
from kd.model_source import check_json_sizes
from kd.models import ImageModel, build_model
from kd.models.class_order import check_class_order
from kd.models.huggingface import save_pretrained
from kd.models.pretrained_limits import FROM_THERE
from kd.phases import RESULTS
from kd.records import ModelCard

WEIGHTS = "model.safetensors"


@RESULTS
def save_model(folder: Path, model: ImageModel, card: ModelCard) -> str:
    """Write the model; returns the SHA-256 of its weights. Where a model of transformers lay is not kept."""
    folder.mkdir(exist_ok=True)
    if card.model.startswith(HF_PREFIX):
        _save_pretrained(folder, model)
        write_record(folder / CARD_BESIDE, public_card(card))
        return sha256_of_weights(folder)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.net.state_dict().items()}
    write_bytes(folder / WEIGHTS, save(tensors))
    write_record(folder / CARD, card)
    return sha256_of_file(folder / WEIGHTS)


def load_model(folder: Path, device: torch.device, factory: str | None = None) -> ImageModel:
    """Build the model of a folder with its trained weights.

    Args:
        folder: Holds the weights and the card.
        device: Where the model goes.
        factory: The ``package.module:factory`` that may be imported for it. A folder may come from anywhere, so its
            own word is not enough to run code.

    Raises:
        FileNotFoundError: The folder holds no model.
        InputError: Its model is not known here, or is code that the caller did not name.
    """
    card = read_record(card_path(folder), ModelCard)
    if is_import_path(card.model) and card.model != factory:
        raise InputError(
            f"{folder}: its card asks to import {card.model!r}, and a folder's word does not run code; if you trust "
            f"that code, name it: load_model(…, factory={card.model!r}), or --model of the export"
        )
    if card.model.startswith(HF_PREFIX):
        model = build_model(f"{HF_PREFIX}{folder.resolve()}", card.num_classes, card.input_shape)
        return model.to(device)
    model = build_model(card.model, card.num_classes, card.input_shape)  # imports what the caller named at most
    model.net.load_state_dict(load_file(folder / WEIGHTS))
    return model.to(device)


def open_checkpoint(
    training: ModelTraining, input_shape: tuple[int, int, int], class_names: Sequence[str]
) -> ImageModel:
    """The model that ``training.checkpoint`` holds: a run's model folder, or one in Hugging Face layout.

    Raises:
        InputError: It is not there, was changed since the sweep was read, is another model, or does not
            fit the data. A head of another width is replaced, but not where nothing is trained.
    """
    assert training.checkpoint is not None
    folder, where = Path(training.checkpoint), f"checkpoint: {training.checkpoint}"
    digest = sha256_of_weights(folder)
    if training.checkpoint_sha256 not in (None, digest):
        raise InputError(f"{where}: the weights changed since the sweep was started (sha256 differs)")
    card = _own_card(folder)
    if card is None:
        return _open_foreign(training, folder, input_shape, class_names)
    if public_model_name(card.model) != public_model_name(training.model):
        raise InputError(f"{where}: holds a {card.model}, the configuration says {training.model}")
    if card.input_shape != input_shape or card.num_classes != len(class_names):
        raise InputError(
            f"{where}: trained on {card.num_classes} classes of {list(card.input_shape)} images, "
            f"the data has {len(class_names)} of {list(input_shape)}"
        )
    _check_head(training, card.class_names, class_names)
    return load_model(folder, torch.device("cpu"), factory=training.model)


def _open_foreign(
    training: ModelTraining, folder: Path, input_shape: tuple[int, int, int], class_names: Sequence[str]
) -> ImageModel:
    where = f"checkpoint: {folder}"
    if not training.model.startswith(HF_PREFIX):
        raise InputError(f"{where}: is in Hugging Face layout; give model: {HF_PREFIX}ID, not {training.model}")
    if training.epochs == 0:
        names = head_names(folder)
        if len(names) != len(class_names):
            raise InputError(f"{where}: has {len(names)} classes, the data {len(class_names)}; train it (epochs > 0)")
        _check_head(training, names, class_names)
    model = build_model(f"{HF_PREFIX}{folder.resolve()}", len(class_names), input_shape, class_names)
    if training.epochs == 0 and model.described_by is None:
        raise InputError(f"{where}: has no preprocessor_config.json, so what images it wants is not known; add its own")
    if training.epochs == 0 and model.fresh_weights:
        raise InputError(
            f"{where}: lacks {', '.join(model.fresh_weights[:2])}, so it cannot be used as it is; train it (epochs > 0)"
        )
    return model


def head_names(folder: Path) -> list[str]:
    """The names that a model folder's head gives its classes, in order."""
    card = _own_card(folder)
    if card is not None:
        return card.class_names
    from transformers import AutoConfig

    names: dict[int, str] = AutoConfig.from_pretrained(folder, **FROM_THERE).id2label
    return [names[number] for number in sorted(names)]


def _check_head(training: ModelTraining, theirs: Sequence[str], ours: Sequence[str]) -> None:
    """Compare the classes' names of a head that is used as it is; one that is trained learns the data's."""
    if training.epochs == 0 and training.match_classes is not False:
        renamed = training.match_classes if isinstance(training.match_classes, dict) else None
        check_class_order(f"checkpoint: {training.checkpoint}", theirs, ours, renamed)


def _own_card(folder: Path) -> ModelCard | None:
    """Our card; None for a folder in Hugging Face layout that we did not write."""
    check_json_sizes(folder)
    try:
        return read_record(card_path(folder), ModelCard)
    except (FileNotFoundError, UnreadableFileError):
        if (folder / CARD_BESIDE).exists():
            raise
        return None


def _save_pretrained(folder: Path, model: ImageModel) -> None:
    """File by file from a folder aside, so that a crash leaves no file cut short."""
    aside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.tmp")
    aside.mkdir()
    try:
        save_pretrained(aside, model)
        for path in sorted(aside.iterdir()):
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
