"""The ``RunHooks`` of a training that is a run: what it keeps in its folder while it goes on, and what stops it."""

import time
from pathlib import Path
from typing import Any

import torch

from kd.files import read_record, write_record
from kd.phases import CHECKPOINT
from kd.records import History, Pruning
from kd.runs.folder.context import RunContext
from kd.training.checkpoint import load_checkpoint, save_checkpoint

SAVE_INTERVAL_S = 60.0  # within an epoch
EPOCH_INTERVAL_S = 0.25  # after one


class FolderHooks:
    """Of the rank that writes: checkpoints, history and pruning thresholds in the run's folder."""

    def __init__(self, path: Path, device: torch.device, context: RunContext) -> None:
        self._path = path
        self._device = device
        self._context = context
        self._saved_at, self._has_saved, self._is_resumed = time.monotonic(), False, False
        pruning = path / "pruning.json"
        self._pruning = read_record(pruning, Pruning) if pruning.exists() else None

    @CHECKPOINT
    def load(self) -> dict[str, Any] | None:
        """The newest good checkpoint."""
        state = load_checkpoint(self._path / "checkpoint", self._device)
        self._is_resumed = state is not None
        return state

    @CHECKPOINT
    def save(self, step: int, state: dict[str, Any]) -> None:
        """Write a checkpoint."""
        self._context.guard()
        save_checkpoint(self._path / "checkpoint", step, state)
        self._saved_at, self._has_saved = time.monotonic(), True

    @CHECKPOINT
    def record(self, history: History) -> None:
        """Write ``history.json``."""
        self._context.guard()
        write_record(self._path / "history.json", history)

    def should_stop(self) -> bool:
        """Whether a signal asked for it."""
        return self._context.should_stop()

    def should_save(self, after_epoch: bool) -> bool:
        """Whether the last checkpoint is a minute old, or, after an epoch, a quarter of a second.

        An epoch of a small student takes less than a tenth of a second, of which two files, each flushed to the disk,
        would be a twentieth. The first epoch is always kept. So is each one of a run that goes on from a checkpoint: a
        run that dies again and again in the same place is given up, and is known by coming no further.
        """
        if after_epoch and (self._is_resumed or not self._has_saved):
            return True
        return time.monotonic() - self._saved_at > (EPOCH_INTERVAL_S if after_epoch else SAVE_INTERVAL_S)

    def should_prune(self, history: History) -> bool:
        """Whether the history fell below the thresholds that were set when the run was planned."""
        return self._pruning is not None and self._pruning.prunes(history)


class WorkerHooks:
    """Of a rank above 0: it keeps nothing and may ask to stop."""

    def __init__(self, context: RunContext) -> None:
        self._context = context

    def load(self) -> dict[str, Any] | None:
        """Nothing: rank 0 sends its checkpoint."""
        return None

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Leave it to rank 0."""

    def record(self, history: History) -> None:
        """Leave it to rank 0."""

    def should_stop(self) -> bool:
        """Whether a signal asked for it."""
        return self._context.should_stop()

    def should_save(self, after_epoch: bool) -> bool:
        """Leave it to rank 0."""
        return False

    def should_prune(self, history: History) -> bool:
        """Leave it to rank 0."""
        return False
