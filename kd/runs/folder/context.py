"""Where a run's files are, and how the world outside speaks to it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch


class RunPaths(NamedTuple):
    """The folders a run reads and writes.

    ``sweep`` holds ``runs/`` and ``teacher_logits/``; ``data`` holds the decoded data sets.
    """

    sweep: Path
    data: Path

    def run(self, run_id: str) -> Path:
        """The folder of a run."""
        return self.sweep / "runs" / run_id

    def logits(self, run_id: str) -> Path:
        """Where the logits run ``run_id`` puts its arrays."""
        return self.sweep / "teacher_logits" / run_id


class RunContext(NamedTuple):
    """How the world outside speaks to a run.

    ``should_stop`` is looked at between steps, views and tested models, and each look is a sign of life. ``guard``
    is called before anything is published and raises ``FencedError`` where a newer attempt owns the run. ``started``
    hears how many whole epochs and how many steps (of a teacher's pass: views) were already done.
    ``split``: compute each batch in so many times more parts than the run's configuration says, because
    memory ran out; the batch stays the same.
    """

    should_stop: Callable[[], bool] = lambda: False
    guard: Callable[[], None] = lambda: None
    started: Callable[[int, int], None] = lambda epochs_done, steps_done: None
    split: int = 1


UNATTENDED = RunContext()


def use_tensor_cores(device: torch.device) -> None:
    """Let a GPU multiply float32 matrices on its tensor cores."""
    if device.type == "cuda":  # float32, of evaluation, by tensor cores: 10 bits of mantissa, as the kept logits have
        torch.set_float32_matmul_precision("high")
