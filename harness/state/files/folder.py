"""The results folder of one sweep, and the lock of the controller that works on it."""

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from harness.command_line import command_line, named_results
from harness.state.attempts import processes
from harness.state.clock import now
from harness.state.files.ownership import check_readable, claim, is_shared
from harness.state.files.records import (
    SEEDS,
    ControllerRecord,
    FalseStart,
    JobRecord,
    SeedLooks,
    SweepRecord,
    Trials,
    journal_name,
    read_sweep_record,
    trials_name,
)
from harness.state.remedies import IS_NEWER, REMEDIES, explain_unreadable
from harness.sweep.names import is_name
from harness.sweep.plan import Plan
from harness.sweep.reading.finding import SWEEPS, is_there
from harness.sweep.runs import Run
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, write_record
from kd.records import Failure, Record, RunRecord
from kd.remedies import did_you_mean, not_there

Kind = TypeVar("Kind", bound=Record)
DATA = ".data"  # beside the sweeps, shared by them
LOG_LINES = 20
_LOG_NAME = re.compile(r"(?P<job>.+)_\d+_log\.(?:out|err)")
_STARTED = ": started"  # ends the line with which a job begins a run


class SweepFolder:
    """``results/<sweep>/``."""

    def __init__(self, results: Path, name: str) -> None:
        self.path = (results / name).absolute()
        self.data = (results / DATA).absolute()
        self._told: tuple[str, ...] = ()

    @property
    def _named_results(self) -> str:
        return named_results(self.path.parent)

    def run(self, run_id: str) -> Path:
        """The folder of a run."""
        return self.path / "runs" / run_id

    def add(self, run: Run) -> Path:
        """The folder of a run about to start, with its ``config.json``.

        Where data and models lie is no part of a run's name: a run that failed for a path starts with the one that the
        sweep file has now.
        """
        folder = self.run(run.id)
        folder.mkdir(parents=True, exist_ok=True)
        self.write_once(folder / "config.json", RunRecord(run_id=run.id, config=run.config), may_differ=False)
        return folder

    @staticmethod
    def write_once(path: Path, record: Record, may_differ: bool = True) -> None:
        """Write a record where there is none, or a damaged one.

        Args:
            path: Its file.
            record: What to write.
            may_differ: Whether another one that is there stands.

        Raises:
            UnreadableFileError: A newer program wrote it.
        """
        with suppress(FileNotFoundError):
            try:
                if read_record(path, type(record)) == record or may_differ:
                    return
            except UnreadableFileError as error:
                if IS_NEWER in error.why:
                    raise
        write_record(path, record)

    def job_path(self, job_id: str) -> Path:
        """The record of a submitted job."""
        return self.path / "jobs" / f"{job_id}.json"

    @property
    def lock_path(self) -> Path:
        """What the controller at work holds open."""
        return self.path / "controller.lock"

    def false_start_path(self, job_id: str) -> Path:
        """The record of a job that ended before it began."""
        return self.path / "jobs" / "never-began" / f"{job_id}.json"

    def check_writable(self, elsewhere: str) -> None:
        """Make sure, before anything is decoded or submitted, that results can be kept.

        Args:
            elsewhere: The command that was typed, with another folder for the results.

        Raises:
            InputError: The results folder cannot be written, or the sweep is another user's, who closed it.
        """
        check_readable(self.path)
        place = next(path for path in (self.data, *self.data.parents) if path.exists())
        try:
            with tempfile.TemporaryFile(dir=place):  # in what is there: a start that is refused leaves no folder
                pass
        except OSError as error:
            raise InputError(
                f"results: cannot write {self.path.parent}: {error.strerror}; give a folder that can be written: "
                f"{elsewhere}"
            ) from error

    @contextmanager
    def created(self) -> Iterator[list[str]]:
        """Make the folders, and give what ``create`` says; a start refused before its first job leaves no new ones."""
        is_new = not self.path.exists()
        closed = self.create()
        try:
            yield closed
        except InputError:
            if is_new and not any(self.path.glob("jobs/**/*.json")) and not any(self.path.glob("runs/*/attempts")):
                self._remove_unless_controlled()
            raise

    def _remove_unless_controlled(self) -> None:
        with suppress(Timeout), FileLock(self.lock_path, timeout=0):
            shutil.rmtree(self.path, ignore_errors=True)

    def create(self) -> list[str]:
        """Make the folders, or make sure that they are the user's own; says what was open to others until now.

        Raises:
            InputError: Somebody else owns them, or something in them.
        """
        closed = claim(self.path)
        (self.path / "jobs" / "never-began").mkdir(exist_ok=True)
        return closed

    def forget_failures(self, kind: str | None = None) -> None:
        """Let failed runs be tried once more, on every node; with a ``kind`` those that failed so alone."""
        for path in self.path.glob("runs/*/failure.json"):
            if kind is None or _is_failure(path, kind):
                path.unlink()
        for path in self.path.glob("jobs/never-began/*.json") if kind is None else ():
            path.unlink()

    def read_sweep(self) -> SweepRecord:
        """What the newest start resolved.

        Raises:
            InputError: The sweep was never started, or another user closed it.
            UnreadableFileError: Its record is damaged or of a newer version.
        """
        self.check_started()
        return read_sweep_record(self.path)

    def check_started(self, start: str = "") -> None:
        """Make sure that the sweep was started once.

        Args:
            start: The command that starts it, where that is known.

        Raises:
            InputError: It was not, or its record is lost, or another user closed it.
        """
        check_readable(self.path)
        name, record, place = self.path.name, self.path / "sweep.yaml", self.path.parent
        if record.exists():
            return
        if place.is_file():
            raise InputError(f"results: {not_there(place)}")
        if not start and is_there(SWEEPS / f"{name}.yaml"):
            start = command_line("sweep", name, results=self._named_results)
        if any(self.path.glob("runs/*")):
            lost = f"SWEEP: the runs of {name} are there, but not {record}; {REMEDIES[record.name]}"
            raise InputError(f"{lost}: {start}" if start else lost)
        way_on = f"; start it with {start}" if start else self._what_instead()
        raise InputError(f"SWEEP: {name} has no results in {place}{way_on}")

    def _what_instead(self) -> str:
        """The way on from a sweep without results or a known file: the one that was meant, or those that there are."""
        started = sorted(path.parent.name for path in self.path.parent.glob("*/sweep.yaml"))
        there_are = f"; there are {', '.join(started)}" if started else ""
        if hint := did_you_mean(self.path.name, started):
            return f"{hint}{there_are}"
        return there_are or f"; start one with {command_line('sweep', 'NAME', results=self._named_results)}"

    def trials_path(self, search: str) -> Path:
        """The record of a search, by its name."""
        return self.path / trials_name(search)

    def journal_path(self, search: str) -> Path:
        """Optuna's own of the same."""
        return self.path / journal_name(search)

    def read_searches(self, plan: Plan) -> dict[str, Trials]:
        """The searches that have begun, by their names."""
        paths = {name: self.trials_path(name) for name in plan.every_search}
        return {name: read_record(path, Trials) for name, path in paths.items() if path.exists()}

    @property
    def seeds_path(self) -> Path:
        """The record of the looks at whether the seeds are enough."""
        return self.path / SEEDS

    def read_looks(self, plan: Plan) -> SeedLooks | None:
        """These looks; None before the first, and where the number of seeds is given."""
        if not plan.sweep.seed_rule.is_open or not self.seeds_path.exists():
            return None
        return read_record(self.seeds_path, SeedLooks)

    def remove_other_searches(self, plan: Plan) -> None:
        """Forget what earlier forms of the sweep searched: the runs are kept, and tell it all again."""
        kept = {path(name) for name in plan.every_search for path in (self.trials_path, self.journal_path)}
        for path in [*self.path.glob("trials*.json"), *self.path.glob("optuna*.journal")]:
            if path not in kept:
                path.unlink(missing_ok=True)

    def read_jobs(self) -> list[JobRecord]:
        """Jobs that were submitted and not yet seen to end, as far as their records can be read."""
        return [job for path in self._job_paths() if isinstance(job := _try_to_read(path, JobRecord), JobRecord)]

    def unreadable(self) -> list[str]:
        """What is wrong with records that nothing else hangs on, and the way out: of jobs, and of a controller."""
        kinds: list[tuple[type[Record], list[Path]]] = [
            (JobRecord, self._job_paths()),
            (FalseStart, self._false_start_paths()),
            (ControllerRecord, [self.path / "controller.json"]),
        ]
        found = [_try_to_read(path, kind) for kind, paths in kinds for path in paths]
        return [error for error in found if isinstance(error, str)]

    def _job_paths(self) -> list[Path]:
        return sorted((self.path / "jobs").glob("*.json"))

    def read_false_starts(self) -> list[FalseStart]:
        """Jobs that ended before they began a run, as far as their records can be read."""
        read = (_try_to_read(path, FalseStart) for path in self._false_start_paths())
        return [start for start in read if isinstance(start, FalseStart)]

    def _false_start_paths(self) -> list[Path]:
        return sorted((self.path / "jobs/never-began").glob("*.json"))

    def read_controller(self) -> ControllerRecord | None:
        """The controller at work on this host, if one is and its record can be read."""
        record = _try_to_read(self.path / "controller.json", ControllerRecord)
        if not isinstance(record, ControllerRecord) or record.host != socket.gethostname():
            return None
        return record if processes.is_alive(record.pid, record.process_created) else None

    @contextmanager
    def controlled(self, num_slots: int, patience_s: float = 0.0) -> Iterator[None]:
        """Be the one controller; the lock dies with the process.

        Args:
            num_slots: For readers that estimate the time left.
            patience_s: How long to wait for another controller to end.

        Raises:
            InputError: Another controller is at work; the message says where.
        """
        lock = FileLock(self.lock_path, mode=0o664 if is_shared() else 0o600)
        try:
            lock.acquire(timeout=patience_s)
        except Timeout as error:
            other = _try_to_read(self.path / "controller.json", ControllerRecord)
            where = "by another process"
            if isinstance(other, ControllerRecord):
                where = f"by process {other.pid} on {other.host} since {other.started_at}"
            watch = command_line("status", self.path.name, results=self._named_results)
            raise InputError(f"{self.path.name} is already being run {where}; watch it with {watch}") from error
        try:
            record = ControllerRecord(
                host=socket.gethostname(),
                pid=os.getpid(),
                process_created=processes.created(),
                started_at=now(),
                num_slots=num_slots,
            )
            write_record(self.path / "controller.json", record)
            self._told = ()
            yield
        finally:
            (self.path / "controller.json").unlink(missing_ok=True)
            lock.release()

    def tell(self, *notes: str) -> None:
        """Say, as the controller at work, what keeps it from submitting jobs: ``status`` reads it."""
        path = self.path / "controller.json"
        if notes != self._told and isinstance(record := _try_to_read(path, ControllerRecord), ControllerRecord):
            write_record(path, record.model_copy(update={"notes": notes}))
            self._told = notes

    def read_told(self) -> tuple[str, ...]:
        """What the controller told last; it is for the caller to know that one is at work."""
        record = _try_to_read(self.path / "controller.json", ControllerRecord)
        return record.notes if isinstance(record, ControllerRecord) else ()


