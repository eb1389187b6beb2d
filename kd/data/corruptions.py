"""Corruptions of images: noise, blur, contrast and JPEG, at three strengths, the same on every call.

Kinds and strengths are those of the published benchmarks (Hendrycks & Dietterich, arXiv:1903.12261), severities 1, 3
and 5 of 5: those of CIFAR-10-C for images whose shorter side is below 64 pixels, those of ImageNet-C for larger ones.
The images are the test set's own, as they are stored.

Shape suffixes: N images, C channels, H height, W width.
"""

import io
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

VERSION = 1
"""Of what the pixels become; whoever changes that counts on, since a reading is named by it."""
STRENGTHS = (1, 2, 3)
_SMALL_BELOW = 64
_SEED = 0x6B64


class _Levels(NamedTuple):
    """A kind's parameter at each strength, for small and for large images."""

    small: tuple[float, float, float]
    large: tuple[float, float, float]


_LEVELS = {
    "gaussian_noise": _Levels((0.04, 0.08, 0.10), (0.08, 0.18, 0.38)),  # standard deviation, of pixels in 0…1
    "gaussian_blur": _Levels((0.4, 0.7, 1.0), (1.0, 3.0, 6.0)),  # standard deviation, in pixels
    "contrast": _Levels((0.75, 0.4, 0.15), (0.4, 0.2, 0.05)),  # what is left of it
    "jpeg": _Levels((80, 58, 40), (25, 15, 7)),  # quality
}
KINDS = tuple(_LEVELS)


class Corruption(NamedTuple):
    """A kind at a strength, 1 to 3."""

    kind: str
    strength: int

    @property
    def name(self) -> str:
        """As files call it."""
        return f"{self.kind}-{self.strength}"


ALL = tuple(Corruption(kind, strength) for kind in KINDS for strength in STRENGTHS)


def corrupt(images_NCHW: NDArray[np.uint8], corruption: Corruption, first: int = 0) -> NDArray[np.uint8]:
    """The images, changed.

    Args:
        images_NCHW: One or three channels.
        corruption: How.
        first: Number of the first one in the set: an image's noise is its own, however the set is divided.
    """
    levels = _LEVELS[corruption.kind]
    is_small = min(images_NCHW.shape[2:]) < _SMALL_BELOW
    level = (levels.small if is_small else levels.large)[corruption.strength - 1]
    made = [_CHANGES[corruption.kind](image, level, first + row) for row, image in enumerate(images_NCHW)]
    return np.stack(made) if made else images_NCHW


def _noise(image_CHW: NDArray[np.uint8], level: float, number: int) -> NDArray[np.uint8]:
    random = np.random.Generator(np.random.Philox(key=[_SEED, number]))
    return _as_pixels(image_CHW + random.normal(0, 255 * level, image_CHW.shape))


def _blur(image_CHW: NDArray[np.uint8], level: float, number: int) -> NDArray[np.uint8]:
    radius = int(4 * level + 0.5)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / level) ** 2)
    weights /= weights.sum()
    blurred = image_CHW.astype(np.float64)
    for axis in (1, 2):
        around = [(radius, radius) if one == axis else (0, 0) for one in range(3)]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(blurred, around, "edge"), 2 * radius + 1, axis)
        blurred = windows @ weights
    return _as_pixels(blurred)


def _contrast(image_CHW: NDArray[np.uint8], level: float, number: int) -> NDArray[np.uint8]:
    means_C11 = image_CHW.mean(axis=(1, 2), keepdims=True)
    return _as_pixels((image_CHW - means_C11) * level + means_C11)


def _jpeg(image_CHW: NDArray[np.uint8], level: float, number: int) -> NDArray[np.uint8]:
    from PIL import Image

    is_grey = len(image_CHW) == 1
    pixels = image_CHW[0] if is_grey else np.ascontiguousarray(image_CHW.transpose(1, 2, 0))
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=int(level))
    with Image.open(stream) as image:
        back: NDArray[np.uint8] = np.asarray(image, np.uint8)
    return back[None] if is_grey else back.transpose(2, 0, 1)


def _as_pixels(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return pixels


_CHANGES: dict[str, Callable[[NDArray[np.uint8], float, int], NDArray[np.uint8]]] = {
    "gaussian_noise": _noise,
    "gaussian_blur": _blur,
    "contrast": _contrast,
    "jpeg": _jpeg,
}
