"""Test images, side by side in one PNG file a page."""

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
COLUMNS = 16


class Picture(NamedTuple):
    """Where an image stands on a sheet, in pixels; ``pixelated`` where it is small enough to show its pixels."""

    href: str
    x: int
    y: int
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

    def of(self, image: int) -> NDArray[np.uint8]:
        """Test image ``image``, grey [H, W] or in colour [H, W, 3], made smaller where it is large."""
        from PIL import Image

        pixels_CHW = np.asarray(self._images_NCHW[self._positions[image]])
        array = pixels_CHW[0] if len(pixels_CHW) == 1 else pixels_CHW.transpose(1, 2, 0)
        picture = Image.fromarray(np.ascontiguousarray(array))
        if max(picture.size) > MAX_SIDE:
            picture.thumbnail((MAX_SIDE, MAX_SIDE))
        return np.asarray(picture)


class Sheet:
    """The pictures of a page in one file, placed in the order in which the page first asks for them.

    The same pages in several languages share a sheet, since they ask for the same pictures.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._places: dict[int, int] = {}
        self._tiles: list[NDArray[np.uint8]] = []

    def of(self, image: int, href: str) -> Picture:
        """The place of test image ``image`` on the sheet, which the page finds at ``href``."""
        if image not in self._places:
            self._places[image] = len(self._tiles)
            self._tiles.append(self._pictures.of(image))
        height, width = self._tiles[0].shape[:2]
        row, column = divmod(self._places[image], COLUMNS)
        margin = self._margin
        x, y = margin + column * (width + 2 * margin), margin + row * (height + 2 * margin)
        return Picture(href, x, y, width, height, pixelated=margin == 0)

    def png(self) -> bytes | None:
        """The file; None where no picture was asked for."""
        from PIL import Image

        if not self._tiles:
            return None
        around = [(self._margin, self._margin)] * 2 + [(0, 0)] * (self._tiles[0].ndim - 2)
        tiles = [np.pad(tile, around, mode="edge") for tile in self._tiles]
        height, width, *channels = tiles[0].shape
        num_columns, num_rows = min(COLUMNS, len(tiles)), -(-len(tiles) // COLUMNS)
        sheet = np.zeros((num_rows * height, num_columns * width, *channels), np.uint8)
        for place, tile in enumerate(tiles):
            row, column = divmod(place, COLUMNS)
            sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = tile
        stream = io.BytesIO()
        Image.fromarray(sheet).save(stream, "PNG", optimize=True)
        return stream.getvalue()

    @property
    def _margin(self) -> int:
        """Pixels around each picture: browsers smooth large ones, and would mix in the neighbours'."""
        return 0 if max(self._tiles[0].shape[:2]) < PIXELATED_BELOW else 1


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
