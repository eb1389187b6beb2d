"""A trained model as a folder: ``model.safetensors`` and the ``config.json`` to build it again."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save

from kd.files import read_record, sha256_of_file, write_bytes, write_record
from kd.models import ImageModel, build_model
from kd.records import ModelCard

WEIGHTS = "model.safetensors"


def save_model(folder: Path, model: ImageModel, card: ModelCard) -> str:
    """Write the model; returns the SHA-256 of its weights' file."""
    folder.mkdir(exist_ok=True)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.net.state_dict().items()}
    write_bytes(folder / WEIGHTS, save(tensors))
    write_record(folder / "config.json", card)
    return sha256_of_file(folder / WEIGHTS)


def load_model(folder: Path, device: torch.device) -> ImageModel:
    """Build the model of a folder with its trained weights.

    Raises:
        FileNotFoundError: The folder holds no model.
        InputError: Its model name or import path is not known here.
    """
    card = read_record(folder / "config.json", ModelCard)
    model = build_model(card.model, card.num_classes, card.input_shape)
    model.net.load_state_dict(load_file(folder / WEIGHTS))
    return model.to(device)
