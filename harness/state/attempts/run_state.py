"""A run's state and a sweep's, derived from the files; they are stored nowhere."""

from enum import StrEnum
from pathlib import Path

from harness.state.attempts.files import last_attempt
from harness.state.attempts.lease import is_alive
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import Failure, History, Metrics


class RunState(StrEnum):
    """Where a run stands, for the controller, for ``make status`` and for every page alike."""

    NOT_STARTED = "not started"
    QUEUED = "queued"  # a live job has it on its list
    RUNNING = "running"
    INTERRUPTED = "interrupted"  # an attempt ended before the run did
    COMPLETE = "complete"
    PRUNED = "pruned"
    FAILED = "failed"
    UNREADABLE = "unreadable"


OVER = frozenset({RunState.COMPLETE, RunState.PRUNED, RunState.FAILED})
FINISHED = frozenset({RunState.COMPLETE, RunState.PRUNED})
IDLE = frozenset({RunState.NOT_STARTED, RunState.INTERRUPTED})
"""Nothing is at work on such a run, and no job will be."""


class SweepState(StrEnum):
    """Where a sweep stands; the last three are folders beside the sweeps that are none."""

    COMPLETE = "complete"
    RUNNING = "running"
    QUEUED = "queued"  # nothing is at work yet: its jobs, or its controller, wait
    FAILED = "failed"
    STOPPED = "stopped"  # nothing is at work or waits, and something is left to do
    COPY = "copy"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"


def read_metrics(folder: Path) -> Metrics:
    """What a complete run has measured.

    Raises:
        FileNotFoundError: It is not complete.
        UnreadableFileError: The file is damaged, of a newer version, or another run's: a copy into the wrong folder.
    """
    path = folder / "metrics.json"
    metrics = read_record(path, Metrics)
    if metrics.run_id != folder.name:
        raise UnreadableFileError(path, f"it is of another run, {metrics.run_id}")
    return metrics


def run_state(folder: Path, queued: bool = False) -> RunState:
    """What the folder says; ``queued``: a live job has the run on its list.

    Raises:
        UnreadableFileError: A result file is damaged, of a newer version or of another run.
    """
    if (folder / "metrics.json").exists():
        return derive_state(read_metrics(folder))
    if (folder / "failure.json").exists():
        return RunState.FAILED
    attempt = last_attempt(folder)
    at_work = attempt is not None and is_alive(folder, attempt)
    return derive_state(None, is_running=at_work, is_queued=queued, has_begun=attempt is not None)


def derive_state(
    metrics: Metrics | None,
    has_failed: bool = False,
    is_running: bool = False,
    is_queued: bool = False,
    has_begun: bool = False,
) -> RunState:
    """The one rule by which the facts about a run become its state, the weightiest first."""
    if metrics is not None:
        return RunState(metrics.status)
    if has_failed:
        return RunState.FAILED
    if is_running:
        return RunState.RUNNING
    if is_queued:
        return RunState.QUEUED
    return RunState.INTERRUPTED if has_begun else RunState.NOT_STARTED


def sweep_state(
    num_open: int, num_failed: int, is_at_work: bool, is_finished: bool = False, is_queued: bool = False
) -> SweepState:
    """The one rule by which runs become the state of their sweep.

    Args:
        num_open: Runs that are not over.
        num_failed: Runs that failed for good.
        is_at_work: A controller, or a run, is.
        is_finished: Nothing is left that could start.
        is_queued: A run is on the list of a job that waits, or a controller waits.
    """
    if is_at_work and not is_finished:
        return SweepState.RUNNING
    if is_queued and not is_finished:
        return SweepState.QUEUED
    if num_failed or (num_open and is_finished):
        return SweepState.FAILED
    return SweepState.STOPPED if num_open else SweepState.COMPLETE


def read_history(folder: Path) -> History | None:
    """The history, if an epoch is done.

    Raises:
        UnreadableFileError: It cannot be read, and nobody will write it again: the run is over.
    """
    path = folder / "history.json"
    try:
        return read_record(path, History) if path.exists() else None
    except UnreadableFileError:
        if (folder / "metrics.json").exists():
            raise
        return None  # the checkpoint has it too, and the next epoch writes it


def read_failure(folder: Path) -> Failure | None:
    """Why a run failed for good, if it did."""
    path = folder / "failure.json"
    return read_record(path, Failure) if path.exists() else None
