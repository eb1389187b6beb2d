"""Data by import path: ``package.module:function``, a function of the user's own that returns them.

It takes no arguments and returns a split's data by its name, ``{"train": …, "test": …}``: images with their labels and
the classes' names, or a data set as torch's and Hugging Face's are. Only what a person wrote into the sweep file is
imported; nothing that lies in data is.
"""

import hashlib
import importlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.config import DataConfig
from kd.data.decoding import Encoded, TooLargeError
from kd.data.listing import Listing, SplitListing, of_images
from kd.data.sources.files.folder import read_bounded
from kd.data.sources.files.idle_keys import refuse_idle_keys
from kd.data.sources.files.split_names import choose_splits, remarks_beside, remarks_on, unlabeled_split
from kd.data.sources.tables import columns as tables
from kd.data.sources.tables.labels import encode_labels
from kd.errors import InputError, one_line
from kd.files import typed_path
from kd.model_source import model_sha256, where_modules_are

READER_VERSION = 2
"""Of how what a function returns is read: a store that an earlier way made is not taken for one of this way."""

FORMS = "{'train': (images, labels, class names), 'test': …}, or a data set of torch or of Hugging Face under each name"
_IMAGES = "wanted are images: an array, a list, or a data set"
_SAMPLE = 64  # items of a data set that are looked at to see whether it changed
_CHANNELS = (1, 3)
_IN_PNG = dict.fromkeys(("CMYK", "YCbCr", "LAB", "HSV", "RGBX"), "RGB") | {"PA": "RGBA", "RGBa": "RGBA", "La": "LA"}
"""What Pillow's modes become that a PNG does not have."""


class _Split(NamedTuple):
    """A split as it was given: how many images, image and label of each, the classes' names where they are known."""

    num_images: int
    image: Callable[[int], Any]
    label: Callable[[int], Any]
    class_names: list[str] | None
    whole: NDArray[Any] | None = None  # all images, where they are one array


def list_function(data: DataConfig) -> Listing:
    """What the function of ``data.source`` returns.

    Raises:
        InputError: It cannot be imported or called, or returns something else.
    """
    refuse_idle_keys(data, data.source, "config")
    given = _call(data.source)
    if all(_is_of_datasets(value) for value in given.values()):
        return _list_datasets(data, given)
    refuse_idle_keys(data, data.source, "image_column", "label_column")
    choice = choose_splits(given, data.split_names, data.source)
    splits = {str(part): _split_of(given[name], f"{data.source}: {name}") for part, name in choice.splits.items()}
    names = _common_names(splits, data.source)
    try:
        labels = encode_labels(
            {part: [_plain(split.label(row)) for row in range(split.num_images)] for part, split in splits.items()},
            names,
            "labels",
        )
    except InputError as error:
        raise InputError(str(error).replace("data.label_column", f"data.source: {data.source}", 1)) from error
    listed = {
        part: SplitListing(labels.splits[part], _images_of(split, f"{data.source}: {part}", data))
        for part, split in splits.items()
    }
    remarks = (*remarks_on(choice.splits), *labels.remarks, *remarks_beside(choice.others))
    return Listing(listed, labels.class_names, remarks=remarks)


def list_images(data: DataConfig) -> Listing:
    """The images that the function of ``data.source`` returns, with labels or without.

    Raises:
        InputError: As ``list_function``.
    """
    refuse_idle_keys(data, data.source, "config")
    given = _call(data.source)
    if all(_is_of_datasets(value) for value in given.values()):
        return _list_datasets(data, given, tables.list_images)
    refuse_idle_keys(data, data.source, "image_column")
    name = unlabeled_split(given, (data.split_names or {}).get("train"), data.source)
    where = f"{data.source}: {name}"
    value = given[name]
    if isinstance(value, tuple) and len(value) in (2, 3):  # images, labels, class names
        value = value[0]
    if not hasattr(value, "__len__") or not hasattr(value, "__getitem__"):
        kind = type(value).__name__
        raise InputError(f"data.source: {where} is a {kind}, and nobody knows how many images it has; {_IMAGES}")
    is_plain = isinstance(value, list) or hasattr(value, "dtype")
    images = _stacked(value) if is_plain else _ImagesAlone(value, where)
    whole = images if isinstance(images, np.ndarray) and images.dtype != object else None
    split = _Split(len(images), images.__getitem__, lambda row: None, None, whole)
    if not is_plain and split.num_images and _bytes_of(split.image(0)) != _bytes_of(split.image(0)):
        raise _unstable(where)
    return of_images(_images_of(split, where, data), split.num_images, remarks_beside(sorted({*given} - {name})))


