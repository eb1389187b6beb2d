"""Corrected labels: a CSV of file and label, of some images of a folder, such as a report's list of doubted ones."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from kd.data.sources.files.split_file import Row, first_line, read_table
from kd.errors import InputError

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")  # a report writes an apostrophe before them, which spreadsheets take away


def read_labels(path: Path) -> dict[str, str]:
    """The label of each file that is listed.

    Raises:
        InputError: It cannot be read, has no column file or label, or gives a file two labels.
    """
    names, rows = read_table(path, "LABELS")
    missing = next((name for name in ("file", "label") if name not in names), None)
    if missing is not None:
        raise InputError(
            f"LABELS: {path} has no column {missing} but {first_line(names)}; a report's tables/labels.csv has file "
            "and label"
        )
    labels: dict[str, str] = {}
    for line, content in rows:
        file, label = (_plain((content[name] or "").strip()) for name in ("file", "label"))
        if not file or not label:
            empty = "file" if not file else "label"
            raise InputError(f"LABELS: {path} line {line}: {empty} is empty; fill it in, or remove the line")
        if labels.setdefault(file, label) != label:
            raise InputError(f"LABELS: {path} line {line}: {file} has two labels, {labels[file]} and {label}; keep one")
    return labels


def relabelled(rows: Sequence[Row], labels: Mapping[str, str], place: str) -> list[Row]:
    """A division with other labels where they are given.

    Args:
        rows: Of the folder.
        labels: By file.
        place: Of the list, for messages.

    Raises:
        InputError: A file is not in the folder, or a label is none of its classes.
    """
    names = sorted({row.label for row in rows})
    unknown = sorted(set(labels) - {row.file for row in rows})
    if unknown:
        raise InputError(
            f"LABELS: {place} lists {unknown[0]}, which is not in the folder; give the folder of the sweep"
        )
    odd = next((label for label in labels.values() if label not in names), None)
    if odd is not None:
        near = difflib.get_close_matches(odd, names, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"its classes are {', '.join(names[:10])}"
        raise InputError(f"LABELS: {place}: '{odd}' is no class of the folder; {hint}")
    return [row._replace(label=labels.get(row.file, row.label)) for row in rows]


def _plain(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking a text for a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_SIGNS) else text
