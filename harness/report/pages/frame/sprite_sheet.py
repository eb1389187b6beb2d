"""The pictures of a page on one sheet."""

import io
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

PIXELATED_BELOW = 64  # pixels a side: larger pictures are smoothed
COLUMNS = 16


class Pictures(Protocol):
    """Images by number."""

    def of(self, image: int) -> NDArray[np.uint8]:
        """Grey [H, W] or in colour [H, W, 3]; all of one size."""


class Picture(NamedTuple):
    """Where an image stands on a sheet, in pixels; ``pixelated`` where it is small enough to show its pixels."""

    href: str
    x: int
    y: int
    width: int
    height: int
    pixelated: bool


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
