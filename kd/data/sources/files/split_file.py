"""A list of files and their labels as a CSV, which a sweep reads and a user's own training can too.

With a column split it is a division, and both leave the same images alone until the end; without one, as labels are
often handed out, the images are divided as those of a folder are.
"""

import csv
import io
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from kd.config import DataConfig
from kd.data.division.splits import divide
from kd.data.listing import Listing, SplitListing
from kd.data.sources.files.folder import divide_images, encoded_file, files_under, hidden_images
from kd.data.sources.files.idle_keys import refuse_idle_keys
from kd.data.sources.files.split_names import PARTS, part_of
from kd.errors import InputError
from kd.files import sha256_of_file, typed_path, write_bytes
from kd.plain_text import one_line
from kd.remedies import unreadable

COLUMNS = ("split", "file", "label")


class Row(NamedTuple):
    """An image: its part, its path below the source's folder with forward slashes, the name of its class.

    In a list without a column split the part is empty.
    """

    split: str
    file: str
    label: str


def list_by_file(data: DataConfig, folder: Path) -> Listing:
    """The images of a folder that ``data.splits``, a CSV file, names.

    Raises:
        InputError: The file cannot be read, or names what is not there.
    """
    assert isinstance(data.splits, str)
    refuse_idle_keys(data, f"{folder}, a folder of images,", "config")
    path = typed_path(data.splits)
    rows = read_rows(path, *columns_of(data))
    divided = is_division(rows)
    images, others = divide_images(files_under(folder))
    files = _found(folder, rows, images, path)
    class_names = sorted({row.label for row in rows})
    number = {name: label for label, name in enumerate(class_names)}
    splits = {}
    for part in PARTS if divided else ("train",):
        mine = [(row, file) for row, file in zip(rows, files, strict=True) if row.split in (part, "")]
        if not mine and part == "train":
            raise InputError(f"data.splits: {path} has no row of train; say train of some files in its column split")
        if mine:
            labels = np.array([number[row.label] for row, _ in mine], np.int64)
            splits[str(part)] = SplitListing(labels, [encoded_file(file) for _, file in mine])
    listed = set(files)
    hidden = chain.from_iterable(hidden_images(folder).values())
    num_unlisted, num_hidden = (sum(file not in listed for file in group) for group in (images, hidden))
    left_out = others + Counter({f"not in {path.name}": num_unlisted, "hidden": num_hidden})
    remark = f"{'divided' if divided else 'labelled'} as {path.name} says"
    return Listing(splits, class_names, f"{folder}/", dict(left_out), (remark,))


def columns_of(data: DataConfig) -> tuple[str, str]:
    """What the columns of files and of labels are called in a list."""
    return data.image_column or "file", data.label_column or "label"


def is_division(rows: Sequence[Row]) -> bool:
    """Whether a list says which part an image belongs to."""
    return all(row.split for row in rows)


def read_rows(path: Path, file_column: str = "file", label_column: str = "label") -> list[Row]:
    """The rows of a list of files.

    Args:
        path: The list.
        file_column: What its column of files is called.
        label_column: And that of labels.

    Raises:
        InputError: It cannot be read, lacks a column, or has a row that cannot be.
    """
    names, content = read_table(path, "data.splits")
    columns = {"file": file_column, "label": label_column}
    missing = next((key for key, name in columns.items() if name not in names), None)
    if missing is not None:
        raise InputError(
            f"data.splits: {path} has no column {columns[missing]} but {first_line(names)}; say which ones hold files "
            'and labels: SET="data.image_column=NAME data.label_column=NAME"'
        )
    if "split" in names:
        columns = {"split": "split"} | columns
    rows = [_checked(row, columns, f"data.splits: {path} line {line}") for line, row in content]
    if not rows:
        raise InputError(f"data.splits: {path} lists no file; add a line for each image")
    double = [file for file, number in Counter(row.file for row in rows).items() if number > 1]
    if double:
        parts = ", ".join(row.split or row.label for row in rows if row.file == double[0])
        raise InputError(f"data.splits: {path} lists {double[0]} more than once ({parts}); keep one line of it")
    return rows


