"""A column of labels, of whatever type, to whole numbers from 0 and the classes' names."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.data.listing import some_of
from kd.errors import InputError

UNLABELLED = -1
"""What the Hub writes where a label is kept secret."""

_TYPES: dict[type, str] = {bool: "values true and false", int: "numbers", str: "words"}


class Labels(NamedTuple):
    """Labels [N] int64 of each split, the classes' names in label order, and how the ones became the others."""

    splits: dict[str, NDArray[np.int64]]
    class_names: list[str]
    remarks: tuple[str, ...] = ()


def encode_labels(
    values: Mapping[str, Sequence[Any]], names: Sequence[str] | None, column: str, columns: Sequence[str] = ()
) -> Labels:
    """Number the classes.

    With ``names``, labels are their positions already, and a name that no split uses is left out. Without, the
    classes are the different values, sorted; whole numbers without a gap from 0 on stay what they are.

    Args:
        values: Of each split.
        names: Of the classes, where the source has them.
        column: For messages.
        columns: That may be named instead, for messages.

    Raises:
        InputError: A row has no label, or one that is no class: a fraction, a list, a number beyond the names.
    """
    for split, labels in values.items():
        _check_present(split, labels, column, [name for name in columns if name != column])
    kind = _common_type(values, column)
    found = {label for labels in values.values() for label in labels}
    present, remark = sorted(found), ""
    if names is None:
        class_names = [str(value) for value in present]
        if kind is not int or present != list(range(len(present))):
            remark = f"classes are the {_TYPES[kind]} in '{column}', sorted"
    else:
        if kind is not int:
            raise InputError(
                f"data.label_column: '{column}' has class names, but holds {_TYPES[kind]}; it must hold their numbers"
            )
        _check_range(values, len(names), column)
        class_names = [names[value] for value in present]
        unused = [name for number, name in enumerate(names) if number not in found]
        remark = f"left out, as no image has them: {some_of(unused)}" if unused else ""
    position = {value: number for number, value in enumerate(present)}
    splits = {
        split: np.fromiter((position[label] for label in labels), np.int64, len(labels))
        for split, labels in values.items()
    }
    return Labels(splits, class_names, (remark,) if remark else ())


def _check_present(split: str, labels: Sequence[Any], column: str, others: Sequence[str]) -> None:
    missing = [row for row, label in enumerate(labels) if _is_missing(label)]
    if not missing:
        return
    found = labels[missing[0]]
    if len(missing) == len(labels) and split != "train":
        raise InputError(
            f"data.label_column: {split} has no labels ('{column}' is {found} in all {len(labels)} rows); leave it "
            f"out: data.splits: {{{split}: null}}, and some of train is set apart instead"
        )
    another = f", or name another column: {some_of(others)}" if others else ""
    if found == UNLABELLED:
        another += f"; where {UNLABELLED} is a class, give the classes numbers from 0, or words"
    raise InputError(
        f"data.label_column: {split} has {len(missing)} of {len(labels)} rows without a label ({found} in '{column}', "
        f"first in row {missing[0]}); remove those rows{another}"
    )


def _is_missing(label: Any) -> bool:
    return label is None or label != label or (type(label) is int and label == UNLABELLED)


def _common_type(values: Mapping[str, Sequence[Any]], column: str) -> type:
    first: Any = None
    for split, labels in values.items():
        for row, label in enumerate(labels):
            if type(label) not in _TYPES:
                raise InputError(f"data.label_column: {split} row {row} holds {_shown(label)} in '{column}'; {_WANTED}")
            if first is None:
                first = label
            elif type(label) is not type(first):
                raise InputError(
                    f"data.label_column: '{column}' holds {_shown(first)}, and {_shown(label)} in {split} row {row}; "
                    "labels must be of one type"
                )
    if first is None:
        raise InputError(f"data.label_column: '{column}' has no rows; give the source some")
    return type(first)


_WANTED = "labels must be whole numbers, words, or true and false, one per image"


def check_label_type(kind: str, column: str, source: str) -> None:
    """Refuse a column that cannot be labels by its type alone, before it is read.

    Raises:
        InputError: It holds lists (several labels an image, or one-hot), images, fractions or the like.
    """
    name = kind.lower()
    if any(word in name for word in ("list", "sequence", "array")):
        raise InputError(
            f"data.label_column: '{column}' of {source} holds lists ({kind}): several labels per image, or one-hot; "
            "one label is wanted: keep images with one label, and write its number into a column"
        )
    if any(word in name for word in ("image", "struct", "binary", "float", "double", "audio", "video")):
        raise InputError(f"data.label_column: '{column}' of {source} holds {kind}; {_WANTED}")


def _check_range(values: Mapping[str, Sequence[int]], num_classes: int, column: str) -> None:
    for split, labels in values.items():
        bad = next((row for row, label in enumerate(labels) if not 0 <= label < num_classes), None)
        if bad is not None:
            raise InputError(
                f"data.label_column: {split} has a label outside 0…{num_classes - 1}: {labels[bad]} in '{column}', "
                f"row {bad}; mend or remove that row"
            )


def _shown(label: Any) -> str:
    text = repr(label)
    return text if len(text) <= 40 else f"{text[:40]}…"
