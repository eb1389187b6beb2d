"""Where an image of train, val or test lies in the source, and its pixels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.config import Part, StoredData
from kd.data.decoded.arrays import load_array
from kd.data.decoded.file_names import read_file_names
from kd.data.division.splits import open_division
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record
from kd.records import StoreIndex


class SourcePlaces(NamedTuple):
    """Of each part: the stored split that it is of, and its positions there; by stored split what lies there.

    ``names``: of the classes, as the source has them, which a list of files is written with. ``are_rows``: whether a
    position is the source's own row: none was left out.
    """

    split: Mapping[Part, str]
    positions: Mapping[Part, NDArray[np.int64]]
    labels: Mapping[Part, NDArray[np.int64]]
    images: Mapping[str, NDArray[np.uint8]]
    files: Mapping[str, list[str] | None]
    names: tuple[str, ...]
    are_rows: bool

    def file(self, part: Part, image: int) -> str | None:
        """Its path below the source's folder, where it came from one."""
        names = self.files[self.split[part]]
        return None if names is None else names[self.position(part, image)]

    def position(self, part: Part, image: int) -> int:
        """Its place in the stored split."""
        return int(self.positions[part][image])

    def pixels(self, part: Part, image: int) -> NDArray[np.uint8]:
        """The image [C, H, W]."""
        return np.asarray(self.images[self.split[part]][self.position(part, image)])


def find_places(data: StoredData, root: Path) -> SourcePlaces | None:
    """None where the decoded data set is gone, or cannot be read."""
    try:
        division, index, stored_labels = open_division(data, root)
        store = root / data.digest
        split: dict[Part, str] = {"train": "train", "val": division.val_split, "test": division.test_split}
        images: dict[str, NDArray[Any]] = {
            one: load_array(store / f"{one}_images.npy", "r") for one in dict.fromkeys(split.values())
        }
        names = read_record(store / "index.json", StoreIndex).class_names
    except (InputError, UnreadableFileError, ValueError, OSError):
        return None
    positions: dict[Part, NDArray[np.int64]] = {
        "train": division.train, "val": division.val, "test": division.test
    }  # fmt: skip
    files = {one: read_file_names(store, one) for one in images}
    return SourcePlaces(
        split=split,
        positions=positions,
        labels={part: stored_labels[split[part]][rows] for part, rows in positions.items()},
        images=images,
        files={one: found if found and len(found) == len(images[one]) else None for one, found in files.items()},
        names=tuple(names),
        are_rows=not index.skipped,
    )
