"""The way out of a result file that cannot be read: what may be deleted, and what that costs."""

import errno
import os
import tempfile
from pathlib import Path

from kd.errors import UnreadableFileError

IS_NEWER = "is newer than this program reads"
AGAIN = "the next start of the sweep makes the run again"
REMEDIES = {
    "sweep.yaml": "start the sweep again from its file, which writes it anew",
    "provenance.json": "delete it, and start the sweep again on the cluster where its jobs are, which writes it anew",
    "trials.json": "the next start of the sweep writes it anew",
    "refusal.json": "delete it: the next start of the sweep says what it refuses",
    "controller.json": "the next start of the sweep writes it anew",
    "config.json": "the next start of the sweep writes it anew",
    "pruning.json": "the next start of the sweep writes it anew",
    "metrics.json": f"delete it: {AGAIN}",
    "history.json": f"delete it with the metrics.json beside it: {AGAIN}",
    "failure.json": "delete it: the next start of the sweep tries the run again",
    "summary.json": "build the report again",
}
REMEDIES_BY_FOLDER = {
    "never-began": "delete it: it is a note of a job that ended",
    "jobs": "delete it: a run at work is known without",
    "attempts": "leave it where it is: its number counts, and nothing else of it is needed",
}


def remedy(path: Path, why: str) -> str:
    """What to do about a file that cannot be read.

    >>> remedy(Path("results/a/runs/final-1-s0/metrics.json"), "Invalid JSON")
    'delete it: the next start of the sweep makes the run again'
    >>> remedy(Path("results/a/teacher_logits/logits-1/index.json"), "Invalid JSON")
    'delete the folder logits-1: the next start of the sweep makes it again'
    >>> remedy(Path("results/a/trials-dkd.json"), "Invalid JSON")
    'the next start of the sweep writes it anew'
    """
    if IS_NEWER in why:
        return "update this program"
    folder = path.parent
    if path.name == "index.json" or path.suffix == ".npy" or folder.name == "model":
        return f"delete the folder {folder.name}: the next start of the sweep makes it again"
    if path.match("trials-*.json"):  # of one of several methods
        return REMEDIES["trials.json"]
    return REMEDIES.get(path.name) or REMEDIES_BY_FOLDER.get(folder.name, "delete it, or bring back a copy")


def explain_unreadable(error: UnreadableFileError) -> str:
    """The file, what is wrong with it, and the way out, in one line."""
    return f"{error.path}: {error.why}; {remedy(error.path, error.why)}"


def explain_os_error(error: OSError) -> str:
    """The file and what is wrong with it; of a file system without room, whether it is bytes or files that it lacks."""
    where = f"{error.filename}: " if error.filename else ""
    is_full = error.errno == errno.ENOSPC and isinstance(error.filename, str) and lacks_files(Path(error.filename))
    return f"{where}{error.strerror or error}{' for one more file, whatever its size (see df -i)' if is_full else ''}"


def lacks_files(path: Path) -> bool:
    """Whether the file system of a path, which need not be there, holds as many files as it can.

    Some systems of a network say always that there is no room for another one, so one is made.
    """
    place = next(each for each in (path, *path.parents) if each.is_dir())
    numbers = os.statvfs(place)
    if numbers.f_files == 0 or numbers.f_favail > 0:
        return False
    try:
        with tempfile.NamedTemporaryFile(dir=place):
            return False
    except OSError as error:
        return error.errno == errno.ENOSPC
