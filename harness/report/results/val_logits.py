"""What a model said of the val images, read where it is asked for: together they would fill the memory."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class ValLogits(NamedTuple):
    """Raw logits [N, classes] of a run's model on val, and the labels [N]."""

    logits_NC: NDArray[np.floating]
    labels_N: NDArray[np.int64]


def read_val_logits(folder: Path, run_id: str) -> ValLogits | None:
    """Of a run of the sweep in ``folder``; None where they are missing, damaged, or no numbers."""
    path = folder / "runs" / run_id / "predictions.npz"
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            found = ValLogits(arrays["val"], arrays["labels"])
    except Exception:  # a damaged archive raises anything from BadZipFile to ValueError
        return None
    has_shape = found.logits_NC.ndim == 2 and found.labels_N.shape == found.logits_NC.shape[:1] and found.labels_N.size
    return found if has_shape and np.isfinite(found.logits_NC).all() else None