class _ImagesAlone:
    """The images of a data set, whose items are images, or an image and what belongs to it."""

    def __init__(self, items: Any, where: str) -> None:
        self._items = items
        self._where = where

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, row: int) -> Any:
        try:
            item = self._items[row]
        except Exception as error:  # the user's code may raise anything
            raise InputError(f"data.source: {self._where} item {row} failed: {one_line(error)}") from error
        if isinstance(item, Mapping) and "image" in item:
            return item["image"]
        return item[0] if isinstance(item, tuple | list) and item else item


def function_fingerprint(source: str) -> list[Any]:
    """What shows that a function's data changed: its source, and of each split the number and content of its images.

    Of a data set, whose images may be dear to make, some evenly spread are looked at; of an array all.
    """
    given = sorted(_call(source).items())
    content = [[name, _digest_of(value, f"{source}: {name}")] for name, value in given]
    return [model_sha256(source), content, READER_VERSION]


def _call(source: str) -> dict[str, Any]:
    module_name, _, name = source.partition(":")
    try:
        function = getattr(importlib.import_module(module_name), name)
    except Exception as error:  # importing runs the user's code, which may raise anything
        raise InputError(f"data.source: cannot import {source}: {one_line(error)}; {where_modules_are()}") from error
    if not callable(function):
        raise InputError(f"data.source: {source} is a {type(function).__name__}, not a function that returns {FORMS}")
    try:
        given = function()
    except Exception as error:  # the user's code may raise anything
        raise InputError(f"data.source: {source}() failed: {one_line(error)}") from error
    splits = dict(given) if isinstance(given, Mapping) else {"train": given}
    if not splits or not all(isinstance(name, str) for name in splits):
        raise InputError(f"data.source: {source}() returned a {type(given).__name__}; wanted is {FORMS}")
    return splits


def _split_of(value: Any, where: str) -> _Split:
    if isinstance(value, tuple | list) and len(value) in (2, 3) and not hasattr(value, "classes"):
        return _split_of_parts(value[0], value[1], value[2] if len(value) == 3 else None, where)
    if not hasattr(value, "__len__") or not hasattr(value, "__getitem__"):
        kind = type(value).__name__
        raise InputError(
            f"data.source: {where} is a {kind}, and nobody knows how many images it has; wanted is {FORMS}"
        )
    pairs = _Pairs(value, where)
    if len(value):
        _check_stable(pairs, where)
    return _Split(len(value), pairs.image, pairs.label, _names_of(value))


def _split_of_parts(images: Any, labels: Any, names: Any, where: str) -> _Split:
    if not all(hasattr(part, "__len__") and hasattr(part, "__getitem__") for part in (images, labels)):
        kinds = f"{type(images).__name__} and {type(labels).__name__}"
        raise InputError(f"data.source: {where} has {kinds} for images and labels; wanted are arrays or lists")
    images, labels = _stacked(images), _stacked(labels)
    if len(images) != len(labels):
        raise InputError(
            f"data.source: {where} has {len(images):,} images and {len(labels):,} labels; give one label for each image"
        )
    whole = images if isinstance(images, np.ndarray) and images.dtype != object else None
    return _Split(len(labels), images.__getitem__, labels.__getitem__, None if names is None else list(names), whole)


class _Pairs:
    """Image and label of an item, which is made once where both are asked for in turn."""

    def __init__(self, items: Any, where: str) -> None:
        self._items = items
        self._where = where
        self._targets = self._labels_alone()

    def item(self, row: int) -> tuple[Any, Any]:
        """Image and label."""
        try:
            item = self._items[row]
        except Exception as error:  # the user's code may raise anything
            raise InputError(f"data.source: {self._where} item {row} failed: {one_line(error)}") from error
        if isinstance(item, Mapping) and {"image", "label"} <= item.keys():
            return item["image"], item["label"]
        if isinstance(item, tuple | list) and len(item) >= 2:
            return item[0], item[1]
        raise InputError(
            f"data.source: {self._where} item {row} is a {type(item).__name__}; wanted is (image, label), or a mapping "
            "with image and label"
        )

    def _labels_alone(self) -> Any | None:
        """Those of torchvision's data sets, which need no image; None where an item's label may be another."""
        targets = getattr(self._items, "targets", None)
        if targets is None or len(targets) != len(self._items):
            return None
        if getattr(self._items, "target_transform", None) is not None:
            return None
        rows = _some_rows(len(targets))
        are_same = all(np.array_equal(_plain(targets[row]), _plain(self.item(row)[1])) for row in rows)
        return targets if are_same else None

    def image(self, row: int) -> Any:
        """The image alone."""
        return self.item(row)[0]

    def label(self, row: int) -> Any:
        """The label alone."""
        return self._targets[row] if self._targets is not None else self.item(row)[1]


