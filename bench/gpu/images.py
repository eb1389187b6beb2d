"""Images that the kit makes itself, since no data set travels with it: classes that can be learned, not at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

NUM_CLASSES = 10
SOURCE = "bench.gpu.images:made"
"""As a sweep file names them."""


def made() -> dict[str, Any]:
    """8,000 images of train and 1,000 of test, 1×28×28, in the form of a data source of one's own."""
    names = [f"class {number}" for number in range(NUM_CLASSES)]
    return {"train": (*draw(8000, seed=0), names), "test": (*draw(1000, seed=1), names)}


def draw(number: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Each class is a smooth pattern; an image is its class's, shifted, somewhat mixed with another, under noise.

    Returns:
        Images [number, 28, 28] and their classes [number].
    """
    patterns = _smooth(np.random.default_rng(7).normal(size=(NUM_CLASSES, 28, 28)))
    random = np.random.default_rng(seed)
    labels = np.arange(number) % NUM_CLASSES
    others = (labels + random.integers(1, NUM_CLASSES, number)) % NUM_CLASSES
    share = random.uniform(0.0, 0.6, (number, 1, 1))
    pixels = (1 - share) * patterns[labels] + share * patterns[others]
    shifts = random.integers(-2, 3, (number, 2))
    pixels = np.stack([np.roll(image, tuple(shift), (0, 1)) for image, shift in zip(pixels, shifts, strict=True)])
    pixels += random.normal(scale=0.8, size=pixels.shape)
    return np.clip(128 + 40 * pixels, 0, 255).astype(np.uint8), labels.astype(np.int64)


def _smooth(patterns: NDArray[np.float64]) -> NDArray[np.float64]:
    """With the low frequencies alone, and a deviation of 1."""
    spectrum = np.fft.fft2(patterns)
    frequency = np.abs(np.fft.fftfreq(28))
    spectrum[:, np.maximum.outer(frequency, frequency) > 0.15] = 0
    smooth = np.fft.ifft2(spectrum).real
    return smooth / smooth.std((1, 2), keepdims=True)
