"""What a training asks of who started it."""

from typing import Any, Protocol

from kd.records import History


class RunHooks(Protocol):
    """Where a training keeps what must survive it, and who may ask it to stop."""

    def load(self) -> dict[str, Any] | None:
        """The newest good checkpoint, if any."""

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Keep a checkpoint."""

    def record(self, history: History) -> None:
        """Publish the history, beside each checkpoint after the first epoch."""

    def should_stop(self) -> bool:
        """Looked at between steps: checkpoint and stop now?"""

    def should_save(self, after_epoch: bool) -> bool:
        """Looked at between steps, and after each epoch: has the last checkpoint grown old, or is there none?"""

    def should_prune(self, history: History) -> bool:
        """Looked at between epochs: is this run not worth finishing?"""
