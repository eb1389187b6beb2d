"""Pictures on one sheet."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from harness.report.pages.frame.sprite_sheet import COLUMNS, Picture, Sheet
from harness.report.results.images.pictures import MAX_SIDE, Pictures, open_pictures
from harness.report.results.reading.reader import read_results
from kd.records import StoreIndex


def test_large_pictures_become_thumbnails() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 50, 4 * MAX_SIDE), np.uint8)
    sheet = Sheet(Pictures(images, np.array([1, 0]), StoreIndex(source="s", digest="d", class_names=[], splits={})))
    first, second = sheet.of(0, "a.png"), sheet.of(1, "a.png")
    assert first == Picture("a.png", 1, 1, MAX_SIDE, 13, pixelated=False)
    assert second == Picture("a.png", MAX_SIDE + 3, 1, MAX_SIDE, 13, pixelated=False)
    pixels = _pixels(sheet)
    assert pixels.shape == (15, 2 * (MAX_SIDE + 2), 3)
    assert (pixels[:, 0] == pixels[:, 1]).all() and (pixels[0] == pixels[1]).all()  # a margin of its own edge


def test_small_colour_pictures_keep_every_pixel(invented: Path) -> None:
    pictures, problem = open_pictures(read_results(invented).plan.data, invented.parent / ".data")
    assert pictures is not None and problem is None
    sheet = Sheet(pictures)
    assert sheet.png() is None
    asked = [5, *range(20), 5]
    places = [sheet.of(image, "a.png") for image in asked]
    assert places[0] == places[-1] == places[6]
    stored = np.load(invented.parent / ".data" / "invented" / "test_images.npy").transpose(0, 2, 3, 1)
    pixels = _pixels(sheet)
    assert pixels.shape == (2 * 8, COLUMNS * 8, 3)
    for image, place in zip(asked, places, strict=True):
        assert place.pixelated
        assert (pixels[place.y : place.y + place.height, place.x : place.x + place.width] == stored[image]).all()


def _pixels(sheet: Sheet) -> np.ndarray:
    content = sheet.png()
    assert content is not None
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image)
