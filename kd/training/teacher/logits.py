"""The teacher's raw logits: computed once a sweep and read by every distilled run, or online, in every step.

Row i of ``view-0003.npy`` belongs to training sample i under view 3, never to a batch order. Raw
logits serve every alpha, temperature and seed. ``index.json`` is written last.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kd.augment.views import View
from kd.config import AugmentConfig, LogitsType
from kd.data.images import Split
from kd.errors import InputError, UnreadableFileError
from kd.evaluation.logits import evaluation_batch_size
from kd.files import read_record, remove_strays, sha256_of_file, write_array, write_record
from kd.losses import average_logits
from kd.models import ImageModel
from kd.phases import FORWARD, RESULTS, TEACHER
from kd.records import LogitsIndex

log = logging.getLogger(__name__)

LARGEST_ERROR = 0.05  # of a kept logit: float16's where logits are of up to 128

BatchLogits = Callable[[Tensor, Tensor], Tensor]
"""The teacher's raw logits [B, classes] of samples [B] of a view, and of their images [B, C, H, W] in it."""


class Teacher(Protocol):
    """Whoever teaches a training."""

    def of(self, view: View, epoch: int) -> BatchLogits:
        """What it says in a view, counted from 0 as the epoch is that sees it."""


def view_path(folder: Path, view: int) -> Path:
    """The file of one view."""
    return folder / f"view-{view:04d}.npy"


@torch.inference_mode()
def compute_view_logits(
    model: ImageModel, train: Split, config: AugmentConfig, view: int, between: Callable[[], object] = lambda: None
) -> Tensor:
    """The model's logits [N, classes] for one view of the training images; ``between`` is called after each batch."""
    model.eval()
    seen = View(view, train, config)
    rows_N = torch.arange(len(train.labels_N), device=train.labels_N.device)
    batches = torch.split(rows_N, evaluation_batch_size(model, train.images_NCHW))
    logits = []
    for rows in seen.read_ahead(batches):
        images_BCHW = seen.images(rows)
        with FORWARD:
            logits.append(model(images_BCHW))
        between()
    return torch.cat(logits)


@RESULTS
def write_view(folder: Path, view: int, logits_NC: Tensor, dtype: LogitsType = "float16") -> None:
    """Keep one view's logits, in ``dtype`` or, where they do not fit into it, as ``as_kept`` says.

    Raises:
        InputError: They are not finite.
    """
    array = as_kept(logits_NC.cpu().numpy(), dtype)
    path = view_path(folder, view)
    remove_strays(folder, path.name)
    write_array(path, array)


def as_kept(logits_NC: NDArray[np.float32], dtype: LogitsType) -> NDArray[Any]:
    """Logits as they are kept: what students learn from them must be what they would learn online.

    Float16 has 11 bits: beside an offset of 1,000 it tells 0.5 apart, and above 65,504 it is infinite. Where it is
    off by more than ``LARGEST_ERROR``, each image's mean is taken away first, which no loss sees; where that does not
    do, they are kept in float32.

    Raises:
        InputError: They are not finite.
    """
    if not np.isfinite(logits_NC).all():
        raise InputError(
            "the teacher's logits of some training images are not finite; "
            "students cannot learn from them: lower the teacher's learning rate, or mend one that came trained"
        )
    for candidate in (logits_NC, logits_NC - logits_NC.mean(1, keepdims=True, dtype=np.float64)):
        with np.errstate(over="ignore"):
            kept = candidate.astype(dtype)
        if np.abs(kept.astype(np.float64) - candidate).max() <= LARGEST_ERROR:
            return kept
    log.warning("the teacher's logits do not fit into float16 (up to %.3g): kept in float32", np.abs(logits_NC).max())
    return logits_NC.astype(np.float32)


@RESULTS
def write_index(folder: Path, weights_sha256: dict[str, str], num_views: int) -> LogitsIndex:
    """Seal a folder in which all views are written.

    Args:
        folder: Of the views.
        weights_sha256: Of each teacher, by run id; the first is the configuration's ``teacher``.
        num_views: How many views there are.
    """
    (teacher, digest), *others = weights_sha256.items()
    views = [np.load(view_path(folder, view), mmap_mode="r") for view in range(num_views)]
    first = views[0]
    index = LogitsIndex(
        teacher=teacher,
        teacher_weights_sha256=digest,
        more_teachers=dict(others),
        num_images=first.shape[0],
        num_classes=first.shape[1],
        dtype=str(np.result_type(*{view.dtype for view in views})),
        sha256=[sha256_of_file(view_path(folder, view)) for view in range(num_views)],
    )
    write_record(folder / "index.json", index)
    return index


class OnlineTeacher:
    """The models themselves: their mean raw logits, computed in every step.

    Args:
        models: On the device that the student trains on; they are left in evaluation mode.
    """

    def __init__(self, models: Sequence[ImageModel]) -> None:
        self.models = [model.eval() for model in models]

    def of(self, view: View, epoch: int) -> BatchLogits:
        """The same in every view: they see the student's images."""
        return self._logits

    @TEACHER
    @torch.no_grad()  # not inference mode, whose tensors no gradient may be computed with
    def _logits(self, rows_B: Tensor, images_BCHW: Tensor) -> Tensor:
        logits = [model(images_BCHW) for model in self.models]
        return average_logits(logits) if len(logits) > 1 else logits[0]


class TeacherLogits:
    """Reads a sealed folder of logits; holds the view in use.

    Raises:
        FileNotFoundError: The folder is not sealed.
    """

    @TEACHER
    def __init__(self, folder: Path, device: torch.device) -> None:
        self._folder = folder
        self._device = device
        self._index = read_record(folder / "index.json", LogitsIndex)
        self._view: tuple[int, Tensor] | None = None

    @property
    def num_views(self) -> int:
        """How many views there are."""
        return len(self._index.sha256)

    def of(self, view: View, epoch: int) -> BatchLogits:
        """The rows of a view, the same in every epoch.

        Raises:
            UnreadableFileError: The file is not the one that was written.
        """
        logits_NC = self(view.number)
        return lambda rows_B, images_BCHW: logits_NC[rows_B]

    @TEACHER
    def __call__(self, view: int) -> Tensor:
        """Logits [N, classes] of a view on the device, as they were kept.

        Raises:
            UnreadableFileError: The file is not the one that was written.
        """
        if self._view is None or self._view[0] != view:
            path = view_path(self._folder, view)
            if sha256_of_file(path) != self._index.sha256[view]:
                raise UnreadableFileError(path, "checksum differs from index.json")
            self._view = view, torch.from_numpy(np.load(path)).to(self._device)
        return self._view[1]
