"""How fast models answer, on the machine and in the precision that they are evaluated in, and beside each other.

What is asked for is how long one pass takes whose answer is waited for, and how much that varies.
``torch.utils.benchmark`` answers another question: its ``blocked_autorange`` times blocks of 10, 100 … passes of a fast
model and waits for a GPU only at the end of each, so passes overlap there and the quartiles are those of means.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from kd.cores import processor_name
from kd.data.images import Images
from kd.evaluation.logits import evaluation_batch_size
from kd.records import Timing, Turns

LARGEST_BATCH = 128
BUDGET_S = 0.6  # a model, for the repeats of one batch size
FEWEST_ROUNDS, MOST_ROUNDS = 9, 200
PASSES_WITHIN_BUDGET = 3  # of the large batch


class Measured(NamedTuple):
    """``timings``: by model, as ``Speed`` holds them. ``turns``: the passes that these sum up, by batch size."""

    timings: dict[str, tuple[Timing, ...]]
    turns: tuple[Turns, ...]


@torch.inference_mode()
def measure_speed(
    models: Mapping[str, nn.Module],
    images_NCHW: Images,
    clock: Callable[[], float] = time.perf_counter,
    most_rounds: int = MOST_ROUNDS,
) -> Measured:
    """Latency from uint8 images on the device to logits: of one image, and of a large batch.

    The models take turns, pass by pass, and every other round goes backwards (teacher, student, student, teacher …),
    so that what else the machine does, and a clock that falls as it warms, meet all of them alike: of two series one
    after the other, one has the busy minute, and their ratio was seen to double.

    The batch is of ``LARGEST_BATCH`` images, or of so many fewer that some passes are over within ``BUDGET_S``: a large
    model on a CPU is timed in seconds, not minutes. Models with the same batch take turns at it. Every size has a pass
    to warm up that is not counted; a GPU is waited for.

    Args:
        models: By name; on the device to measure, and left in evaluation mode.
        images_NCHW: uint8, on the same device; repeated where there are fewer than the batch holds.
        clock: Gives seconds.
        most_rounds: Of a batch size, however much of the budget is left.

    Returns:
        For each model one timing, and another where a batch of two or more fits the budget.
    """

    def pass_s(model: nn.Module, images_BCHW: Images) -> float:
        _wait_for(images_BCHW.device)
        start = clock()
        model(images_BCHW)
        _wait_for(images_BCHW.device)
        return clock() - start

    images_BCHW = images_NCHW[torch.arange(LARGEST_BATCH) % len(images_NCHW)]
    names_by_size: dict[int, list[str]] = {1: list(models)}
    for name, model in models.items():
        most = min(LARGEST_BATCH, evaluation_batch_size(model.eval(), images_NCHW))
        size = batch_within([partial(pass_s, model)], images_BCHW[:most], PASSES_WITHIN_BUDGET, BUDGET_S)
        if size > 1:
            names_by_size.setdefault(size, []).append(name)
    turns = tuple(
        take_turns(
            {name: partial(pass_s, models[name], images_BCHW[:size]) for name in names},
            size,
            BUDGET_S * len(names),
            most_rounds,
        )
        for size, names in sorted(names_by_size.items())
        if names
    )
    return Measured(
        {name: tuple(timing_of(one, name) for one in turns if name in one.passes_ms) for name in models}, turns
    )


@contextmanager
def one_thread() -> Iterator[None]:
    """What is computed on the CPU meanwhile is computed on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def describe_hardware(device: torch.device) -> str:
    """The name of the GPU, or of the processor as far as the system tells it."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name()


def describe_precision(device: torch.device) -> str:
    """That of evaluation: float32 always, on a GPU by its tensor cores where they are allowed to."""
    by_tensor_cores = device.type == "cuda" and torch.get_float32_matmul_precision() != "highest"
    return "float32 (TF32)" if by_tensor_cores else "float32"


def batch_within(
    passes: Sequence[Callable[[Any], float]], images_BCHW: Images | NDArray[np.uint8], num_passes: int, budget_s: float
) -> int:
    """The largest power of two, or all images, of which so many warm passes of each model fit; found by doubling.

    Args:
        passes: Each makes a pass over the images that it is given, and gives its seconds.
        images_BCHW: As many as there may be.
        num_passes: That have to fit.
        budget_s: Seconds.
    """

    def warm_s(size: int) -> float:
        for pass_s in passes:
            pass_s(images_BCHW[:size])
        return sum(pass_s(images_BCHW[:size]) for pass_s in passes)

    size, one_s = 1, warm_s(1)
    while size < len(images_BCHW) and 2 * one_s * num_passes <= budget_s:
        size = min(2 * size, len(images_BCHW))
        one_s = warm_s(size)
    return size


def take_turns(
    passes: Mapping[str, Callable[[], float]], batch_size: int, budget_s: float, most_rounds: int = MOST_ROUNDS
) -> Turns:
    """As many rounds as fit the budget, and some in any case; every other one goes backwards.

    Args:
        passes: By the model's name, what makes a pass and gives its seconds.
        batch_size: Images of a pass.
        budget_s: Seconds, for all models together.
        most_rounds: However much of the budget is left.
    """
    times_ms: dict[str, list[float]] = {name: [] for name in passes}
    num_rounds, spent_s, order = 0, 0.0, list(passes)
    while num_rounds < FEWEST_ROUNDS or (num_rounds < most_rounds and spent_s < budget_s):
        for name in order:
            one_s = passes[name]()
            times_ms[name].append(round(1000 * one_s, 6))  # to the nanosecond: clocks tell no more
            spent_s += one_s
        num_rounds += 1
        order.reverse()
    return Turns(batch_size=batch_size, passes_ms={name: tuple(times) for name, times in times_ms.items()})


def timing_of(turns: Turns, name: str) -> Timing:
    """A model's passes, summed up."""
    times_ms = turns.passes_ms[name]
    low, median, high = np.quantile(times_ms, [0.25, 0.5, 0.75]).tolist()
    return Timing(batch_size=turns.batch_size, num_repeats=len(times_ms), median_ms=median, quartiles_ms=(low, high))


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
