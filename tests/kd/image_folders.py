"""Folders of images for the tests of ``kd.data``, and what becomes of them."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.errors import InputError

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (12, 6, 5), dtype=np.uint8)  # height 6, width 5
COLOUR = RANDOM.integers(0, 256, (12, 6, 5, 3), dtype=np.uint8)


def picture(height=6, width=5, *channels):
    """An image of noise."""
    return Image.fromarray(RANDOM.integers(0, 256, (height, width, *channels), dtype=np.uint8))


def write_tree(folder, tree):
    """Images by path."""
    for name, image in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        image.save(folder / name)
    return folder


def decode_folder(folder, root, **options):
    """As ``decode``, of a folder of images."""
    return decode(f"folder:{folder}", root, **options)


def refusal_of_folder(folder, root, **options):
    """As ``refusal``, of a folder of images."""
    return refusal(f"folder:{folder}", root, **options)


def write_folder(folder: Path, images, num_classes=2) -> Path:
    """One sub-folder a class, images dealt round, as PNG."""
    for position, image in enumerate(images):
        place = folder / f"class{position % num_classes}"
        place.mkdir(parents=True, exist_ok=True)
        opened = image if isinstance(image, Image.Image) else Image.fromarray(image)
        opened.save(place / f"{position:03d}.png")
    return folder


def decode(source, root, **columns):
    """The store of a source, and its arrays by file name."""
    index = prepare(DataConfig(source=str(source), **columns), root)
    arrays = {path.stem: np.load(path) for path in (root / index.digest).glob("*.npy")}
    return index, arrays


def refusal(source, root, **columns):
    """The one line that a source is refused with; nothing may be left behind."""
    with pytest.raises(InputError) as caught:
        prepare(DataConfig(source=str(source), **columns), root)
    assert "\n" not in str(caught.value)
    assert not root.exists() or [path for path in root.rglob("*") if path.is_file()] == []
    return str(caught.value)


def png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()
