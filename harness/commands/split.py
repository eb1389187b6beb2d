"""The verb ``split``: a division of a folder of images as a list of files, before anybody trains on them."""

import shlex
from pathlib import Path

from rich.console import Console

from harness.command_line import command_line
from harness.console.plain_console import say
from harness.report.publish.written import check_folder
from harness.sweep.reading.overrides import parse_overrides
from harness.sweep.reading.validation import validate
from kd.config import DataConfig
from kd.data.source_names import public_name
from kd.data.sources import images_folder
from kd.data.sources.files.label_file import read_labels, relabelled
from kd.data.sources.files.split_file import (
    columns_of,
    count_parts,
    is_division,
    list_by_file,
    read_rows,
    rows_of,
    write_rows,
)
from kd.data.sources.folders import list_folder
from kd.errors import InputError
from kd.files import typed_path


def write_division(source: str, target: Path, overrides: str, console: Console, labels: str = "") -> Path:
    """Divide a folder of images as a sweep would, and write which file is in which part.

    Args:
        source: ``folder:PATH``, or the path.
        target: The folder that the list is written to.
        overrides: Assignments of keys of ``data``: ``data.test_fraction=0.1 data.split_seed=1``.
        console: Where a person looks.
        labels: A CSV of file and label with corrected labels, as the report's list of those worth a second look.

    Raises:
        InputError: It is no folder of images, the corrections do not fit it, or another division is there already.
    """
    if not source:
        raise InputError("DATA: say which images: " + command_line("split", data="folder:PATH"))
    content: dict[str, object] = {"source": source}
    for (first, *rest), value in parse_overrides(overrides):
        if first != "data" or len(rest) != 1:
            raise InputError(f"SET: {'.'.join([first, *rest])} decides no division; keys of data do: data.split_seed=1")
        content[rest[0]] = value
    data = validate(DataConfig, content, "SET")
    folder = images_folder(data.source)
    rows = read_rows(typed_path(data.splits), *columns_of(data)) if isinstance(data.splits, str) else []
    if rows and is_division(rows) and not labels:
        raise InputError("SET: data.splits is what this writes; leave it out")
    if not rows or not is_division(rows):
        listing = list_by_file(data, folder) if rows else list_folder(data, folder)
        rows = rows_of(data, listing, folder)
    if labels:
        before, rows = rows, relabelled(rows, read_labels(typed_path(labels)), labels)
        number = sum(old != new for old, new in zip(before, rows, strict=True))
        say(console, f"{labels}: {number:,} labels are corrected")
    path = target / f"{public_name(data.source)}-split.csv"
    check_folder(target)
    if path.exists() and read_rows(path) != rows:
        raise InputError(f"{path} is there already and divides otherwise; remove it, or give another folder: DIR=…")
    target.mkdir(parents=True, exist_ok=True)
    write_rows(path, rows)
    say(console, f"{path}: {', '.join(count_parts(rows))} images of {len({row.label for row in rows}):,} classes")
    say(console, "Train on the files of train, choose by those of val, and leave those of test alone.")
    keys = {"source": source, "splits": path}
    assignments = " ".join(shlex.quote(f"data.{key}={value}") for key, value in keys.items())
    say(console, f"A sweep divides alike with {command_line('sweep', 'NAME', set=assignments)}")
    return path
