"""Which part of the data a split is, by what sources call it."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, get_args

from kd.config import Part
from kd.errors import InputError

PARTS: tuple[Part, ...] = get_args(Part)
WHOLE = "."
"""``data.splits: {train: .}``: the source itself is train, whatever the folders in it are called."""

# As the Hub's library has them (datasets.data_files.SPLIT_KEYWORDS), so that a folder is read alike everywhere.
_WORDS: dict[str, Part] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_UNLABELED = {"unlabeled", "unlabelled", "unsupervised", "extra"}
_BETWEEN_WORDS = re.compile(r"[-._ 0-9]+")


def plain_part(name: str) -> Part | None:
    """The part whose usual name this is.

    >>> plain_part("Training"), plain_part("images_train")
    ('train', None)
    """
    return _WORDS.get(name.lower())


def part_of(name: str) -> Part | None:
    """The one part that a name speaks of.

    >>> part_of("images_train"), part_of("val2017"), part_of("train_test"), part_of("restrained")
    ('train', 'val', None, None)
    """
    parts = {_WORDS[word] for word in _BETWEEN_WORDS.split(name.lower()) if word in _WORDS}
    return parts.pop() if len(parts) == 1 else None


class Choice(NamedTuple):
    """The source's split for each part, train first, and the splits that are none."""

    splits: dict[Part, str]
    others: list[str]


def choose_splits(names: Iterable[str], asked: Mapping[Part, str | None] | None, source: str) -> Choice:
    """Find train, val and test among the splits that a source has.

    Args:
        names: Of the splits.
        asked: ``data.splits``.
        source: For messages.

    Raises:
        InputError: There is no train, two splits could be the same part, or what was asked for is not there.
    """
    names, asked = sorted(names), asked or {}
    has = f"{source} has {', '.join(names) or 'no splits'}"
    for part, name in asked.items():
        if name is not None and name not in names:
            raise InputError(f"data.splits.{part}: no split '{name}'; {has}")
    free = [name for name in names if name not in asked.values()]
    found = {part: name for part, name in asked.items() if name is not None}
    for part in PARTS:
        if part in asked:
            continue
        likely = [name for name in free if plain_part(name) == part] or [name for name in free if part_of(name) == part]
        if len(likely) > 1:
            raise InputError(
                f"data.source: {has}: both {' and '.join(likely)} could be {part}; name one: "
                f"data.splits: {{{part}: {likely[0]}}}"
            )
        if likely:
            found[part] = likely[0]
    if "train" not in found:
        example = next((name for name in free if part_of(name) is None), "NAME")
        raise InputError(f"data.source: {has} but no train; say which it is: data.splits: {{train: {example}}}")
    return Choice({part: found[part] for part in PARTS if part in found}, [n for n in names if n not in found.values()])


def unlabeled_split(names: Iterable[str], asked: str | None, source: str) -> str:
    """The split that images without labels are taken from.

    >>> unlabeled_split(["train", "test", "unlabeled"], None, "stl10")
    'unlabeled'

    Args:
        names: Of the source's splits.
        asked: The one that is wanted, where it was said.
        source: For messages.

    Raises:
        InputError: It has no such split, or several and none of these names.
    """
    names = sorted(names)
    has = f"{source} has {', '.join(names) or 'no splits'}"
    if asked is not None:
        if asked not in names:
            raise InputError(f"data.splits: no split '{asked}'; {has}")
        return asked
    likely = [name for name in names if name.lower() in _UNLABELED] or [n for n in names if plain_part(n) == "train"]
    if not likely and len(names) != 1:
        raise InputError(f"data.splits: {has}; say which one the images are taken from")
    return (likely or names)[0]


def remarks_beside(names: Iterable[str], sizes: Mapping[str, str] = MappingProxyType({})) -> tuple[str, ...]:
    """Which splits a source has beside those that are used, with their sizes where they are known.

    >>> remarks_beside(["extra"], {"extra": "12 rows"}), remarks_beside(["extra"])
    (('split extra of 12 rows left out',), ('split extra left out',))
    """
    return tuple(f"split {name}{f' of {sizes[name]}' if name in sizes else ''} left out" for name in names)


def remarks_on(splits: Mapping[Part, str]) -> tuple[str, ...]:
    """Which split was taken for which part, where their names differ."""
    renamed = [f"{part} is '{name}'" for part, name in splits.items() if name != part and name != WHOLE]
    return (", ".join(renamed),) if renamed else ()
