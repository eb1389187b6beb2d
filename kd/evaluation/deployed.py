"""An exported file as it is deployed: what ONNX Runtime decides with it on the CPU, and how long that takes."""

import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from kd.data.images import Images, in_batches
from kd.evaluation.speed import LARGEST_BATCH
from kd.exports import SideBySide
from kd.models.onnx import open_session
from kd.records import Timing

BUDGET_S = 2.0  # for the pairs of passes of one batch size
FEWEST_PAIRS, MOST_PAIRS = 9, 200


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

    def pass_s(model: DeployedModel, size: int) -> float:
        start = clock()
        model(images[:size])
        return clock() - start

    def pair_s(size: int) -> float:
        for model in (fp32, other):
            pass_s(model, size)  # to warm up
        return pass_s(fp32, size) + pass_s(other, size)

    size, first_s = 1, pair_s(1)
    found = [_take_turns(fp32, other, pass_s, 1, first_s)]
    while size < most and 2 * first_s * FEWEST_PAIRS <= BUDGET_S:
        size = min(2 * size, most)
        first_s = pair_s(size)
    if size > 1:
        found.append(_take_turns(fp32, other, pass_s, size, first_s))
    return tuple(found)


def _take_turns(
    fp32: DeployedModel,
    other: DeployedModel,
    pass_s: Callable[[DeployedModel, int], float],
    size: int,
    first_s: float,
) -> SideBySide:
    """As many pairs as fit the budget."""
    num_pairs = min(max(int(BUDGET_S / max(first_s, 1e-9)), FEWEST_PAIRS), MOST_PAIRS)
    times_s: dict[bool, list[float]] = {False: [], True: []}
    for number in range(num_pairs):
        is_other_first = bool(number % 2)
        for is_other in (is_other_first, not is_other_first):
            times_s[is_other].append(pass_s(other if is_other else fp32, size))
    theirs, ours = np.array(times_s[False]), np.array(times_s[True])
    low, median, high = np.quantile(ours / theirs, [0.25, 0.5, 0.75]).tolist()
    return SideBySide(fp32=_timing(theirs, size), timing=_timing(ours, size), ratios=(low, median, high))


def _timing(times_s: NDArray[np.float64], size: int) -> Timing:
    low, median, high = (1000 * np.quantile(times_s, [0.25, 0.5, 0.75])).tolist()
    return Timing(batch_size=size, num_repeats=len(times_s), median_ms=median, quartiles_ms=(low, high))
