"""Data sets in the Hub's layout: through ``datasets`` where it is installed, local parquet files without it too.

Both readings give the same images, labels and class names, and so the same digest. Neither can do without the other:
``datasets`` alone reaches the Hub and reads its other layouts (images in folders, CSV, JSON, WebDataset, features that
only a README describes), so it goes first wherever it is installed; ``kd`` by itself brings no more than pyarrow, which
is enough for what most data sets on the Hub are and a local copy therefore is: parquet files by split.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.config import DataConfig
from kd.data.decoding import Encoded
from kd.data.listing import SPLIT_NAMES, Listing, SplitListing
from kd.errors import InputError

LOCAL_COPY_HINT = "for a local copy: SET=data.source=PATH (Hub layout) or data.source=folder:PATH"
_SPLIT_OF_FILE = re.compile(r"(train|validation|val|test)(?:[-_.].*)?\.parquet", re.IGNORECASE)


class _Table(NamedTuple):
    """One split, whoever reads it.

    ``kinds``: of each column, such as Image or ClassLabel. ``cells``: gives those of a column in order, an image
    as {"bytes", "path"}.
    """

    kinds: dict[str, str]
    class_names: dict[str, list[str]]
    cells: Callable[[str], Iterator[Any]]


def list_hub(data: DataConfig, folder: Path | None) -> Listing:
    """A Hub id or a local ``folder``.

    Raises:
        InputError: It cannot be reached or read, or its columns are not what was asked for.
    """
    tables = _read_with_datasets(data.source, folder) if _has_datasets() else _read_with_pyarrow(data.source, folder)
    train = tables.get("train", _Table({}, {}, lambda column: iter(())))
    image_column = data.image_column or _column_of_kind(train, "Image", data.source, "image_column")
    label_column = data.label_column or _column_of_kind(train, "ClassLabel", data.source, "label_column")
    for key, column in (("image_column", image_column), ("label_column", label_column)):
        if column not in train.kinds:
            raise InputError(f"data.{key}: {data.source} has no column '{column}'; it has {', '.join(train.kinds)}")
    names = train.class_names.get(label_column)
    splits = {}
    for split, table in tables.items():
        for key, column in (("image_column", image_column), ("label_column", label_column)):
            if column not in table.kinds:
                raise InputError(f"data.{key}: {split} of {data.source} has no column '{column}'")
        if table.class_names.get(label_column) != names:
            raise InputError(f"data.label_column: {data.source} names other classes in {split} than in train")
        labels_N = _whole_numbers(list(table.cells(label_column)), split, label_column)
        splits[split] = SplitListing(labels_N, _Images(table, split, image_column))
    if names is None:
        names = [str(label) for label in range(int(splits["train"].labels_N.max()) + 1)]
    return Listing(splits, names)


@dataclass(frozen=True)
class _Images:
    """The images of a split; each iteration reads them anew, so that none is kept."""

    table: _Table
    split: str
    column: str

    def __iter__(self) -> Iterator[Encoded]:
        for row, cell in enumerate(self.table.cells(self.column)):
            yield Encoded(f"{self.split} row {row}", partial(_content, cell))


def _content(cell: Any) -> bytes:
    if cell is None:
        return b""  # a row without image: counted with the unreadable ones
    return bytes(cell["bytes"]) if cell["bytes"] is not None else Path(cell["path"]).read_bytes()


def _column_of_kind(table: _Table, kind: str, source: str, key: str) -> str:
    found = [name for name, its_kind in table.kinds.items() if its_kind == kind]
    if len(found) != 1:
        raise InputError(
            f"data.{key}: {source} has {len(found)} columns of type {kind}; "
            f"name one of: {', '.join(table.kinds) or '(no train split)'}"
        )
    return found[0]


def _whole_numbers(labels: list[Any], split: str, column: str) -> NDArray[np.int64]:
    array = np.array(labels)
    if array.dtype.kind not in "iu":
        bad = next((label for label in labels if type(label) is not int), "no label")
        raise InputError(f"data.label_column: {split} holds {bad!r} in '{column}'; labels must be whole numbers from 0")
    return array.astype(np.int64)


# Through datasets.


def _has_datasets() -> bool:
    try:
        return find_spec("datasets") is not None
    except ValueError:  # a module that was blocked on purpose
        return False


def _read_with_datasets(source: str, folder: Path | None) -> dict[str, _Table]:
    import datasets

    if folder is None:
        _check_hub_id(source)
    datasets.disable_progress_bars()
    try:
        loaded = datasets.load_dataset(str(folder or source))
    except Exception as error:  # the library raises many kinds; all of them mean: no such data
        reason = str(error).partition("\n")[0]
        raise InputError(f"data.source: cannot load {source}: {reason}; {LOCAL_COPY_HINT}") from error
    return {SPLIT_NAMES[split]: _of_dataset(loaded[split]) for split in loaded if split in SPLIT_NAMES}


def _of_dataset(table: Any) -> _Table:
    import datasets

    for name, feature in table.features.items():
        if isinstance(feature, datasets.Image):
            table = table.cast_column(name, datasets.Image(decode=False))
    return _Table(
        kinds={name: type(feature).__name__ for name, feature in table.features.items()},
        class_names={
            name: list(feature.names)
            for name, feature in table.features.items()
            if isinstance(feature, datasets.ClassLabel) and feature.names is not None
        },
        cells=lambda column: iter(table[column]),
    )


def _check_hub_id(source: str) -> None:
    """One quick question, so that a machine without network waits seconds and not half a minute."""
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        return  # a copy in the Hub's own cache may still serve
    try:
        HfApi().dataset_info(source, timeout=10)
    except Exception as error:  # the client under it raises many kinds; all of them mean: not reached
        if (Path(constants.HF_HUB_CACHE) / f"datasets--{source.replace('/', '--')}").is_dir():
            return
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise InputError(
            f"data.source: tried {source!r} as a Hub id at {constants.ENDPOINT} and in the local Hub cache: {reason}; "
            f"{LOCAL_COPY_HINT}"
        ) from error


# Through pyarrow alone.


def _read_with_pyarrow(source: str, folder: Path | None) -> dict[str, _Table]:
    if folder is None:
        raise InputError(f"data.source: {source} is on the Hub, which needs: pip install datasets; {LOCAL_COPY_HINT}")
    files = _parquet_files(source, folder)
    if not files:
        raise InputError(
            f"data.source: cannot load {source}: no train-*.parquet in it (other layouts need: pip install datasets); "
            f"{LOCAL_COPY_HINT}"
        )
    try:
        return {split: _of_parquet(paths) for split, paths in files.items()}
    except (OSError, ValueError) as error:  # pyarrow's errors derive from these
        reason = str(error).partition("\n")[0]
        raise InputError(f"data.source: cannot load {source}: {reason}; {LOCAL_COPY_HINT}") from error


def _parquet_files(source: str, folder: Path) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*.parquet")):
        match = _SPLIT_OF_FILE.fullmatch(path.name)
        if match and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            files.setdefault(SPLIT_NAMES[match[1].lower()], []).append(path)
    places = {path.parent for paths in files.values() for path in paths}
    if len(places) > 1:
        names = ", ".join(sorted(str(place.relative_to(folder)) for place in places))
        raise InputError(f"data.source: {source} holds several data sets ({names}); give the folder of one")
    return files


def _of_parquet(paths: list[Path]) -> _Table:
    from pyarrow import parquet

    shards = [parquet.ParquetFile(path) for path in paths]
    schema = shards[0].schema_arrow
    described = json.loads((schema.metadata or {}).get(b"huggingface", b"{}")).get("info", {}).get("features", {})
    kinds = {field.name: _kind(field.type, described.get(field.name)) for field in schema}
    for path, shard in zip(paths, shards, strict=True):
        if not shard.schema_arrow.equals(schema):
            raise ValueError(f"{path.name} has other columns than {paths[0].name}")
    return _Table(
        kinds=kinds,
        class_names={name: list(described[name]["names"]) for name, kind in kinds.items() if kind == "ClassLabel"},
        cells=lambda column: _parquet_cells(paths, column),
    )


def _kind(arrow_type: Any, described: Any) -> str:
    import pyarrow as pa

    if isinstance(described, dict) and "_type" in described:
        return str(described["_type"])
    is_image = pa.types.is_struct(arrow_type) and {field.name for field in arrow_type} == {"bytes", "path"}
    return "Image" if is_image else str(arrow_type)


def _parquet_cells(paths: Iterable[Path], column: str) -> Iterator[Any]:
    from pyarrow import parquet

    for path in paths:
        with parquet.ParquetFile(path) as shard:
            for batch in shard.iter_batches(batch_size=256, columns=[column]):
                yield from batch.column(0).to_pylist()
