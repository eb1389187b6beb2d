"""Images that are in two of train, val and test, or under two labels: found by content, and said.

A model that has seen a test image in training is measured on its memory, and of two labels one is wrong. Two images
are the same where all their decoded pixels are, whatever their files and labels.
"""

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.data.decoded.arrays import load_array
from kd.errors import UnreadableFileError
from kd.files import write_array

_DIGEST_BYTES = 8  # of a thousand million images, two are taken for the same by chance once in forty times


class Shared(NamedTuple):
    """How many images of one part are also in another."""

    part: str
    other: str
    number: int


def image_hashes(folder: Path, split: str) -> NDArray[np.uint64]:
    """A hash of each stored image of a split [N], kept beside the images; made where an older store has none."""
    path = folder / f"{split}_hashes.npy"
    if path.exists():
        with contextlib.suppress(UnreadableFileError):  # then they are made again
            return load_array(path)
    images_NCHW = load_array(folder / f"{split}_images.npy", "r")
    hashes = np.fromiter((_hash(image) for image in images_NCHW), np.uint64, len(images_NCHW))
    with contextlib.suppress(OSError):  # a store that others own can be read all the same
        write_array(path, hashes)
    return hashes


def _hash(image_CHW: NDArray[np.uint8]) -> int:
    content = np.ascontiguousarray(image_CHW).tobytes()
    return int.from_bytes(hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest(), "little")


def find_shared(hashes: Mapping[str, NDArray[np.uint64]]) -> list[Shared]:
    """The images of train that are also in val or test, and those of val that are also in test.

    >>> find_shared({"train": np.array([1, 1, 2]), "val": np.array([3]), "test": np.array([1, 3])})
    [Shared(part='train', other='test', number=2), Shared(part='val', other='test', number=1)]
    """
    pairs = (("train", "val"), ("train", "test"), ("val", "test"))
    counted = [Shared(part, other, int(np.isin(hashes[part], hashes[other]).sum())) for part, other in pairs]
    return [shared for shared in counted if shared.number]


def find_contradicted(hashes_N: NDArray[np.uint64], labels_N: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of the images of a part that also stand there under another label.

    >>> find_contradicted(np.array([5, 7, 5, 9, 9]), np.array([0, 0, 1, 2, 2])).tolist()
    [0, 2]
    """
    order = np.lexsort((labels_N, hashes_N))
    hashes, labels = hashes_N[order], labels_N[order]
    differs = (hashes[1:] == hashes[:-1]) & (labels[1:] != labels[:-1])
    return np.flatnonzero(np.isin(hashes_N, hashes[1:][differs]))