def last_started(results: Path) -> str | None:
    """The name of the sweep whose newest start, which writes its record, was the last of all.

    Folders that no sweep can be called after, such as a copy with a space in its name, are passed over.
    """
    records = (path for path in results.glob("*/sweep.yaml") if is_name(path.parent.name))
    started = sorted(records, key=lambda path: path.stat().st_mtime)
    return started[-1].parent.name if started else None


def _try_to_read(path: Path, kind: type[Kind]) -> Kind | str | None:
    """A record, what is wrong with it, or None of one that has just gone."""
    try:
        return read_record(path, kind)
    except FileNotFoundError:
        return None
    except UnreadableFileError as error:
        return explain_unreadable(error)


def _is_failure(path: Path, kind: str) -> bool:
    try:
        return read_record(path, Failure).kind == kind
    except UnreadableFileError:
        return False


def find_logs(sweep: Path) -> dict[str, list[Path]]:
    """The log files of a sweep's folder by job id, in the order of their names."""
    logs: dict[str, list[Path]] = {}
    for path in sorted((sweep / "logs").glob("*_log.*")):
        if name := _LOG_NAME.fullmatch(path.name):
            logs.setdefault(name["job"], []).append(path)
    return logs


def end_of_log(path: Path, run_id: str) -> list[str]:
    """The last lines that a job wrote while it was at a run.

    A job may carry several runs, and says which it begins; a log that does not name this one is taken whole.
    """
    lines = path.read_text(errors="replace").splitlines()
    begun = [number for number, line in enumerate(lines) if line.endswith(_STARTED)]
    mine = [number for number in begun if lines[number].endswith(f" {run_id}{_STARTED}")]
    if mine:
        after = next((number for number in begun if number > mine[-1]), len(lines))
        lines = lines[mine[-1] : after]
    return lines[-LOG_LINES:]
