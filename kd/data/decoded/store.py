"""Data sets decoded once into uint8 arrays on disk, memory-mapped by every job.

Layout of a store: ``<root>/<digest>/{index.json, train_images.npy, train_labels.npy, val_…, test_…}``;
images are [N, C, H, W] uint8, labels [N] int64. Of a folder of images ``train_files.json`` names each image's file,
so that a person finds it again. A source without val or test is stored without, and ``kd.data.division`` divides its
train. One of images without labels has the one split ``unlabeled``, and -1 for labels. No torch here: the controller
decodes before it submits anything, so that bad data is one line on the screen and not a failed job.
"""

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kd.config import MAX_PIXELS, DataConfig
from kd.data.decoded.arrays import is_whole
from kd.data.decoded.file_names import files_name
from kd.data.decoded.scratch import scratch_folder
from kd.data.decoding import DecodedFile, Unreadable, chunks_of, decode_to_file, reshape_file
from kd.data.listing import UNLABELED, Listing, SplitListing, some_of
from kd.data.sources import fingerprint, list_source
from kd.data.sources.files.split_file import split_fingerprint
from kd.data.sources.unlabeled import list_unlabeled
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, short_hash, write_array, write_bytes, write_record
from kd.records import SplitSize, StoreIndex

log = logging.getLogger(__name__)

RESIZING_VERSION = 2
"""Of how images are resized: the first took some whole ones for damaged, and a store of it may have left them out."""


def prepare(data: DataConfig, root: Path) -> StoreIndex:
    """Find or make the store of ``data.source`` under ``root``; returns its index.

    Raises:
        InputError: The source cannot be found, reached or decoded, or holds too few classes.
    """
    return _found_or_made(data, root, source_key(data), lambda: _labelled(data))


def prepare_unlabeled(data: DataConfig, root: Path, channels: int) -> StoreIndex:
    """The same for images without labels, as one split.

    Args:
        data: The source, and how its images are decoded; of ``splits`` what is train.
        root: As for ``prepare``.
        channels: Of the labelled images: grey ones are repeated, to be fed to the same networks.

    Raises:
        InputError: As ``prepare``.
    """
    key = short_hash([UNLABELED, channels, source_key(data)])
    return _found_or_made(data, root, key, lambda: list_unlabeled(data), channels)


def _found_or_made(
    data: DataConfig, root: Path, key: str, listed: Callable[[], Listing], channels: int = 1
) -> StoreIndex:
    pointer = root / "sources" / key
    if pointer.exists():
        folder = root / pointer.read_text(errors="replace").strip().replace("\0", "")
        index = read_whole(folder)
        if index is not None:
            _warn_of_skipped(index)
            return index
    listing = listed()
    with scratch_folder(root) as temporary:
        index = _decode(listing, data, temporary, channels)
        publish(index, temporary, root / index.digest)
    _warn_of_skipped(index)
    pointer.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(pointer, index.digest.encode())
    return index


def source_key(data: DataConfig) -> str:
    """What shows, without decoding, that a source is another one, or would be read otherwise."""
    local = fingerprint(data.source)
    key: list[Any] = [data.source, data.image_column, data.label_column, local]
    if data.image_size is not None or data.skip_corrupt:
        key += [data.target_size, data.skip_corrupt]
    if local and data.image_size is not None and data.skip_corrupt:
        key.append(RESIZING_VERSION)
    if data.config is not None or data.splits is not None:
        key += [data.config, split_fingerprint(data.splits) if isinstance(data.splits, str) else data.splits]
    if data.max_pixels != MAX_PIXELS:  # decides which images are left out
        key.append(data.max_pixels)
    return short_hash(key)


def _labelled(data: DataConfig) -> Listing:
    listing = list_source(data)
    num_classes = len(listing.class_names)
    if num_classes < 2:
        held = f"1 class ({listing.class_names[0]})" if listing.class_names else "no class"
        beside = "".join(f" ({remark})" for remark in listing.remarks)
        raise InputError(
            f"data.source: {data.source} has {held}{beside}; a classifier needs at least 2: give each class a "
            "sub-folder of its own, another data.label_column of a table, or a list of the files and their labels as "
            "data.splits"
        )
    return listing


