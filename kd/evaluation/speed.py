"""How fast a model answers, on the machine and in the precision that it is evaluated in.

What is asked for is how long one pass takes whose answer is waited for, and how much that varies.
``torch.utils.benchmark`` answers another question: its ``blocked_autorange`` times blocks of 10, 100 … passes of a fast
model and waits for a GPU only at the end of each, so passes overlap there and the quartiles are those of means.
"""

import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from kd.data.images import Images
from kd.evaluation.logits import evaluation_batch_size
from kd.records import Timing

LARGEST_BATCH = 128
BUDGET_S = 0.6  # for the repeats of one batch size
FEWEST_REPEATS, MOST_REPEATS = 3, 100
_CPUINFO = Path("/proc/cpuinfo")


@torch.inference_mode()
def measure_speed(
    model: nn.Module, images_NCHW: Images, clock: Callable[[], float] = time.perf_counter
) -> tuple[Timing, ...]:
    """Latency from uint8 images on the device to logits: of one image, and of a large batch.

    The batch is of ``LARGEST_BATCH`` images, or of so many fewer that three passes are over within
    ``BUDGET_S``: a large model on a CPU is timed in seconds, not minutes. Every size has a pass to warm
    up that is not counted; a GPU is waited for.

    Args:
        model: On the device to measure; left in evaluation mode.
        images_NCHW: uint8, on the same device; repeated where there are fewer than the batch holds.
        clock: Gives seconds.

    Returns:
        One timing, and another where a batch of two or more fits the budget.
    """
    model.eval()
    most = min(LARGEST_BATCH, evaluation_batch_size(model, images_NCHW))
    images_BCHW = images_NCHW[torch.arange(most) % len(images_NCHW)]

    def pass_s(size: int) -> float:
        _wait_for(images_BCHW.device)
        start = clock()
        model(images_BCHW[:size])
        _wait_for(images_BCHW.device)
        return clock() - start

    def warm_pass_s(size: int) -> float:
        pass_s(size)
        return pass_s(size)

    size, first_s = 1, warm_pass_s(1)
    timings = [_repeat(pass_s, 1, first_s)]
    while size < most and 2 * first_s * FEWEST_REPEATS <= BUDGET_S:
        size = min(2 * size, most)
        first_s = warm_pass_s(size)
    if size > 1:
        timings.append(_repeat(pass_s, size, first_s))
    return tuple(timings)


def describe_hardware(device: torch.device) -> str:
    """The name of the GPU, or of the processor as far as the system tells it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if _CPUINFO.exists():
        for line in _CPUINFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def describe_precision(device: torch.device) -> str:
    """That of evaluation: float32 always, on a GPU by its tensor cores where they are allowed to."""
    by_tensor_cores = device.type == "cuda" and torch.get_float32_matmul_precision() != "highest"
    return "float32 (TF32)" if by_tensor_cores else "float32"


def _repeat(pass_s: Callable[[int], float], size: int, first_s: float) -> Timing:
    """As many passes as fit the budget, the first included: three at least, but one that alone exceeds it."""
    fewest = FEWEST_REPEATS if first_s <= BUDGET_S else 1
    num_repeats = min(max(int(BUDGET_S / first_s), fewest), MOST_REPEATS)
    times_ms = [1000 * each_s for each_s in (first_s, *(pass_s(size) for _ in range(num_repeats - 1)))]
    low, median, high = np.quantile(times_ms, [0.25, 0.5, 0.75]).tolist()
    return Timing(batch_size=size, num_repeats=num_repeats, median_ms=median, quartiles_ms=(low, high))


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
