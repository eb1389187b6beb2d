"""Arrays of a store, read so that a damaged file is named."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kd.errors import UnreadableFileError
from kd.records import StoreIndex


def load_array(path: Path, mmap_mode: Literal["r"] | None = None) -> NDArray[Any]:
    """An ``.npy`` file, or a view of it that reads when it is looked at.

    Raises:
        FileNotFoundError: There is none.
        UnreadableFileError: It is cut off, or no such file at all.
    """
    try:
        array: NDArray[Any] = np.load(path, mmap_mode=mmap_mode, allow_pickle=False)
        return array
    except (ValueError, EOFError) as error:
        raise UnreadableFileError(path, "is damaged: no whole array is in it") from error


def is_whole(folder: Path, index: StoreIndex) -> bool:
    """Whether a store's images and labels are there in the sizes that its index says; their content is not read."""
    try:
        return all(
            load_array(folder / f"{split}_images.npy", "r").shape == (size.num_images, *size.shape)
            and load_array(folder / f"{split}_labels.npy", "r").shape == (size.num_images,)
            for split, size in index.splits.items()
        )
    except (FileNotFoundError, UnreadableFileError):
        return False
