"""A student that waits at a set step until it is interrupted, so that no run ends before a signal reaches it."""

import os
import signal
import time
from pathlib import Path

from torch import Tensor, nn

from kd.models.built_in.mnist import mnist_mlp

HOLD = "HOLD_AFTER_SOME_STEPS"
"""Environment variable: the file that, as long as it exists, holds a training."""
STEPS_BEFORE = 60


class HeldMLP(nn.Module):
    """``mnist_mlp``; with ``HOLD`` set, step 60 of every attempt waits for a signal or for the file's end."""

    def __init__(self, num_classes: int, input_shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.net = mnist_mlp(num_classes, input_shape)
        self._hold = Path(os.environ[HOLD]) if HOLD in os.environ else None
        self._num_steps = 0

    def forward(self, images_BCHW: Tensor) -> Tensor:
        if self.training and self._hold is not None:
            self._num_steps += 1
            while self._num_steps >= STEPS_BEFORE and self._hold.exists() and not _is_stopping():
                time.sleep(0.01)
        logits: Tensor = self.net(images_BCHW)
        return logits


def _is_stopping() -> bool:
    """Whether this process, a job, was asked to stop."""
    handler = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return handler is None or bool(handler.is_set())
