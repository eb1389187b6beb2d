"""The reading of other test sets, after all training: what each model answers, and nothing else.

It is no part of the test run, so that a set may be added to a finished sweep and the test images are not read again.
Corrupted images are made here, from the test images as they are stored, and kept nowhere.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kd.config import ExtraTestConfig
from kd.data.corruptions import ALL, Corruption, corrupt
from kd.data.division.duplicates import image_hashes
from kd.data.division.splits import open_division
from kd.data.images import Images, open_extra_test, open_test
from kd.errors import InterruptedTrainingError
from kd.evaluation.logits import compute_logits, refuse_non_finite
from kd.losses import average_logits
from kd.models import ImageModel
from kd.records import Metrics
from kd.runs.folder.context import RunContext, RunPaths
from kd.runs.folder.results import load_run_model, write_arrays

FILE = "answers.npz"
PLAIN = "images"
"""What a set's images are called in the file, where they are not corrupted."""
_AT_ONCE = 1000  # images that are corrupted at a time


class _Reader(NamedTuple):
    """The models, by id, and what asks them to stop."""

    models: dict[str, ImageModel]
    config: ExtraTestConfig
    context: RunContext

    def answers(self, images_NCHW: Images) -> dict[str, NDArray[np.int32]]:
        """The class that each model holds for the most probable [N], and that their teachers' ensemble does."""
        found: dict[str, Tensor] = {}
        for run_id, model in self.models.items():
            if self.context.should_stop():
                raise InterruptedTrainingError(f"stopped before the reading of {run_id}")
            found[run_id] = compute_logits(model, images_NCHW)
            refuse_non_finite(found[run_id], run_id, "images")
        if self.config.ensemble is not None and set(self.config.teachers) <= set(found):
            found[self.config.ensemble] = average_logits([found[run_id] for run_id in self.config.teachers])
        return {run_id: logits.argmax(dim=1).cpu().numpy().astype(np.int32) for run_id, logits in found.items()}


def run_extra_test(
    run_id: str, config: ExtraTestConfig, paths: RunPaths, device: torch.device, context: RunContext
) -> Metrics:
    """Read a set once with every model and write ``answers.npz``: answers under ``CONDITION/RUN``, and ``labels``.

    Raises:
        InterruptedTrainingError: ``context`` asked to stop; nothing is written.
        InputError: The decoded images are gone.
    """
    context.started(0, 0)
    models = {model_id: load_run_model(paths.run(model_id), device) for model_id in config.models}
    reader = _Reader(models, config, context)
    if config.digest is None:
        test = open_test(config.data, paths.data, device)
        conditions = {one.name: _answers_to(one, test.images_NCHW, device, reader) for one in ALL}
        arrays = {"labels": test.labels_N.cpu().numpy()}
    else:
        extra = open_extra_test(config.digest, paths.data, device)
        conditions = {PLAIN: reader.answers(extra.images_NCHW)}
        arrays = {"labels": extra.labels_N.cpu().numpy(), "in_train": _in_train(config, paths)}
    said = {f"{name}/{model_id}": answer for name, found in conditions.items() for model_id, answer in found.items()}
    context.guard()
    write_arrays(paths.run(run_id) / FILE, arrays | said)
    return Metrics(run_id=run_id)


def _answers_to(
    corruption: Corruption, images_NCHW: Images, device: torch.device, reader: _Reader
) -> dict[str, NDArray[np.int32]]:
    parts = [reader.answers(images) for images in _corrupted(corruption, images_NCHW, device)]
    return {run_id: np.concatenate([part[run_id] for part in parts]) for run_id in parts[0]}


def _corrupted(corruption: Corruption, images_NCHW: Images, device: torch.device) -> Iterator[Tensor]:
    for first in range(0, len(images_NCHW), _AT_ONCE):
        stored = images_NCHW[first : first + _AT_ONCE].cpu().numpy()
        yield torch.from_numpy(corrupt(stored, corruption, first)).to(device)


def _in_train(config: ExtraTestConfig, paths: RunPaths) -> NDArray[np.bool_]:
    """Which of the set's images [N] a model was trained on, by their pixels."""
    assert config.digest is not None
    train = open_division(config.data, paths.data).division.train
    trained = image_hashes(paths.data / config.data.digest, "train")[train]
    return np.isin(image_hashes(paths.data / config.digest, "test"), trained)
