"""How fast a model answers, on the machine and in the precision that it is evaluated in."""

import platform
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from kd.data import Images
from kd.evaluation import evaluation_batch_size
from kd.models import ImageModel
from kd.records import Timing

LARGEST_BATCH = 128
BUDGET_S = 0.8  # for the repeats of one batch size
FEWEST_REPEATS, MOST_REPEATS = 3, 100
_CPUINFO = Path("/proc/cpuinfo")


@torch.inference_mode()
def measure_speed(model: ImageModel, images_NCHW: Images) -> tuple[Timing, ...]:
    """Latency from uint8 images on the device to logits: of one image, and of a large batch.

    The batch is of ``LARGEST_BATCH`` images, or of so many fewer that three passes are over within
    ``BUDGET_S``: a large model on a CPU is timed in seconds, not minutes. Every size has a pass to warm
    up that is not counted; a GPU is waited for.

    Args:
        model: On the device to measure; left in evaluation mode.
        images_NCHW: uint8, on the same device; repeated where there are fewer than the batch holds.

    Returns:
        One timing, and another where a batch of two or more fits the budget.
    """
    model.eval()
    most = min(LARGEST_BATCH, evaluation_batch_size(model, images_NCHW))
    images_BCHW = images_NCHW[torch.arange(most) % len(images_NCHW)]
    size, pass_s = 1, _warm_pass_s(model, images_BCHW[:1])
    timings = [_time(model, images_BCHW[:1], pass_s)]
    while size < most and 2 * pass_s * FEWEST_REPEATS <= BUDGET_S:
        size = min(2 * size, most)
        pass_s = _warm_pass_s(model, images_BCHW[:size])
    if size > 1:
        timings.append(_time(model, images_BCHW[:size], pass_s))
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


def _warm_pass_s(model: ImageModel, images_BCHW: Tensor) -> float:
    _pass_s(model, images_BCHW)
    return _pass_s(model, images_BCHW)


def _time(model: ImageModel, images_BCHW: Tensor, pass_s: float) -> Timing:
    num_repeats = min(max(int(BUDGET_S / pass_s), FEWEST_REPEATS), MOST_REPEATS)
    times_ms = [1000 * _pass_s(model, images_BCHW) for _ in range(num_repeats)]
    low, median, high = np.quantile(times_ms, [0.25, 0.5, 0.75]).tolist()
    return Timing(batch_size=len(images_BCHW), num_repeats=num_repeats, median_ms=median, quartiles_ms=(low, high))


def _pass_s(model: ImageModel, images_BCHW: Tensor) -> float:
    _wait_for(images_BCHW.device)
    start = time.perf_counter()
    model(images_BCHW)
    _wait_for(images_BCHW.device)
    return time.perf_counter() - start


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
