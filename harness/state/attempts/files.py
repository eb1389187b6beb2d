"""The files of a run's attempts, a number each: how they are named and read."""

from pathlib import Path

from harness.state.clock import timestamp, written
from harness.state.remedies import explain_unreadable
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import Attempt

CLOCKS_DIFFER_S = 60.0  # at most, of the hosts of a cluster and its file server
UNKNOWN = "unknown"  # job and host of an attempt whose file cannot be read
UNKNOWN_PID = 1  # init's, which began at another time than recorded: nobody takes it for an attempt's, or ends it


def attempt_path(run_folder: Path, number: int) -> Path:
    """The file of an attempt."""
    return run_folder / "attempts" / f"{number:04d}.json"


def read_attempts(run_folder: Path) -> list[Attempt]:
    """All attempts of a run, oldest first."""
    return [_read(path) for path in _paths(run_folder)]


def last_attempt(run_folder: Path) -> Attempt | None:
    """The newest attempt, if there is one."""
    paths = _paths(run_folder)
    return _read(paths[-1]) if paths else None


def runs_by_job(runs: Path) -> dict[str, tuple[str, ...]]:
    """The runs that a job began last, by its id, as far as the attempts' files can be read.

    Args:
        runs: The folder of all of a sweep's runs.
    """
    found: dict[str, tuple[str, ...]] = {}
    for folder in sorted(runs.iterdir()):
        last = last_attempt(folder)
        if last is not None and last.job_id != UNKNOWN:
            found[last.job_id] = (*found.get(last.job_id, ()), folder.name)
    return found


def with_last_sign(path: Path, attempt: Attempt) -> Attempt:
    """An attempt, read from ``path``; one without an end with its last sign of life, where that is known.

    Each sign of life touches the file. A copy of the folder need not keep the files' times; it is told by
    ``config.json``, which is written before the first attempt and is younger in such a copy.
    """
    config = path.parent.parent / "config.json"
    if attempt.ended_at is not None or not config.exists():
        return attempt
    if config.stat().st_mtime > timestamp(attempt.started_at) + CLOCKS_DIFFER_S:
        return attempt
    return attempt.model_copy(update={"last_seen_at": written(path.stat().st_mtime)})


def _paths(run_folder: Path) -> list[Path]:
    return sorted(path for path in (run_folder / "attempts").glob("[0-9]*.json") if path.stem.isdigit())


def _read(path: Path) -> Attempt:
    """An attempt; of a file that cannot be read its number alone, which still fences off the ones before.

    Nobody can tell whether such an attempt is at work but by the age of its file, as of one on another host.
    """
    try:
        return with_last_sign(path, read_record(path, Attempt))
    except UnreadableFileError as error:
        return Attempt(
            number=int(path.stem),
            job_id=UNKNOWN,
            host=UNKNOWN,
            pid=UNKNOWN_PID,
            process_created=0.0,
            started_at=written(path.stat().st_mtime),
            damage=explain_unreadable(error),
        )
