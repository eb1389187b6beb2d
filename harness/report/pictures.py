"""Test images as PNG data URIs."""

import base64
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.language import Message
from kd.config import StoredData
from kd.errors import InputError, UnreadableFileError
from kd.records import StoreIndex
from kd.splits import open_division

MAX_SIDE = 96
PIXELATED_BELOW = 64


class Picture(NamedTuple):
    """An image ready for an ``img`` element; ``pixelated`` where it is small enough to show its pixels."""

    uri: str
    width: int
    height: int
    pixelated: bool


class Pictures:
    """The test images of a sweep, read from the memory-mapped store one by one."""

    def __init__(self, images_NCHW: NDArray[np.uint8], positions: NDArray[np.int64], store: StoreIndex) -> None:
        self._images_NCHW = images_NCHW
        self._positions = positions
        self.store = store

    def __len__(self) -> int:
        return len(self._positions)

    def of(self, image: int) -> Picture:
        """The picture of test image ``image``."""
        from PIL import Image

        pixels_CHW = np.asarray(self._images_NCHW[self._positions[image]])
        array = pixels_CHW[0] if len(pixels_CHW) == 1 else pixels_CHW.transpose(1, 2, 0)
        picture = Image.fromarray(np.ascontiguousarray(array))
        if max(picture.size) > MAX_SIDE:
            picture.thumbnail((MAX_SIDE, MAX_SIDE))
        stream = io.BytesIO()
        picture.save(stream, "PNG", optimize=True)
        uri = "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
        return Picture(uri, picture.width, picture.height, max(picture.size) < PIXELATED_BELOW)


def open_pictures(data: StoredData, root: Path) -> tuple[Pictures | None, Message | None]:
    """The sweep's test images, or None and the reason why they cannot be shown."""
    try:
        division, store, _ = open_division(data, root)
        images = np.load(root / data.digest / f"{division.test_split}_images.npy", mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        return None, Message("pictures-gone", {"digest": data.digest})
    except (UnreadableFileError, InputError, ValueError, OSError) as error:
        return None, Message("pictures-unreadable", {"digest": data.digest, "error": type(error).__name__})
    return Pictures(images, division.test, store), None
