"""What a source offers: its splits and their files."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.data.decoding import Encoded

SPLIT_NAMES = {"train": "train", "val": "val", "validation": "val", "test": "test"}
"""The stored split, by what sources call it."""


class SplitListing(NamedTuple):
    """One split: labels [N] int64, and its images in the same order, decoded already where they came so."""

    labels_N: NDArray[np.int64]
    images: "Iterable[Encoded] | NDArray[np.uint8]"


class Listing(NamedTuple):
    """A source: its splits (train, val, test), its classes in label order, and the folder its names start with."""

    splits: dict[str, SplitListing]
    class_names: list[str]
    folder: str = ""
