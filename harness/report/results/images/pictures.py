"""The test images, read one by one from the store, as a page shows them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.report.results.message import Message
from kd.config import StoredData
from kd.data.division.splits import open_division
from kd.errors import InputError, UnreadableFileError
from kd.records import StoreIndex

MAX_SIDE = 96


class Pictures:
    """The test images of a sweep, read from the memory-mapped store one by one."""

    def __init__(self, images_NCHW: NDArray[np.uint8], positions: NDArray[np.int64], store: StoreIndex) -> None:
        self._images_NCHW = images_NCHW
        self._positions = positions
        self.store = store

    def __len__(self) -> int:
        return len(self._positions)

    def of(self, image: int) -> NDArray[np.uint8]:
        """Test image ``image``, as it is shown."""
        return shown_pixels(np.asarray(self._images_NCHW[self._positions[image]]))


def shown_pixels(pixels_CHW: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An image as a page shows it: grey [H, W] or in colour [H, W, 3], made smaller where it is large."""
    from PIL import Image

    array = pixels_CHW[0] if len(pixels_CHW) == 1 else pixels_CHW.transpose(1, 2, 0)
    picture = Image.fromarray(np.ascontiguousarray(array))
    if max(picture.size) > MAX_SIDE:
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
    return np.asarray(picture)


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