def read_table(path: Path, key: str) -> tuple[list[str], list[tuple[int, dict[str | None, Any]]]]:
    """A CSV's columns, and its rows, each with the line that it ends on.

    Args:
        path: The file.
        key: What names it, for messages.

    Raises:
        InputError: It cannot be read, or a quote in it is not closed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{key}: {unreadable(path, error)}") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, dict[str | None, Any]]] = []
    read = 0
    try:
        names = list(reader.fieldnames or ())
        read = reader.line_num
        for row in reader:
            read = reader.line_num
            rows.append((read, dict(row)))
    except csv.Error as error:
        raise InputError(
            f"{key}: {path} line {read + 1}: {error}; close its double quotes, or leave them out"
        ) from error
    return names, rows


def first_line(names: Iterable[str]) -> str:
    """The columns that a CSV has in place of those that are wanted, for messages."""
    return one_line(", ".join(names)) or "nothing in its first line"


def rows_of(data: DataConfig, listing: Listing, folder: Path) -> list[Row]:
    """A folder of images divided as a sweep would divide it, in the order of the listing.

    Raises:
        InputError: A name cannot be written down, or a class would be missing from a part.
    """
    labels = {split: content.labels_N for split, content in listing.splits.items()}
    division = divide(data.stored(""), listing.class_names, labels)
    sources = {"train": "train", "val": division.val_split, "test": division.test_split}
    rows = []
    for part in PARTS:
        split = listing.splits[sources[part]]
        names = [image.name for image in split.images]
        for position in getattr(division, part).tolist():
            label = listing.class_names[int(split.labels_N[position])]
            rows.append(Row(part, _writable(names[position], folder), label))
    return rows


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a division's file.

    Raises:
        InputError: A name would be read as another.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_readable_again, rows))
    write_bytes(path, text.getvalue().encode())


def split_fingerprint(path: str) -> str | None:
    """The digest of a division's file; None where it is not there, which its reading says better."""
    place = typed_path(path)
    return sha256_of_file(place) if place.is_file() else None


def _checked(content: Mapping[Any, Any], columns: Mapping[str, str], where: str) -> Row:
    if None in content:  # cells beyond the columns
        raise InputError(f"{where}: has more cells than the first line; put a name that has a comma into double quotes")
    values = {key: (content[name] or "").strip() for key, name in columns.items()}
    empty = next((columns[key] for key, value in values.items() if not value), None)
    if empty is not None:
        raise InputError(f"{where}: {empty} is empty; fill it in, or remove the line")
    part = part_of(values["split"]) if "split" in values else ""
    if part is None:
        raise InputError(f"{where}: split is '{values['split']}'; it must be train, val or test")
    file = PurePosixPath(values["file"].replace("\\", "/"))
    if file.is_absolute() or ".." in file.parts:
        raise InputError(
            f"{where}: {columns['file']} is '{values['file']}'; give its path below the folder of data.source"
        )
    return Row(part, str(file), values["label"])


def _found(folder: Path, rows: Sequence[Row], images: Iterable[Path], listed_in: Path) -> list[Path]:
    """The file of each row: many lists name images without their endings.

    Raises:
        InputError: There is none, or more than one; or two rows are the same file.
    """
    files = [folder / row.file for row in rows]
    absent = [position for position, file in enumerate(files) if not os.path.lexists(file)]
    if not absent:
        return files
    by_stem = defaultdict[Path, list[Path]](list)
    for image in images:
        by_stem[image.with_suffix("")].append(image)
    for position in absent:
        named = rows[position].file
        meant = by_stem[files[position]]
        if not meant:
            raise InputError(
                f"data.splits: {listed_in} lists {named}, which is not in {folder}; bring it back, or remove its line"
            )
        if len(meant) > 1:
            them = " or ".join(sorted(each.name for each in meant))
            raise InputError(f"data.splits: {listed_in} lists {named}, which may be {them}; write its ending too")
        files[position] = meant[0]
    double = next((file for file, number in Counter(files).items() if number > 1), None)
    if double is not None:
        raise InputError(
            f"data.splits: {listed_in} lists {double.name} with and without its ending; keep one line of it"
        )
    return files


def _writable(name: str, folder: Path) -> str:
    """The path below the folder.

    Raises:
        InputError: It is not UTF-8, so that no list could name it.
    """
    if not os.path.lexists(name):
        raise InputError(f"data.source: the name of the file {name} is not UTF-8; rename it")
    return Path(name).relative_to(folder).as_posix()


def _readable_again(row: Row) -> Row:
    """The row, unless it would be read as another: people write spaces beside commas, and Windows backslashes."""
    if _checked(row._asdict(), {name: name for name in COLUMNS}, "") != row:
        raise InputError(
            f"data.source: a list of files cannot name {row.file!r} of class {row.label!r}, since spaces at the "
            "ends of a name and backslashes are not read as its own; rename it"
        )
    return row


def count_parts(rows: Iterable[Row]) -> Iterator[str]:
    """How many images each part has, as in ``train 36``."""
    counts = Counter(row.split for row in rows)
    return (f"{part} {counts[part]:,}" for part in PARTS)
