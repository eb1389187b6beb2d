"""Encoded images to one uint8 array on disk: in order, by several threads, a bounded number at a time.

An image becomes grey or RGB and upright: EXIF orientation is applied, transparency is laid over white (as
a viewer shows it), palettes, CMYK and the like become RGB without colour management. With a size, the
largest centred box of the wanted shape is cut out and resized (bilinear, antialiased).
"""

import io
import struct
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.config import MAX_PIXELS
from kd.cores import num_cores
from kd.errors import InputError
from kd.files import new_array

if TYPE_CHECKING:
    from PIL.Image import Image


Pixels = NDArray[np.uint8]
Size = tuple[int, int]
"""Height and width."""


# Of what Pillow reads: still pictures of 8 bits. Not those that it hands to another program (EPS to Ghostscript), or
# that hold measurements or films.
_FORMATS = {"AVIF", "BMP", "DIB", "GIF", "ICO", "JPEG", "JPEG2000", "MPO", "PCX", "PNG", "PPM", "QOI", "SGI", "TGA"}
_FORMATS |= {"TIFF", "WEBP"}
_UNSIGNED = {"TGA"}  # no first bytes tell it, and nearly any text could be one
COPY_BYTES = 64 * 2**20
_LARGE_PIXELS = 2**24  # from here on one is decoded at a time: with its copies it takes some 200 MiB and more
_ONE_AT_A_TIME = threading.Lock()
_IMAGES_PER_TASK = 16
_WORTH_A_THREAD_S = 0.3e-3  # smaller images are mostly Python, and threads only take its lock from one another
_ORIENTATION_TAG = 0x0112
# What Pillow raises on bytes that are no image, or not a whole one; a MemoryError is none of it.
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, struct.error)


@cache
def image_formats() -> tuple[str, ...]:
    """Pillow's names of the formats that are read, as far as it was built with them."""
    from PIL import Image

    Image.init()
    return tuple(name for name in Image.OPEN if name in _FORMATS)


@cache
def signed_formats() -> tuple[str, ...]:
    """Those that a file's first bytes tell."""
    return tuple(name for name in image_formats() if name not in _UNSIGNED)


@cache
def image_endings() -> frozenset[str]:
    """The endings of files that can be read, in lower case and with their dot."""
    from PIL import Image

    Image.init()
    return frozenset(ending for ending, name in Image.registered_extensions().items() if name in _FORMATS)


class TooLargeError(ValueError):
    """An image that is refused for its size, before its pixels are read."""


class Encoded(NamedTuple):
    """An image file's name, for messages, and how to read it."""

    name: str
    read: Callable[[], bytes]


class Unreadable(NamedTuple):
    """An image that cannot be read, and why: it is empty, not there, not an image, cut short, damaged or too large."""

    name: str
    why: str


class DecodedFile(NamedTuple):
    """What became of a split: which images [N] were readable, and those that were not."""

    readable_N: NDArray[np.bool_]
    unreadable: list[Unreadable]


