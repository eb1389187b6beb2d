"""What runs leave in their folders for others: a trained model, and arrays."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kd.config import TrainConfig
from kd.files import read_record, write_atomically
from kd.models import ImageModel
from kd.models.files import load_model
from kd.records import RunRecord


def load_run_model(folder: Path, device: torch.device) -> ImageModel:
    """The model that a run has trained; a factory is imported on the word of the run's configuration alone.

    Raises:
        FileNotFoundError: It has not been trained.
        InputError: Its model cannot be built here.
    """
    config = read_record(folder / "config.json", RunRecord).config
    factory = config.training.model if isinstance(config, TrainConfig) else None
    return load_model(folder / "model", device, factory)


def write_predictions(folder: Path, logits: dict[str, NDArray[np.float32]], labels: NDArray[np.int64]) -> None:
    """``predictions.npz``: raw logits [N, classes] under each name, and ``labels`` [N]."""
    write_arrays(folder / "predictions.npz", {"labels": labels} | logits)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays by name into an ``.npz`` file, whole or not at all."""
    write_atomically(path, lambda stream: np.savez(stream, allow_pickle=False, **arrays))
