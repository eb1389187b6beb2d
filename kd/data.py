"""The images a run may see, as uint8 tensors.

Train, val and test are disjoint (``kd.splits``). Only ``open_test`` reaches the test images, and
only the test run calls it.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kd.config import StoredData
from kd.splits import open_division


class Split(NamedTuple):
    """Labelled images: [N, C, H, W] uint8 and [N] int64. Row i is sample i, for seeds and logits."""

    images_NCHW: Tensor
    labels_N: Tensor


class TrainingData(NamedTuple):
    """What training and search may use."""

    train: Split
    val: Split
    class_names: list[str]

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        channels, height, width = self.train.images_NCHW.shape[1:]
        return channels, height, width


@lru_cache(maxsize=1)
def open_training(data: StoredData, root: Path, device: torch.device) -> TrainingData:
    """Train and val of the store under ``root``, on ``device``; the runs of one job share them.

    Raises:
        FileNotFoundError: The store is not there; ``kd.store.prepare`` makes it.
    """
    division, store, labels = open_division(data, root)
    images = np.load(root / data.digest / "train_images.npy", mmap_mode="r")
    return TrainingData(
        train=_select(images, labels["train"], division.train, device),
        val=_select(images, labels["train"], division.val, device),
        class_names=store.class_names,
    )


def open_test(data: StoredData, root: Path, device: torch.device) -> Split:
    """The test images. For the test run alone."""
    division, _, labels = open_division(data, root)
    images = np.load(root / data.digest / f"{division.test_split}_images.npy", mmap_mode="r")
    return _select(images, labels[division.test_split], division.test, device)


def _select(
    images: NDArray[np.uint8], labels: NDArray[np.int64], positions: NDArray[np.int64], device: torch.device
) -> Split:
    return Split(torch.from_numpy(images[positions]).to(device), torch.from_numpy(labels[positions]).to(device))
