"""How much a teacher's kept logits say beside the label: told once, so that nobody has to read them all again.

Why distillation brought nothing is often to be read here: a teacher that knows its training images by heart says of
them what their labels say, and nothing more.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kd.files import write_record
from kd.records import SoftLabels
from kd.runs.pretrained.accuracy import evenly
from kd.scores import off_label_mass
from kd.training.teacher.logits import view_path

TEMPERATURES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""At which the mass is told; readers interpolate on the logarithm of T between them."""
MOST_VIEWS = 4  # the teacher is as sure in one view of an augmentation as in the next
MOST_IMAGES = 10_000  # of a view: its mean is then known to about a hundredth of itself, in a second


def write_soft_labels(run_folder: Path, logits_folder: Path, labels_N: NDArray[np.integer], num_views: int) -> None:
    """Write ``soft_labels.json``, of evenly spread images in evenly spread views.

    Args:
        run_folder: Of the teachers' pass.
        logits_folder: Of its views, all written.
        labels_N: Of the training images.
        num_views: How many views there are.
    """
    rows = evenly(len(labels_N), MOST_IMAGES)
    views = evenly(num_views, MOST_VIEWS)
    kept = [np.load(view_path(logits_folder, int(view)), mmap_mode="r")[rows] for view in views]
    logits, labels = np.concatenate(kept), np.tile(labels_N[rows], len(views))
    write_record(
        run_folder / "soft_labels.json",
        SoftLabels(
            num_images=len(rows),
            num_views=len(views),
            accuracy=float((logits.argmax(axis=1) == labels).mean()),
            temperatures=TEMPERATURES,
            off_label=tuple(off_label_mass(logits, labels, temperature) for temperature in TEMPERATURES),
        ),
    )