def _check_stable(pairs: _Pairs, where: str) -> None:
    """Raises: InputError: An item is another image each time, so that no run could be named after it."""
    if _bytes_of(pairs.image(0)) != _bytes_of(pairs.image(0)):
        raise _unstable(where)


def _unstable(where: str) -> InputError:
    return InputError(
        f"data.source: {where} gives another image each time that it is asked for item 0; take what is random out "
        "of its transform: data.augment changes images in training"
    )


def _images_of(split: _Split, where: str, data: DataConfig) -> "NDArray[np.uint8] | _Encoding":
    if split.whole is None:
        return _Encoding(split, where)
    images_NCHW = _batch(split.whole, where)
    is_in_size = data.target_size in (None, images_NCHW.shape[2:])
    return images_NCHW if is_in_size else _Encoding(split._replace(image=_from_rows(images_NCHW)), where)


def _from_rows(images_NCHW: NDArray[np.uint8]) -> Callable[[int], NDArray[np.uint8]]:
    return lambda row: images_NCHW[row].transpose(1, 2, 0)


class _Encoding:
    """The images of a split as files, each made when its turn comes, so that none is kept."""

    def __init__(self, split: _Split, where: str) -> None:
        self._split = split
        self._where = where

    def __iter__(self) -> Iterator[Encoded]:
        for row in range(self._split.num_images):
            name = f"{self._where} image {row}"
            content = _file_of(self._split.image(row), name)
            yield Encoded(name, lambda content=content: content)  # type: ignore[misc]


def _file_of(image: Any, where: str) -> bytes:
    """An image file: as it is where it is one, by its content or its path.

    Else without loss: as a PNG where the image is Pillow's, which knows palettes and transparency, or as a bitmap.
    """
    from PIL import Image

    if isinstance(image, bytes):
        return image
    if isinstance(image, str | Path):
        try:
            return read_bounded(typed_path(str(image)))
        except (OSError, TooLargeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"data.source: {where} is the file {image}: {reason}") from error
    stream = io.BytesIO()
    if isinstance(image, Image.Image):
        written = image.convert(_IN_PNG[image.mode]) if image.mode in _IN_PNG else image
        try:
            written.save(stream, "PNG", compress_level=1)
        except OSError as error:  # of a mode that a PNG does not have, or of a file that is only read now
            raise InputError(
                f"data.source: {where} cannot be read ({one_line(error)}); convert it to L or RGB where it is made"
            ) from error
    else:
        pixels = _batch(np.asarray(_as_array(image))[None], where)[0].transpose(1, 2, 0)
        Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(stream, "BMP")
    return stream.getvalue()


def _batch(images: NDArray[Any], where: str) -> NDArray[np.uint8]:
    """Images [N, C, H, W] of 8 bits, of [N, H, W], [N, C, H, W] or [N, H, W, C].

    Raises:
        InputError: They are of another shape, or no pixels.
    """
    if images.ndim == 3:
        images = images[:, None]
    elif images.ndim == 4 and images.shape[1] not in _CHANNELS and images.shape[3] in _CHANNELS:
        images = images.transpose(0, 3, 1, 2)
    if images.ndim != 4 or images.shape[1] not in _CHANNELS:
        shape = list(images.shape[1:])
        raise InputError(
            f"data.source: {where} is of shape {shape}; an image is [height, width], or has 1 or 3 channels: "
            "[height, width, channels] or [channels, height, width]"
        )
    return np.ascontiguousarray(_pixels(images, where))