def decode_image(content: bytes, size: Size | None = None, max_pixels: int = MAX_PIXELS) -> Pixels:
    """One image: HxW where it is grey, else HxWx3.

    Args:
        content: Of the file.
        size: That it is brought to.
        max_pixels: That it may have before.

    Raises:
        InputError: It has more than 8 bits a channel (Pillow would turn nearly all of it white).
        TooLargeError: It has more pixels, which tells a trap from a picture.
        Exception: Of many kinds, where it is damaged.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=image_formats()) as image:
            num_pixels = image.width * image.height
            if num_pixels > max_pixels:
                raise _too_many_pixels(max_pixels)
            with _ONE_AT_A_TIME if num_pixels > _LARGE_PIXELS else nullcontext():
                return _decoded_pixels(image, size)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(max_pixels) from error


def _too_many_pixels(max_pixels: int) -> TooLargeError:
    return TooLargeError(f"more than {max_pixels:,} pixels; make it smaller, or raise data.max_pixels")


def _decoded_pixels(image: "Image", size: Size | None) -> Pixels:
    image.load()
    if image.mode.startswith(("I", "F")):
        raise InputError(f"has more than 8 bits a channel (mode {image.mode}); convert it to 8 bits")
    upright = _upright(_without_colour_model(image), _orientation(image))
    return np.asarray(upright if size is None else _resized(upright, size))


def _without_colour_model(image: "Image") -> "Image":
    """Grey (L) or RGB."""
    from PIL import Image

    mode = "L" if image.mode in ("1", "L", "LA", "La") else "RGB"
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), layer)
    return image.convert(mode)


def _orientation(image: "Image") -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except _DAMAGE:
        return 1  # the pixels are whole; a camera's broken note does not make them unusable


def _upright(image: "Image", orientation: int) -> "Image":
    from PIL.Image import Transpose

    methods = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(methods[orientation]) if orientation in methods else image


def _resized(image: "Image", size: Size) -> "Image":
    from PIL.Image import Resampling

    height, width = size
    if (image.height, image.width) == size:
        return image
    scale = min(image.width / width, image.height / height)
    # where a side is cut nowhere, rounding may put its ends beside the image's, which Pillow refuses
    left, top = max((image.width - width * scale) / 2, 0), max((image.height - height * scale) / 2, 0)
    box = (left, top, min(left + width * scale, image.width), min(top + height * scale, image.height))
    return image.resize((width, height), Resampling.BILINEAR, box=box)


def decode_to_file(
    images: Iterable[Encoded], num_images: int, size: Size | None, path: Path, max_pixels: int = MAX_PIXELS
) -> DecodedFile:
    """Decode ``images`` straight into ``path``, an npy file [N, C, H, W] of those that are readable.

    An unreadable one is named with the reason.

    Grey images stay one channel unless any has colour. Memory does not grow with their number.

    Raises:
        InputError: Images of more than 8 bits a channel or, without ``size``, of differing sizes; or no image at all.
    """
    with _pillow_limit(max_pixels):
        return _decode_rows(_decode_in_order(images, size, max_pixels), num_images, path)


def _decode_rows(decoded: Iterator["_Decoded"], num_images: int, path: Path) -> DecodedFile:
    readable_N, unreadable = np.zeros(num_images, np.bool_), []
    rows: np.memmap | None = None
    first, num_rows = "", 0
    for position, (name, pixels) in enumerate(decoded):
        if isinstance(pixels, str):
            unreadable.append(Unreadable(name, pixels))
            continue
        height, width = pixels.shape[:2]
        if rows is None:
            first = name
            shape = (num_images, 1 if pixels.ndim == 2 else 3, height, width)
            rows = new_array(path, shape)
        elif rows.shape[2:] != (height, width):
            raise InputError(
                f"data.source: {name} is {width}×{height} but {first} is {rows.shape[3]}×{rows.shape[2]}; "
                "set data.image_size to bring them to one size"
            )
        elif pixels.ndim == 3 and rows.shape[1] == 1:
            rows = reshape_file(path, num_images, 3, num_rows)
        rows[num_rows] = pixels if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
        readable_N[position] = True
        num_rows += 1
    if rows is None:
        if not unreadable:
            raise InputError("data.source: it has a split without images; leave that out, or give it images")
        return DecodedFile(readable_N, unreadable)
    rows.flush()
    if num_rows < num_images:
        reshape_file(path, num_rows, rows.shape[1], num_rows)
    return DecodedFile(readable_N, unreadable)


@contextmanager
def _pillow_limit(max_pixels: int) -> Iterator[None]:
    """Give Pillow the same limit: its own is of the process, and refuses an image before we see its size.

    Its remark on images of half the size is silenced: they are read, and the remark has no name.
    """
    from PIL import Image

    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = -(-max_pixels // 2)  # it warns from here on, and refuses from the double
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def reshape_file(path: Path, num_rows: int, num_channels: int, num_filled: int) -> np.memmap:
    """Copy the first ``num_filled`` images of an npy file into one of another length or number of channels."""
    old = np.load(path, mmap_mode="r")
    aside = path.with_suffix(".copy")
    new = new_array(aside, (num_rows, num_channels, *old.shape[2:]))
    for part in chunks_of(old[:num_filled]):
        new[part] = old[part]
    new.flush()
    aside.replace(path)
    return new


def chunks_of(images_NCHW: NDArray[np.uint8]) -> Iterator[slice]:
    """Slices over the first axis that hold some 64 MiB each."""
    step = max(1, COPY_BYTES // max(1, images_NCHW[:1].nbytes))
    return (slice(start, min(start + step, len(images_NCHW))) for start in range(0, len(images_NCHW), step))


_Decoded = tuple[str, Pixels | str]
"""An image's name, and its pixels or why they cannot be read."""


