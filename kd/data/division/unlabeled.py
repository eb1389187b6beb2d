"""Which images without labels a student learns from: what is left of them beside train, val and test.

An image of val or test would be measured on its own teacher's word, and is refused, or left out where that is asked
for. One of train is learned from as it is, with its label, and is left out. Both are found by their decoded content.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.config import DataConfig, StoredData, UnlabeledImages
from kd.data.division.duplicates import image_hashes
from kd.data.division.splits import open_division, rest_of_train
from kd.data.listing import UNLABELED
from kd.data.sources.unlabeled import list_unlabeled
from kd.errors import InputError
from kd.files import read_record
from kd.records import StoreIndex

_NAMES_SHOWN = 3


class UnlabeledPart(NamedTuple):
    """The images that are meant: ``positions`` in ``split`` of the store in ``folder``.

    ``num_in_train`` and ``num_held_out`` images were left out, as they are in train, or in val or test.
    """

    folder: Path
    split: str
    positions: NDArray[np.int64]
    num_in_train: int = 0
    num_held_out: int = 0


class HeldOut(NamedTuple):
    """An image without label, by its position in its store, that is also in val or test, by its place there."""

    position: int
    part: str
    row: int


def choose_unlabeled(data: StoredData, images: UnlabeledImages, root: Path) -> UnlabeledPart:
    """The images of a prepared store under ``root``; a pure function of what its arguments say.

    Raises:
        FileNotFoundError: A store is not there.
        InputError: One of them is in val or test, or none is left.
    """
    if images.of_train:
        return UnlabeledPart(root / data.digest, "train", open_division(data, root).division.train)
    whole, hashes_N = _all_of(data, images, root)
    parts = _hashes_of_parts(data, root)
    in_train_N = np.isin(hashes_N, parts["train"])
    held_out_N = np.isin(hashes_N, np.concatenate([parts["val"], parts["test"]]))
    if held_out_N.any() and not images.drop_held_out:
        raise InputError(
            f"unlabeled: {held_out_N.sum():,} of {len(hashes_N):,} images are in val or test; "
            "leave these out: unlabeled.duplicates=drop"
        )
    left = whole.positions[~(in_train_N | held_out_N)]
    if not len(left):
        raise InputError(
            f"unlabeled: none of {len(hashes_N):,} images is left: "
            + (
                _REST_IS_EMPTY
                if images.digest is None and not len(hashes_N)
                else "all are in train, val or test; give others"
            )
        )
    if images.max_images is not None and images.max_images < len(left):
        random = np.random.Generator(np.random.Philox(key=data.split_seed))
        left = np.sort(random.permutation(left)[: images.max_images])
    return whole._replace(
        positions=left,
        num_in_train=int((in_train_N & ~held_out_N).sum()),
        num_held_out=int(held_out_N.sum()),
    )


_REST_IS_EMPTY = "data.max_train leaves no training image out; give it, or name a source of images"


def find_held_out(data: StoredData, images: UnlabeledImages, root: Path) -> Iterator[HeldOut]:
    """Those that are also in val or test, in the order of their store."""
    whole, hashes_N = _all_of(data, images, root)
    parts = _hashes_of_parts(data, root)
    if not np.isin(hashes_N, np.concatenate([parts["val"], parts["test"]])).any():
        return  # as nearly always, and in no time for millions of images
    place: dict[int, tuple[str, int]] = {}
    for part in ("val", "test"):
        for row, value in enumerate(parts[part].tolist()):
            place.setdefault(value, (part, row))
    for position, value in zip(whole.positions.tolist(), hashes_N.tolist(), strict=True):
        if value in place:
            yield HeldOut(position, *place[value])


def explain_held_out(data: StoredData, images: UnlabeledImages, root: Path, source: DataConfig | None) -> str | None:
    """What to say of images that are also in val or test, by the names of their files; None where there are none.

    Args:
        data: The labelled images.
        images: Those without labels.
        root: Of the stores.
        source: Where the latter come from; None where they are the rest of train.
    """
    found = list(find_held_out(data, images, root))
    if not found:
        return None
    names = _names(source, images, root) if source is not None else None
    shown = [
        f"{names[each.position] if names else f'image {each.position}'} ({each.part} image {each.row})"
        for each in found[:_NAMES_SHOWN]
    ]
    more = f" and {len(found) - _NAMES_SHOWN:,} more" if len(found) > _NAMES_SHOWN else ""
    return f"{len(found):,} of these images are also in val or test: {', '.join(shown)}{more}"


def _names(source: DataConfig, images: UnlabeledImages, root: Path) -> Sequence[str] | None:
    """Of a store's images; None where they have none, or another number of them is found now."""
    assert images.digest is not None
    index = read_record(root / images.digest / "index.json", StoreIndex)
    listing = list_unlabeled(source)
    listed = listing.splits[UNLABELED].images
    if isinstance(listed, np.ndarray):
        names = [f"image {row}" for row in range(len(listed))]
    else:
        names = [image.name.removeprefix(listing.folder) for image in listed]
    skipped = set(index.skipped)
    names = [name for name in names if name not in skipped]
    return names if len(names) == index.splits[UNLABELED].num_images else None


def _all_of(data: StoredData, images: UnlabeledImages, root: Path) -> tuple[UnlabeledPart, NDArray[np.uint64]]:
    """All images, with their hashes."""
    if images.digest is None:
        folder, split = root / data.digest, "train"
        positions = rest_of_train(data, open_division(data, root).labels)
    else:
        folder, split = root / images.digest, UNLABELED
        positions = np.arange(read_record(folder / "index.json", StoreIndex).splits[UNLABELED].num_images)
    return UnlabeledPart(folder, split, positions), image_hashes(folder, split)[positions]


def _hashes_of_parts(data: StoredData, root: Path) -> dict[str, NDArray[np.uint64]]:
    division = open_division(data, root).division
    splits = {"train": "train", "val": division.val_split, "test": division.test_split}
    stored = {split: image_hashes(root / data.digest, split) for split in set(splits.values())}
    return {part: stored[split][getattr(division, part)] for part, split in splits.items()}
