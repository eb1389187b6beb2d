"""How a scheduler's signal reaches the training: a flag that is looked at between steps."""

import signal
import time
from types import FrameType

from kd.records import AttemptEnd


class StopFlag:
    """Set by SIGTERM (SLURM's own) or SIGUSR2 (submitit's); looked at between steps.

    Args:
        limit_s: A signal that comes so many seconds from now, or later, is taken for the job's time limit.
    """

    def __init__(self, limit_s: float | None = None) -> None:
        self.reason: str | None = None
        self.end = AttemptEnd.PREEMPTED
        self._limit = None if limit_s is None else time.monotonic() + limit_s

    def install(self) -> None:
        """Take the signals over from submitit, whose handler ignores SIGTERM."""
        for number in (signal.SIGTERM, signal.SIGUSR2):
            signal.signal(number, self._handle)

    def is_set(self) -> bool:
        """Whether to stop at the next step boundary."""
        return self.reason is not None

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.reason is not None:
            return  # a scheduler may send more than one
        self.reason = signal.Signals(number).name
        if self._limit is not None and time.monotonic() >= self._limit:
            self.end = AttemptEnd.TIMEOUT
