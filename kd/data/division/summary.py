"""What was read, in one line: what exposes a layout that was taken for another."""

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kd.config import DataConfig
from kd.data.decoded.arrays import load_array
from kd.data.division.duplicates import find_contradicted, find_shared, image_hashes
from kd.data.division.splits import Division, LabelledDivision, open_division
from kd.data.listing import kinds
from kd.plain_text import one_line
from kd.records import StoreIndex

_NAMES_SHOWN = 5
_WHITE = 255


def summarize(data: DataConfig, digest: str, root: Path) -> str:
    """The data line of a prepared source, with the images that are in two parts or under two labels.

    Raises:
        InputError: A class would be missing from train, val or test.
    """
    opened = open_division(data.stored(digest), root)
    division, store, _ = opened
    parts = [describe(store, division)]
    if data.duplicates == "drop":
        kept = data.model_copy(update={"duplicates": "allow"}).stored(digest)
        whole = open_division(kept, root).division
        gone = [len(whole.train) - len(division.train), len(whole.val) - len(division.val)]
        if any(gone):
            parts.append(f"duplicates left out: {gone[0]} of train, {gone[1]} of val")
    hashes = {} if data.duplicates == "allow" else _hashes(division, root / digest)
    if data.duplicates == "warn" and (said := _duplicates(hashes)):
        parts.append(f"duplicates: {said} (data.duplicates: drop leaves them out, allow says nothing)")
    if data.duplicates != "allow" and (said := _contradicted(opened, hashes, root / digest)):
        parts.append(f"equal images under two labels: {said}; of each leave the one that is labelled right")
    return "; ".join(parts)


def describe(store: StoreIndex, division: Division) -> str:
    """Classes, images of each part, and what was left out.

    >>> from kd.data.division.splits import divide
    >>> index = StoreIndex(source="s", digest="d", class_names=["cat", "dog"], splits={}, left_out={".heic": 40})
    >>> describe(index, Division([0] * 36, [0] * 8, [0] * 9, "test"))
    '2 classes: cat, dog; train 36, val 8, test 9 images (val set apart from train); left out: 40 files (.heic 40)'
    """
    names = [one_line(name) for name in store.class_names[:_NAMES_SHOWN]]
    shown = ", ".join(names) + (", …" if len(store.class_names) > _NAMES_SHOWN else "")
    carved = [part for part, split in (("val", division.val_split), ("test", division.test_split)) if split == "train"]
    apart = f" ({' and '.join(carved)} set apart from train)" if carved else ""
    parts = [
        f"{len(store.class_names):,} classes: {shown}",
        f"train {len(division.train):,}, val {len(division.val):,}, test {len(division.test):,} images{apart}",
        *map(one_line, _alike(store.class_names)),
        *how_it_was_read(store),
    ]
    return "; ".join(parts)


def how_it_was_read(store: StoreIndex) -> Iterator[str]:
    """What was not plain in a source, and what of it was left out.

    >>> index = StoreIndex(source="s", digest="d", class_names=[], splits={}, skipped=["a.png"], left_out={".heic": 40})
    >>> list(how_it_was_read(index))
    ['unreadable and left out: 1 image', 'left out: 40 files (.heic 40)']
    """
    yield from map(one_line, store.remarks)
    if store.skipped:
        yield f"unreadable and left out: {_counted(len(store.skipped), 'image')}"
    if store.left_out:
        yield f"left out: {_counted(sum(store.left_out.values()), 'file')} ({one_line(kinds(store.left_out))})"


def _alike(names: list[str]) -> Iterator[str]:
    """Classes that are probably one, of which the first two are named.

    >>> list(_alike(["Cat", "cat ", "dog", "1", "01"]))
    ["'Cat' and 'cat ' are two classes, and differ in case, spaces or the encoding of accents alone"]
    """
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault("".join(unicodedata.normalize("NFC", name).lower().split()), name)
        if other is not name:
            yield f"'{other}' and '{name}' are two classes, and differ in case, spaces or the encoding of accents alone"
            return


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _duplicates(hashes: Mapping[str, NDArray[np.uint64]]) -> str:
    shared = find_shared(hashes)
    return ", ".join(f"{each.number:,} of {each.part} also in {each.other}" for each in shared)


def _contradicted(opened: LabelledDivision, hashes: Mapping[str, NDArray[np.uint64]], folder: Path) -> str:
    """How many images of each part, and of the most frequent two labels and whether nothing can be seen on it."""
    division, store, labels = opened
    said = []
    for part, split in _splits(division).items():
        labels_N = labels[split][getattr(division, part)]
        found = find_contradicted(hashes[part], labels_N)
        if len(found):
            each, counts = np.unique(hashes[part][found], return_counts=True)
            equal = np.flatnonzero(hashes[part] == each[counts.argmax()])
            names = (f"'{one_line(store.class_names[label])}'" for label in np.unique(labels_N[equal])[:2])
            image = load_array(folder / f"{split}_images.npy", "r")[getattr(division, part)[equal[0]]]
            white = ", all white: transparent images are laid over white" if image.min() == _WHITE else ""
            said.append(f"{len(found):,} of {part} (one as {' and as '.join(names)}{white})")
    return ", ".join(said)


def _hashes(division: Division, folder: Path) -> dict[str, NDArray[np.uint64]]:
    """Of the images of each part."""
    splits = _splits(division)
    stored = {split: image_hashes(folder, split) for split in set(splits.values())}
    return {part: stored[split][getattr(division, part)] for part, split in splits.items()}


def _splits(division: Division) -> dict[str, str]:
    """The stored split that each part lies in."""
    return {"train": "train", "val": division.val_split, "test": division.test_split}
