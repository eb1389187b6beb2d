"""An exported file as it is deployed: what ONNX Runtime decides with it on the CPU, and how long that takes."""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from kd.data.images import Images, in_batches
from kd.evaluation.speed import FEWEST_ROUNDS, LARGEST_BATCH, batch_within, take_turns, timing_of
from kd.exports import SideBySide
from kd.models.onnx import open_session
from kd.records import Turns

BUDGET_S = 2.0  # for the pairs of passes of one batch size
FP32, OTHER = "fp32", "other"


class DeployedModel:
    """An ONNX file in memory, ready to be asked.

    Args:
        content: Of the file.
        num_threads: Of one pass.
    """

    def __init__(self, content: bytes, num_threads: int) -> None:
        self._session = open_session(content, num_threads)

    def __call__(self, images_BCHW: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Logits [B, classes] of uint8 images."""
        logits: NDArray[np.float32] = self._session.run(None, {"images": images_BCHW})[0]
        return logits


def predict(model: DeployedModel, images_NCHW: Images, batch_size: int) -> NDArray[np.int32]:
    """The class of the largest logit for each image [N]; -1, which no label is, where a logit is not finite."""
    decided = []
    for batch in in_batches(images_NCHW, batch_size):
        logits_BC = model(batch.cpu().numpy())
        decided.append(np.where(np.isfinite(logits_BC).all(axis=1), logits_BC.argmax(axis=1), -1))
    return np.concatenate(decided).astype(np.int32)


def time_side_by_side(
    fp32: DeployedModel, other: DeployedModel, images_NCHW: Images, clock: Callable[[], float] = time.perf_counter
) -> tuple[SideBySide, ...]:
    """Latency of both from uint8 images to logits: of one image, and of a batch.

    They take turns, and which of them begins a pair takes turns too, so that what else the machine does meets both
    alike. The batch has as many images as ``LARGEST_BATCH``, or so many fewer that some pairs fit ``BUDGET_S``.

    Args:
        fp32: The float32 file.
        other: The same student in another format.
        images_NCHW: Real ones, since zeros can be multiplied faster; repeated where there are too few.
        clock: Gives seconds.
    """
    most = min(LARGEST_BATCH, len(images_NCHW))
    images = images_NCHW[torch.arange(most)].cpu().numpy()

    def pass_s(model: DeployedModel, images_BCHW: NDArray[np.uint8]) -> float:
        start = clock()
        model(images_BCHW)
        return clock() - start

    passes = {FP32: partial(pass_s, fp32), OTHER: partial(pass_s, other)}
    batch = batch_within(list(passes.values()), images, FEWEST_ROUNDS, BUDGET_S)
    sizes = [1] if batch == 1 else [1, batch]
    return tuple(
        _side_by_side(take_turns({name: partial(each, images[:size]) for name, each in passes.items()}, size, BUDGET_S))
        for size in sizes
    )


def _side_by_side(turns: Turns) -> SideBySide:
    ratios = np.array(turns.passes_ms[OTHER]) / np.array(turns.passes_ms[FP32])
    low, median, high = np.quantile(ratios, [0.25, 0.5, 0.75]).tolist()
    return SideBySide(fp32=timing_of(turns, FP32), timing=timing_of(turns, OTHER), ratios=(low, median, high))
