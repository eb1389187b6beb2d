"""A run's state, derived from its folder; it is stored nowhere."""

from pathlib import Path
from typing import Literal

from harness.state.attempts import is_alive, last_attempt
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import Failure, History, Metrics

RunState = Literal["waiting", "queued", "running", "complete", "pruned", "failed"]
OVER: frozenset[RunState] = frozenset({"complete", "pruned", "failed"})


def run_state(folder: Path, queued: bool = False) -> RunState:
    """What the folder says; ``queued``: a live job has the run on its list.

    Raises:
        UnreadableFileError: A result file is damaged or of a newer version.
    """
    if (folder / "metrics.json").exists():
        return read_record(folder / "metrics.json", Metrics).status
    if (folder / "failure.json").exists():
        return "failed"
    attempt = last_attempt(folder)
    if attempt is not None and is_alive(folder, attempt):
        return "running"
    return "queued" if queued else "waiting"


def read_history(folder: Path) -> History | None:
    """The history, if an epoch is done."""
    path = folder / "history.json"
    return read_record(path, History) if path.exists() else None


def read_failure(folder: Path) -> Failure | None:
    """Why a run failed for good, if it did."""
    path = folder / "failure.json"
    return read_record(path, Failure) if path.exists() else None


def unreadable(folder: Path) -> str | None:
    """What is wrong with the first file of a run that cannot be read, or None."""
    try:
        run_state(folder)
        read_history(folder)
        read_failure(folder)
    except UnreadableFileError as error:
        return str(error)
    return None