def _decode_in_order(images: Iterable[Encoded], size: Size | None, max_pixels: int) -> Iterator[_Decoded]:
    """All images in the given order."""
    remaining = iter(images)

    def decode(image: Encoded) -> _Decoded:
        return _decoded(image, size, max_pixels)

    first = _decode_task_timed(list(islice(remaining, _IMAGES_PER_TASK)), decode)
    yield from first.decoded()
    num_threads = 1 if first.seconds_per_image < _WORTH_A_THREAD_S else num_cores()
    pending: deque[Future[_Task]] = deque()
    pool = ThreadPoolExecutor(num_threads)
    try:
        while True:
            while len(pending) <= num_threads and (task := list(islice(remaining, _IMAGES_PER_TASK))):
                pending.append(pool.submit(_decode_task, task, decode))
            if not pending:
                return
            yield from pending.popleft().result().decoded()
    finally:
        pool.shutdown(cancel_futures=True)


class _Task(NamedTuple):
    """Images that were decoded together, and those whose turn comes when these were taken: they are too large."""

    done: list[_Decoded]
    left: list[Encoded]
    decode: Callable[[Encoded], _Decoded]
    seconds_per_image: float = 0.0

    def decoded(self) -> Iterator[_Decoded]:
        """All of them, in order."""
        yield from self.done
        self.done.clear()
        yield from map(self.decode, self.left)


def _decode_task_timed(task: list[Encoded], decode: Callable[[Encoded], _Decoded]) -> _Task:
    started = time.perf_counter()
    decoded = _decode_task(task, decode)
    return decoded._replace(seconds_per_image=(time.perf_counter() - started) / max(1, len(decoded.done)))


def _decode_task(task: list[Encoded], decode: Callable[[Encoded], _Decoded]) -> _Task:
    done: list[_Decoded] = []
    num_bytes = 0
    for image in task:
        if num_bytes > COPY_BYTES:
            break
        done.append(decode(image))
        num_bytes += 0 if isinstance(pixels := done[-1][1], str) else pixels.nbytes
    return _Task(done, task[len(done) :], decode)


def _decoded(image: Encoded, size: Size | None, max_pixels: int) -> _Decoded:
    content = None
    try:
        content = image.read()
        return image.name, decode_image(content, size, max_pixels)
    except InputError as error:
        raise InputError(f"data.source: {image.name} {error}") from error
    except _DAMAGE as error:
        return image.name, _why_unreadable(content, error)


def _why_unreadable(content: bytes | None, error: Exception) -> str:
    """The reason in a few words; ``content``: of the file, None where already that could not be had.

    >>> _why_unreadable(None, PermissionError(13, "Permission denied")), _why_unreadable(b"", ValueError())
    ('Permission denied', 'empty')
    """
    from PIL import UnidentifiedImageError

    match error:
        case TooLargeError():
            return str(error)
        case FileNotFoundError() if content is None:
            return "not there"
        case OSError() if content is None:
            return error.strerror or "cannot be read"
        case _ if content is not None and not content:
            return "empty"
        case UnidentifiedImageError():
            return "not an image"
        case _:
            return "cut short" if isinstance(error, EOFError) or "truncated" in str(error).lower() else "damaged"
