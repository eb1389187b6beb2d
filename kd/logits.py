"""The teacher's raw logits, computed once a sweep and read memory-mapped by every distilled run.

Row i of ``view-0003.npy`` belongs to training sample i under view 3, never to a batch order. Raw
logits serve every alpha, temperature and seed. ``index.json`` is written last.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from kd.config import AugmentConfig
from kd.data import Split
from kd.errors import UnreadableFileError
from kd.evaluation import evaluation_batch_size
from kd.files import read_record, sha256_of_file, write_atomically, write_record
from kd.models import ImageModel
from kd.records import LogitsIndex
from kd.views import View

DTYPE = np.float16


def view_path(folder: Path, view: int) -> Path:
    """The file of one view."""
    return folder / f"view-{view:04d}.npy"


@torch.inference_mode()
def compute_view_logits(model: ImageModel, train: Split, config: AugmentConfig, view: int) -> Tensor:
    """The model's logits [N, classes] for one view of the training images."""
    model.eval()
    seen = View(view, train, config)
    rows_N = torch.arange(len(train.labels_N), device=train.labels_N.device)
    batches = torch.split(rows_N, evaluation_batch_size(model, train.images_NCHW))
    return torch.cat([model(seen.images(rows)) for rows in seen.read_ahead(batches)])


def write_view(folder: Path, view: int, logits_NC: Tensor) -> None:
    """Keep one view's logits as float16."""
    array = logits_NC.cpu().numpy().astype(DTYPE)
    write_atomically(view_path(folder, view), lambda stream: np.save(stream, array))


def write_index(folder: Path, weights_sha256: dict[str, str], num_views: int) -> LogitsIndex:
    """Seal a folder in which all views are written.

    Args:
        folder: Of the views.
        weights_sha256: Of each teacher, by run id; the first is the configuration's ``teacher``.
        num_views: How many views there are.
    """
    (teacher, digest), *others = weights_sha256.items()
    first = np.load(view_path(folder, 0), mmap_mode="r")
    index = LogitsIndex(
        teacher=teacher,
        teacher_weights_sha256=digest,
        more_teachers=dict(others),
        num_images=first.shape[0],
        num_classes=first.shape[1],
        dtype=str(first.dtype),
        sha256=[sha256_of_file(view_path(folder, view)) for view in range(num_views)],
    )
    write_record(folder / "index.json", index)
    return index


class TeacherLogits:
    """Reads a sealed folder of logits; holds the view in use.

    Raises:
        FileNotFoundError: The folder is not sealed.
    """

    def __init__(self, folder: Path, device: torch.device) -> None:
        self._folder = folder
        self._device = device
        self._index = read_record(folder / "index.json", LogitsIndex)
        self._view: tuple[int, Tensor] | None = None

    def __call__(self, view: int) -> Tensor:
        """Logits [N, classes] of a view, float16 on the device.

        Raises:
            UnreadableFileError: The file is not the one that was written.
        """
        if self._view is None or self._view[0] != view:
            path = view_path(self._folder, view)
            if sha256_of_file(path) != self._index.sha256[view]:
                raise UnreadableFileError(f"{path}: checksum differs from index.json; delete the folder and its run")
            self._view = view, torch.from_numpy(np.load(path)).to(self._device)
        return self._view[1]
