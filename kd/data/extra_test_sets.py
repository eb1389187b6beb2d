"""Other test sets of a sweep: decoded to the shape of its own images, labelled by its classes' names.

A set's store lies beside the others and holds a test split alone: ``test_images.npy``, ``test_labels.npy``. Labels are
numbers of the sweep's classes, of which a set may have some.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kd.config import DataConfig
from kd.data.decoded.scratch import scratch_folder
from kd.data.decoded.store import by_reason, digest_of, publish, read_whole, source_key
from kd.data.decoding import Unreadable, chunks_of, decode_to_file
from kd.data.listing import Listing, SplitListing
from kd.data.sources import list_source
from kd.errors import InputError
from kd.files import new_array, short_hash, write_array, write_bytes, write_record
from kd.records import SplitSize, StoreIndex

_GREY = np.array([299, 587, 114])  # thousandths of red, green and blue: ITU-R 601, as Pillow has it


def prepare_extra(
    place: str,
    asked: DataConfig,
    own_names: Sequence[str],
    main: StoreIndex,
    names: Sequence[str],
    root: Path,
) -> StoreIndex:
    """Find or make the store of another test set.

    Args:
        place: The key of the sweep file, for messages.
        asked: Its source, and what ``class_names`` calls its classes; it is brought to the main images' shape.
        own_names: The main source's names of the classes, in label order.
        main: The main store.
        names: What the sweep calls the same classes.
        root: Of the stores.

    Raises:
        InputError: It cannot be found, reached or decoded, or has a class that the sweep does not have.
    """
    shape = main.splits["train"].shape
    data = asked.model_copy(update={"image_size": shape[1:], "class_names": None})
    renamed = asked.class_names if isinstance(asked.class_names, dict) else {}
    try:
        key = short_hash([source_key(data), sorted(renamed.items()), list(own_names), list(names), shape])
        pointer = root / "sources" / f"extra-{key}"
        if pointer.exists():
            index = read_whole(root / pointer.read_text(errors="replace").strip().replace("\0", ""))
            if index is not None:
                return index
        listing = list_source(data)
        labels = _numbers(listing.class_names, renamed, own_names, names)
        with scratch_folder(root) as temporary:
            index = _decode(listing, labels, data, shape, names, temporary)
            publish(index, temporary, root / index.digest)
    except InputError as error:
        raise InputError(_in_words_of(place, str(error))) from error
    pointer.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(pointer, index.digest.encode())
    return index


def _in_words_of(place: str, message: str) -> str:
    """A message about ``data``, said of this key."""
    message = re.sub(r"data\.splits: \{\w+: ([^}]*)\}", rf"{place}.split: \1", message)
    message = message.replace("SET=data.label_column=NAME", f"{place}.label_column")
    return message.replace("data.source:", f"{place}:", 1).replace("data.", f"{place}.")


def _numbers(
    found: Sequence[str], renamed: Mapping[str, str], own_names: Sequence[str], names: Sequence[str]
) -> NDArray[np.int64]:
    """The sweep's label of each of the set's classes, by the sweep's names or the source's own.

    Raises:
        InputError: The sweep has no such class, or two of the set's are the same one.
    """
    label_of = {_composed(name): label for label, name in enumerate(own_names)}
    label_of |= {_composed(name): label for label, name in enumerate(names)}
    if odd := next((name for name in renamed if name not in found), None):
        raise InputError(f"data.class_names: the set has no class '{odd}'; it has {_some_of(found)}")
    labels: list[int] = []
    for name in found:
        wanted = renamed.get(name, name)
        label = label_of.get(_composed(wanted))
        if label is None:
            near = difflib.get_close_matches(wanted, names, n=1) or [names[0]]
            raise InputError(
                f"data.source: its class '{wanted}' is none of the sweep's ({_some_of(names)}); rename it, leave it "
                f"out of the set, or say which it is: data.class_names: {{{name}: {near[0]}}}"
            )
        if label in labels:
            twice = found[labels.index(label)]
            raise InputError(
                f"data.source: its classes '{twice}' and '{name}' are the same one, {names[label]}; merge them"
            )
        labels.append(label)
    return np.array(labels, np.int64)


def _composed(name: str) -> str:
    """One spelling for letters with accents; macOS and Linux write them in two."""
    return unicodedata.normalize("NFC", name)


def _chosen(listing: Listing) -> SplitListing:
    """The set's test split; of a set without, the one split that there is.

    Raises:
        InputError: There are several, and none is test.
    """
    splits = listing.splits
    if "test" not in splits and len(splits) > 1:
        raise InputError(f"data.source: it has {', '.join(splits)}; say which it is: data.split: {next(iter(splits))}")
    return splits.get("test") or next(iter(splits.values()))


def _decode(
    listing: Listing,
    numbers: NDArray[np.int64],
    data: DataConfig,
    shape: tuple[int, int, int],
    names: Sequence[str],
    folder: Path,
) -> StoreIndex:
    content, path = _chosen(listing), folder / "test_images.npy"
    skipped: list[Unreadable] = []
    readable_N = np.ones(len(content.labels_N), np.bool_)
    if isinstance(content.images, np.ndarray):
        if content.images.shape[2:] != shape[1:]:
            height, width = content.images.shape[2:]
            raise InputError(
                f"data.source: its images come decoded, {width}×{height}, and the sweep's are {shape[2]}×{shape[1]}; "
                "bring them to that size where they are made"
            )
        write_array(path, content.images)
    else:
        readable_N, unreadable = decode_to_file(
            content.images, len(content.labels_N), data.target_size, path, data.max_pixels
        )
        skipped = [Unreadable(name.removeprefix(listing.folder), why) for name, why in unreadable]
    if skipped and (not data.skip_corrupt or not readable_N.any()):
        raise InputError(
            f"data.source: {len(skipped)} unreadable image(s): {by_reason(skipped)}; mend or remove them, or set "
            "data.skip_corrupt: true for the sweep's data"
        )
    labels_N = numbers[content.labels_N[readable_N]]
    write_array(folder / "test_labels.npy", labels_N)
    _give_channels(path, shape[0])
    images = {"test": np.load(path, mmap_mode="r")}
    index = StoreIndex(
        source=data.source,
        digest=digest_of(images, {"test": labels_N}, list(names)),
        class_names=list(names),
        splits={"test": SplitSize(num_images=len(labels_N), shape=shape)},
        skipped=[name for name, _ in skipped],
        why_skipped=[why for _, why in skipped],
        left_out=dict(listing.left_out),
        remarks=list(listing.remarks),
    )
    write_record(folder / "index.json", index)
    return index


def _give_channels(path: Path, wanted: int) -> None:
    """Grey becomes three equal channels, colour grey, where the sweep's images are so."""
    images = np.load(path, mmap_mode="r")
    if images.shape[1] == wanted:
        return
    aside = path.with_suffix(".copy")
    new = new_array(aside, (len(images), wanted, *images.shape[2:]))
    for part in chunks_of(images):
        new[part] = images[part] if wanted == 3 else _grey(images[part])
    new.flush()
    aside.replace(path)


def _grey(images_N3HW: NDArray[np.uint8]) -> NDArray[np.uint8]:
    sums_N1HW = np.tensordot(images_N3HW.astype(np.int64), _GREY, axes=(1, 0))[:, None]
    return ((sums_N1HW + 500) // 1000).astype(np.uint8)


def _some_of(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f", … ({len(names)} in all)" if len(names) > 10 else "")