def _pixels(images: NDArray[Any], where: str) -> NDArray[np.uint8]:
    if images.dtype == np.uint8:
        return images
    if images.size == 0:
        return images.astype(np.uint8)
    low, high = images.min(), images.max()
    if images.dtype == bool or (np.issubdtype(images.dtype, np.floating) and low >= 0 and high <= 1):
        return np.round(images * np.float64(255)).astype(np.uint8)
    if np.issubdtype(images.dtype, np.integer) and low >= 0 and high <= 255:
        return images.astype(np.uint8)
    raise InputError(
        f"data.source: {where} holds {images.dtype} from {low:.3g} to {high:.3g}; images are whole numbers 0…255 or "
        "fractions 0…1: leave Normalize out of its transform (teacher.normalize says what a network is fed)"
    )


def _as_array(value: Any) -> Any:
    """A tensor as an array, without importing torch."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _stacked(values: Any) -> Any:
    """Images or labels as one array, where they are a tensor, or arrays of one shape."""
    values = _as_array(values)
    if isinstance(values, np.ndarray) or not len(values) or isinstance(values[0], str):
        return values
    arrays = [_as_array(value) for value in values]
    is_one = all(isinstance(array, np.ndarray) and array.shape == arrays[0].shape for array in arrays)
    return np.stack(arrays) if is_one else arrays


def _plain(label: Any) -> Any:
    """A label as Python has it."""
    label = _as_array(label)
    return label.item() if isinstance(label, np.ndarray | np.generic) and label.ndim == 0 else label


def _names_of(value: Any) -> list[str] | None:
    """The names of a data set's classes, as torchvision's have them; of a subset, those of the whole."""
    while value is not None:
        names = getattr(value, "classes", None)
        if isinstance(names, Sequence) and not isinstance(names, str):
            return [str(name) for name in names]
        value = getattr(value, "dataset", None)
    return None


def _common_names(splits: Mapping[str, _Split], source: str) -> list[str] | None:
    found = {part: split.class_names for part, split in splits.items() if split.class_names is not None}
    if not found:
        return None
    first, *others = found.items()
    for part, names in others:
        if names != first[1]:
            raise InputError(
                f"data.source: {source} names other classes in {part} than in {first[0]}; "
                "give both the same names, in the same order"
            )
    return [str(name) for name in first[1]]


def _is_of_datasets(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("features", "cast_column", "__len__"))


def _list_datasets(data: DataConfig, given: dict[str, Any], reading: tables.Reading = tables.list_tables) -> Listing:
    from kd.data.sources.tables.hub import table_of

    # whatever files it names, the user's own code made it
    return reading(data, {name: table_of(value) for name, value in given.items()}, [Path.cwd(), Path("/")])


def _digest_of(value: Any, where: str) -> str:
    """Of a split: all of an array's images, some of a data set's."""
    digest = hashlib.sha256()
    if hasattr(value, "dtype") or (isinstance(value, tuple | list) and len(value) in (2, 3)):
        for part in [value] if hasattr(value, "dtype") else value:
            digest.update(_bytes_of(part))
        return digest.hexdigest()
    number = len(value) if hasattr(value, "__len__") else 0
    digest.update(f"{type(value).__name__} {number}".encode())
    for row in _some_rows(number):
        try:
            item = value[row]
        except Exception as error:  # the user's code may raise anything
            raise InputError(f"data.source: {where} item {row} failed: {one_line(error)}") from error
        digest.update(_bytes_of(item))
    return digest.hexdigest()


def _some_rows(number: int) -> list[int]:
    """So many items, or some of them, evenly spread."""
    rows: list[int] = np.linspace(0, number - 1, min(number, _SAMPLE)).astype(int).tolist()
    return rows


def _bytes_of(value: Any) -> bytes:
    """Bytes that are the same for the same content; of a file that is named, for the same size and time."""
    value = _as_array(value)
    if isinstance(value, str | Path) and (place := typed_path(str(value))).is_file():
        status = place.stat()
        return f"{value} {status.st_size} {status.st_mtime_ns}".encode()
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}".encode() + np.ascontiguousarray(value).tobytes()
    if isinstance(value, Mapping):
        return b"".join(_bytes_of(part) for pair in sorted(value.items()) for part in pair)
    if isinstance(value, list | tuple):
        return b"".join(map(_bytes_of, value))
    if hasattr(value, "tobytes") and hasattr(value, "size"):
        return f"{getattr(value, 'mode', '')} {value.size}".encode() + bytes(value.tobytes())
    return repr(value).encode()
