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

from kd.config import HF_PREFIX, is_import_path, is_of_library
from kd.errors import InputError
from kd.files import read_record, remove_strays, sha256_of_file, sha256_of_weights, write_bytes, write_record
from kd.model_card import CARD, CARD_BESIDE, card_path, public_card
from kd.models import ImageModel, build_model
from kd.models.pretrained.huggingface import save_pretrained
from kd.models.pretrained.libraries import without_weights
from kd.phases import RESULTS
from kd.records import ModelCard

WEIGHTS = "model.safetensors"
_ASIDE = "weights"  # of the folder that transformers writes into


def card_for(name: str, model: ImageModel, input_shape: tuple[int, int, int], class_names: Sequence[str]) -> ModelCard:
    """The card of a model that was built under this name, for data of this shape and these classes."""
    return ModelCard(
        model=name,
        num_classes=len(class_names),
        input_shape=input_shape,
        class_names=list(class_names),
        normalize=model.normalize,
        image_size=model.image_size,
        arguments=model.arguments,
    )


@RESULTS
def save_model(folder: Path, model: ImageModel, card: ModelCard) -> str:
    """Write the model; returns the SHA-256 of its weights. Where a model of transformers lay is not kept."""
    folder.mkdir(exist_ok=True)
    for name in (WEIGHTS, _ASIDE):
        remove_strays(folder, name)
    if card.model.startswith(HF_PREFIX):
        _save_pretrained(folder, model)
        write_record(folder / CARD_BESIDE, public_card(card))
        return sha256_of_weights(folder)
    # copies: of tied weights safetensors would keep none twice, and a network is given each name's
    tensors = {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, tensor in model.net.state_dict().items()
    }
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
    return load_with_card(folder, card).to(device)


def load_with_card(folder: Path, card: ModelCard) -> ImageModel:
    """The model of a folder as a card describes it, which need not be the folder's own; on the CPU.

    Raises:
        InputError: As ``load_model``.
    """
    name = f"{HF_PREFIX}{folder.resolve()}" if card.model.startswith(HF_PREFIX) else card.model
    model = build_model(
        name,
        card.num_classes,
        card.input_shape,
        normalize=card.normalize,
        image_size=card.image_size,
        arguments=without_weights(card.arguments) if is_of_library(name) else card.arguments,
    )
    model.arguments = card.arguments
    if not card.model.startswith(HF_PREFIX):
        model.net.load_state_dict(load_file(folder / WEIGHTS))
        model.fresh_weights = ()
    return model


def _save_pretrained(folder: Path, model: ImageModel) -> None:
    """File by file from a folder aside, so that a crash leaves no file cut short."""
    aside = folder / f".{_ASIDE}.{uuid.uuid4().hex[:8]}.tmp"
    aside.mkdir()
    try:
        save_pretrained(aside, model)
        for path in sorted(aside.iterdir()):
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
