"""Records and arrays under a sweep's folder; what cannot be read is noted, not passed over."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.report.results.message import Message
from harness.report.results.sweep_results import RunResult, Unreadable
from harness.state.attempts.files import with_last_sign
from harness.state.attempts.lease import is_alive
from harness.state.attempts.run_state import RunState, derive_state, read_metrics
from harness.state.files.records import TAKEN_OVER, JobRecord, TakenOver
from harness.state.standing.queued import queued_runs
from harness.sweep.runs import Run
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import Attempt, Failure, History, Record

Read = TypeVar("Read", bound=Record)


class RecordReader:
    """Reads records under a sweep's folder and remembers those that cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unreadable: list[Unreadable] = []
        jobs = (self.read(path, JobRecord) for path in sorted(folder.glob("jobs/*.json")))
        self._queued = queued_runs((job for job in jobs if job is not None), folder)

    def read(self, path: Path, kind: type[Read]) -> Read | None:
        """The record at ``path``; None where it is missing, or unreadable, which is noted."""
        return self._read(path, lambda: read_record(path, kind))

    def _read(self, path: Path, read: Callable[[], Read]) -> Read | None:
        try:
            return read()
        except FileNotFoundError:
            return None
        except (UnreadableFileError, OSError) as error:
            self.note(path, "missing-because-unreadable", reason=str(error).removeprefix(f"{path}: "))
            return None

    def note(self, path: Path, message: str, **values: str) -> None:
        """Remember that ``path`` cannot be used, and why."""
        self.unreadable.append(Unreadable(str(path.relative_to(self.folder)), Message(message, values)))

    def predictions(self, run_id: str, use: Literal["test", "ensemble"]) -> dict[str, NDArray[Any]] | None:
        """The arrays of a run's predictions; None where they are missing or damaged, which is noted with their use."""
        path = self.folder / "runs" / run_id / "predictions.npz"
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                return dict(arrays) | {"labels": arrays["labels"]}
        except FileNotFoundError:
            self.note(path, "missing-because-predictions-missing", use=use)
        except Exception as error:  # a damaged archive raises anything from BadZipFile to ValueError
            self.note(path, "missing-because-predictions-damaged", error=type(error).__name__, use=use)
        return None

    def arrays(self, run_id: str, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of a file of a run; empty where it is missing, or damaged, which is noted."""
        path = self.folder / "runs" / run_id / name
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                return dict(arrays)
        except FileNotFoundError:
            return {}
        except Exception as error:  # a damaged archive raises anything from BadZipFile to ValueError
            self.note(path, "missing-because-labels-damaged", error=type(error).__name__)
            return {}

    def step_losses(self, run_id: str) -> NDArray[np.float32] | None:
        """The training loss of each step; None where steps were not kept, or are damaged, which is noted."""
        path = self.folder / "runs" / run_id / "steps.npz"
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                losses: NDArray[np.float32] = arrays["train_loss"]
                return losses
        except FileNotFoundError:
            return None
        except Exception as error:  # a damaged archive raises anything from BadZipFile to ValueError
            self.note(path, "missing-because-steps-damaged", error=type(error).__name__)
            return None

    def run(self, run: Run) -> RunResult:
        """Everything a run has left in its folder."""
        folder = self.folder / "runs" / run.id
        before = len(self.unreadable)
        metrics = self._read(folder / "metrics.json", lambda: read_metrics(folder))
        failure = self.read(folder / "failure.json", Failure)
        damaged = len(self.unreadable) > before
        read = {path: self.read(path, Attempt) for path in sorted(folder.glob("attempts/*.json"))}
        attempts = tuple(with_last_sign(path, attempt) for path, attempt in read.items() if attempt is not None)
        state = derive_state(
            metrics,
            has_failed=failure is not None,
            is_running=bool(attempts) and is_alive(folder, attempts[-1]),
            is_queued=run.id in self._queued,
            has_begun=(folder / "attempts").exists() or (folder / "history.json").exists(),
        )
        if damaged and metrics is None:
            state = RunState.UNREADABLE
        taken_over = self.read(folder / TAKEN_OVER, TakenOver)
        if metrics and metrics.epochs is not None and not (folder / "history.json").exists():
            self.note(folder / "history.json", "missing-because-history-missing")
        return RunResult(
            run=run,
            state=state,
            metrics=metrics,
            history=self.read(folder / "history.json", History),
            failure=failure,
            attempts=attempts,
            step_losses=self.step_losses(run.id),
            taken_from=taken_over.sweep if taken_over else None,
        )
