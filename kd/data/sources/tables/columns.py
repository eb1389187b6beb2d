"""A table of images and labels, whoever reads it: which columns, which splits, and what a cell may name."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from kd.config import DataConfig
from kd.data.decoding import Encoded, TooLargeError
from kd.data.listing import Listing, SplitListing, of_images, some_of
from kd.data.sources.files.folder import MAX_FILE_BYTES, inside, read_bounded
from kd.data.sources.files.split_names import choose_splits, remarks_beside, remarks_on, unlabeled_split
from kd.data.sources.tables.labels import check_label_type, encode_labels
from kd.errors import InputError

IMAGE = "Image"
CLASS_LABEL = "ClassLabel"
_BYTES = {"binary", "large_binary"}
_NUM_SHOWN = 10  # columns of a message
_Key = Literal["image_column", "label_column"]


class Table(NamedTuple):
    """One split.

    ``kinds``: of each column, such as Image, ClassLabel, string. ``class_names``: of columns that have them. ``cells``:
    gives those of a column in order, an image as {"bytes", "path"}. ``num_rows``: of each column.
    """

    kinds: dict[str, str]
    class_names: dict[str, list[str]]
    cells: Callable[[str], Iterator[Any]]
    num_rows: int


def list_tables(data: DataConfig, tables: dict[str, Table], homes: Sequence[Path]) -> Listing:
    """The images and labels of a source's tables.

    Args:
        data: Which splits and columns.
        tables: By the source's own names of its splits.
        homes: The folders that a cell may name files of; names are relative to the first.

    Raises:
        InputError: A split or column is not there, or holds something else than images and labels.
    """
    source = data.source
    choice = choose_splits(tables, data.split_names, source)
    chosen: dict[str, Table] = {part: tables[name] for part, name in choice.splits.items()}
    train = chosen["train"]
    image_column = data.image_column or _column_of_kind(train, IMAGE, source, "image_column")
    label_column = data.label_column or _column_of_kind(train, CLASS_LABEL, source, "label_column")
    names = train.class_names.get(label_column)
    for split, table in chosen.items():
        _check_length(table, split, data)
        for key, column in (("image_column", image_column), ("label_column", label_column)):
            if column not in table.kinds:
                where = source if split == "train" else f"{split} of {source}"
                raise InputError(f"data.{key}: {where} has no column '{column}'; it has {', '.join(table.kinds)}")
        if table.class_names.get(label_column) != names:
            raise InputError(
                f"data.label_column: {source} names other classes in {split} than in train; give both the same"
            )
        _check_fit(table, "image_column", image_column, source)
        _check_fit(table, "label_column", label_column, source)
    labels = encode_labels(
        {split: list(islice(table.cells(label_column), data.max_rows)) for split, table in chosen.items()},
        names,
        label_column,
        _fitting(train, "label_column"),
    )
    splits = {
        split: SplitListing(labels.splits[split], _Images(table, split, image_column, homes))
        for split, table in chosen.items()
    }
    beside = remarks_beside(choice.others, _sizes(tables))
    return Listing(splits, labels.class_names, remarks=(*remarks_on(choice.splits), *labels.remarks, *beside))


def list_images(data: DataConfig, tables: dict[str, Table], homes: Sequence[Path]) -> Listing:
    """The images of one of a source's tables, whatever else it holds: as ``list_tables``, without labels."""
    source = data.source
    name = unlabeled_split(tables, (data.split_names or {}).get("train"), source)
    table = tables[name]
    _check_length(table, name, data)
    column = data.image_column or _column_of_kind(table, IMAGE, source, "image_column")
    if column not in table.kinds:
        raise InputError(f"data.image_column: {source} has no column '{column}'; it has {', '.join(table.kinds)}")
    _check_fit(table, "image_column", column, source)
    beside = remarks_beside(sorted({*tables} - {name}), _sizes(tables))
    return of_images(_Images(table, name, column, homes), table.num_rows, beside)


def _sizes(tables: dict[str, Table]) -> dict[str, str]:
    return {name: f"{table.num_rows:,} rows" for name, table in tables.items()}


Reading = Callable[[DataConfig, dict[str, Table], Sequence[Path]], Listing]
"""What is made of a source's tables: ``list_tables``, or ``list_images``."""


def _check_length(table: Table, split: str, data: DataConfig) -> None:
    if table.num_rows > data.max_rows:
        raise InputError(
            f"data.source: {split} of {data.source} has {table.num_rows:,} rows; more than {data.max_rows:,} are not "
            "read: if that many are meant, raise data.max_rows"
        )


def _column_of_kind(table: Table, kind: str, source: str, key: _Key) -> str:
    found = [name for name, its_kind in table.kinds.items() if its_kind == kind]
    if len(found) != 1:
        number = f"{len(found)} columns" if found else "no column"
        names = found or _fitting(table, key)
        if names:
            remedy = f"; name one of: {some_of(names, _NUM_SHOWN)}"
        elif set(table.kinds.values()) == {IMAGE}:
            remedy = "; it has images alone, so take a source that has labels too"
        else:
            shown = some_of([f"{name} ({its_kind})" for name, its_kind in table.kinds.items()], _NUM_SHOWN)
            remedy = f", nor another that can be it; it has {shown}"
        raise InputError(f"data.{key}: {source} has {number} of type {kind}{remedy}")
    return found[0]


def _fitting(table: Table, key: _Key) -> list[str]:
    """The columns that can be named, by their types alone."""
    return [name for name in table.kinds if _trouble(table, key, name, "") is None]


def _trouble(table: Table, key: _Key, column: str, source: str) -> InputError | None:
    check = _check_image_type if key == "image_column" else check_label_type
    try:
        check(table.kinds[column], column, source)
    except InputError as error:
        return error
    return None


def _check_fit(table: Table, key: _Key, column: str, source: str) -> None:
    """Raises: InputError: A column is of a type that cannot be this one; the message says which can."""
    trouble = _trouble(table, key, column, source)
    if trouble is not None:
        names = _fitting(table, key)
        raise InputError(f"{trouble}{f'; or name one of: {some_of(names, _NUM_SHOWN)}' if names else ''}")


def _check_image_type(kind: str, column: str, source: str) -> None:
    if kind != IMAGE and kind not in _BYTES:
        raise InputError(
            f"data.image_column: '{column}' of {source} holds {kind}, not images; it must hold image files: bytes, or "
            "the type Image of datasets"
        )


@dataclass(frozen=True)
class _Images:
    """The images of a split; each iteration reads them anew, so that none is kept."""

    table: Table
    split: str
    column: str
    homes: Sequence[Path]

    def __iter__(self) -> Iterator[Encoded]:
        for row, cell in enumerate(self.table.cells(self.column)):
            yield Encoded(f"{self.split} row {row}", partial(_content, cell, self.homes))


def _content(cell: Any, homes: Sequence[Path]) -> bytes:
    if cell is None:
        return b""  # a row without image: counted with the unreadable ones
    content = cell if isinstance(cell, bytes) else cell["bytes"]
    if content is not None:
        if len(content) > MAX_FILE_BYTES:
            raise TooLargeError(f"more than {MAX_FILE_BYTES:,} bytes")
        return bytes(content)
    if cell["path"] is None:
        return b""
    return read_bounded(inside(homes, cell["path"]))
