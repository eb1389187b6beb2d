"""What a source offers: its splits and their files."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.data.decoding import Encoded

UNLABELED = "unlabeled"
"""The one split of a source of images without labels."""


class SplitListing(NamedTuple):
    """One split: labels [N] int64, and its images in the same order, decoded already where they came so."""

    labels_N: NDArray[np.int64]
    images: "Iterable[Encoded] | NDArray[np.uint8]"


class Listing(NamedTuple):
    """A source: its splits (train, val, test), its classes in label order, and the folder its names start with.

    ``left_out``: numbers of files that are no images, by ending, and of other folders' files. ``remarks``: how the
    source was read, where that was not plain.
    """

    splits: dict[str, SplitListing]
    class_names: list[str]
    folder: str = ""
    left_out: Mapping[str, int] = MappingProxyType({})
    remarks: tuple[str, ...] = ()


def of_images(images: "Iterable[Encoded] | NDArray[np.uint8]", number: int, remarks: tuple[str, ...] = ()) -> Listing:
    """A source of so many images without labels; the label of each is -1, and there are no classes."""
    return Listing({UNLABELED: SplitListing(np.full(number, -1, np.int64), images)}, [], remarks=remarks)


def some_of(names: Sequence[str], num_shown: int = 5) -> str:
    """The first names, and how many more there are.

    >>> some_of(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = len(names) - num_shown
    return ", ".join(names[:num_shown]) + (f" and {more:,} more" if more > 0 else "")


def kinds(left_out: Mapping[str, int]) -> str:
    """Numbers by kind, the most frequent first.

    >>> kinds({".txt": 1, ".heic": 40})
    '.heic 40, .txt 1'
    """
    return ", ".join(f"{kind} {number}" for kind, number in Counter(left_out).most_common())