def _decode(listing: Listing, data: DataConfig, folder: Path, channels: int) -> StoreIndex:
    """Fill ``folder`` with the arrays and the index of a source."""
    skipped: list[Unreadable] = []
    for split, content in listing.splits.items():
        readable_N, unreadable = _decode_split(content, data, folder / f"{split}_images.npy")
        if data.skip_corrupt and not readable_N.any():
            raise InputError(
                f"data.source: {data.source}: no image of {split} is readable; give images that Pillow opens"
            )
        write_array(folder / f"{split}_labels.npy", content.labels_N[readable_N])
        if listing.folder and not isinstance(content.images, np.ndarray):
            names = [image.name.removeprefix(listing.folder) for image in content.images]
            kept = [name for name, is_readable in zip(names, readable_N, strict=True) if is_readable]
            write_bytes(folder / files_name(split), json.dumps(kept, ensure_ascii=False).encode())
        skipped += [Unreadable(name.removeprefix(listing.folder), why) for name, why in unreadable]
    if skipped and not data.skip_corrupt:
        raise InputError(
            f"data.source: {data.source} has {len(skipped)} unreadable image(s): {by_reason(skipped)}; "
            "mend or remove them, or set data.skip_corrupt: true"
        )
    _give_equal_channels(list(listing.splits), folder, channels)
    labels = {split: np.load(folder / f"{split}_labels.npy") for split in listing.splits}
    images = {split: np.load(folder / f"{split}_images.npy", mmap_mode="r") for split in listing.splits}
    if listing.class_names:
        _check_decoded(images, labels, listing.class_names, data.source)
    index = StoreIndex(
        source=data.source,
        digest=digest_of(images, labels, listing.class_names),
        class_names=listing.class_names,
        splits={
            split: SplitSize(num_images=len(array), shape=array.shape[1:]) for split, array in sorted(images.items())
        },
        skipped=[name for name, _ in skipped],
        why_skipped=[why for _, why in skipped],
        left_out=dict(listing.left_out),
        remarks=list(listing.remarks),
    )
    write_record(folder / "index.json", index)
    return index


def _decode_split(content: SplitListing, data: DataConfig, path: Path) -> DecodedFile:
    if not isinstance(content.images, np.ndarray):
        return decode_to_file(content.images, len(content.labels_N), data.target_size, path, data.max_pixels)
    if data.target_size not in (None, content.images.shape[2:]):
        raise InputError(f"data.image_size: {data.source} comes decoded, in its own size; leave the key out")
    write_array(path, content.images)
    return DecodedFile(np.ones(len(content.labels_N), np.bool_), [])


def _give_equal_channels(splits: list[str], folder: Path, channels: int) -> None:
    """Repeat grey to three channels where another split, or the data that these belong to, has colour."""
    files = {split: folder / f"{split}_images.npy" for split in splits}
    shapes = {split: np.load(path, mmap_mode="r").shape for split, path in files.items() if path.exists()}
    widest = max(channels, *(shape[1] for shape in shapes.values()), 1)
    for split, shape in shapes.items():
        if shape[1] < widest:
            reshape_file(files[split], shape[0], widest, shape[0])


def _check_decoded(
    images: dict[str, NDArray[np.uint8]], labels: dict[str, NDArray[np.int64]], class_names: list[str], name: str
) -> None:
    size = images["train"].shape[2:]
    for split, array in images.items():
        if array.shape[2:] != size:
            raise InputError(
                f"data.source: {name}: {split} images are {array.shape[3]}×{array.shape[2]} but those of train "
                f"{size[1]}×{size[0]}; set data.image_size to bring them to one size"
            )
    counts = np.bincount(labels["train"], minlength=len(class_names))
    if (counts == 0).any():
        raise InputError(
            f"data.source: {name}: class '{class_names[int(counts.argmin())]}' has no training image; "
            "give it some, or leave it out"
        )


def digest_of(
    images: dict[str, NDArray[np.uint8]], labels: dict[str, NDArray[np.int64]], class_names: list[str]
) -> str:
    """Of decoded content, which names its store."""
    digest = hashlib.sha256(repr(class_names).encode())
    for split, array in sorted(images.items()):
        digest.update(f"{split}{array.shape}".encode())
        for part in chunks_of(array):
            digest.update(np.ascontiguousarray(array[part]).data)
        digest.update(np.ascontiguousarray(labels[split]).data)
    return digest.hexdigest()[:16]


def publish(index: StoreIndex, temporary: Path, folder: Path) -> None:
    """Move a finished store to its place; one that is there already holds the same arrays."""
    there = read_whole(folder)
    if there is None:
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
        return
    if there != index:
        write_record(folder / "index.json", index)  # the same images, found in another place
    for path in temporary.glob(files_name("*")):  # an older store has none
        write_bytes(folder / path.name, path.read_bytes())


def read_whole(folder: Path) -> StoreIndex | None:
    """A store's index; None where that or one of its arrays is missing or damaged."""
    try:
        index = read_record(folder / "index.json", StoreIndex)
    except (OSError, UnreadableFileError):
        return None
    return index if is_whole(folder, index) else None


def _warn_of_skipped(index: StoreIndex) -> None:
    if index.skipped:
        log.warning(
            "data.skip_corrupt: left out %d unreadable image(s) of %s: %s",
            len(index.skipped),
            index.source,
            by_reason(zip_longest(index.skipped, index.why_skipped, fillvalue="")),
        )


def by_reason(unreadable: Iterable[tuple[str, str]]) -> str:
    """Of each reason the first image, and how many more there are.

    >>> by_reason([("a.png", "empty"), ("b.png", "not there"), ("c.png", "empty"), ("d.png", "")])
    'a.png and 1 more (empty), b.png (not there), d.png'
    """
    names: dict[str, list[str]] = {}
    for name, why in unreadable:
        names.setdefault(why, []).append(name)
    return ", ".join(f"{some_of(found, 1)}{f' ({why})' if why else ''}" for why, found in names.items())
