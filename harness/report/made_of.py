"""What a report is made of, as a digest: where it is the same, the same report would be built again.

Small files go in by their content, since a clock that was set back, a file system that counts whole seconds and a copy
of the folder all make times mean nothing. Arrays and weights, which are written once and are too large to be read for
this, go in by size and time: of those a copied folder is taken for a changed one, and built anew.
"""

import hashlib
import importlib.metadata
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import harness
import kd
from harness.report.redaction.values import Known, found_on_machine
from harness.shipped import shipped
from harness.state.files.records import JobRecord, read_sweep_record
from kd.errors import UnreadableFileError
from kd.files import read_record

MAX_READ = 2**20
"""Bytes of a file that goes in by its content."""
RESULTS = ("runs", "exports", "jobs/never-began")
"""Of a sweep's folders those that are read, beside the logs, the jobs and the files at its top."""
ABOUT_THE_REPORT = ("report.json", "controller.json")
"""At its top, what says of the report that it is up to date, and of a controller that it is at work: of that the host
alone counts, and ``found_on_machine`` has it."""
SITE = ("report", "model")
LIBRARIES = (
    "cmaes", "filelock", "fluent.runtime", "fluent.syntax", "jinja2", "markupsafe", "matplotlib", "mlxtend", "numpy",
    "optuna", "pandas", "pillow", "psutil", "pydantic", "PyYAML", "scikit-learn", "scipy", "seaborn", "threadpoolctl",
)  # fmt: skip
"""That reckon, draw and write, here and in the search, which is asked the same again at every start."""
ENDED = b'"ended_at": "'  # of an attempt that says when
_SLOW = 100_000
"""Rounds of the digest of passwords: it lies in a folder that may be handed on, and a quick one could be guessed."""


def digest_of_results(sweep_dir: Path, data_root: Path) -> str:
    """Stands for all that the report of a sweep is made of: results, images, program, and what the machine is called.

    Args:
        sweep_dir: The sweep's results.
        data_root: Holds the decoded data sets.

    Raises:
        FileNotFoundError: There is no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` is damaged.
    """
    store = data_root / read_sweep_record(sweep_dir).digest
    return _digest(
        [
            program_digest(),
            machine_line(found_on_machine(sweep_dir)),
            *lines_of(files_of_results(sweep_dir), sweep_dir),
            *lines_of(files_of_store(store), data_root),
            *_times_of_attempts(sweep_dir),
        ]
    )


def digest_of_site(sweep_dir: Path) -> str:
    """Stands for what was built: the pages and the published student, so that one deleted or edited shows."""
    return _digest(lines_of([path for name in SITE for path in _below(sweep_dir / name)], sweep_dir))


def digest_of_pages(parts: Iterable[str], known: Known, pages: Iterable[Path]) -> str:
    """Stands for the pages on all sweeps: for what they are made of, and for themselves.

    Args:
        parts: What they say.
        known: What they leave out.
        pages: Their files.
    """
    return _digest([program_digest(), machine_line(known), *parts, *lines_of(pages, Path())])


@cache
def program_digest() -> str:
    """The program's own code, templates and words, and the versions of what it draws with."""
    folders = {"harness": Path(harness.__path__[0]), "kd": Path(kd.__path__[0])}
    folders["report_templates"] = shipped("report_templates")
    code = [f"{name}\0{line}" for name, folder in folders.items() for line in lines_of(_below(folder), folder)]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]
    return _digest([sys.version, sys.platform, *versions, *code])


def machine_line(known: Known) -> str:
    """What is left out of pages here: another user, host, folder or password may leave out something else."""
    secrets = repr(known.secrets).encode() if known.secrets else b""
    slow = hashlib.pbkdf2_hmac("sha256", secrets, b"report", _SLOW).hex() if secrets else ""
    return repr((slow, known._replace(secrets=())))


def files_of_results(sweep_dir: Path) -> Iterator[Path]:
    """Of a sweep's folder the files that its report reads, and the folders of runs, empty ones too."""
    for pattern in ("*.yaml", "*.json"):
        yield from (path for path in sorted(sweep_dir.glob(pattern)) if path.name not in ABOUT_THE_REPORT)
    yield from (path for path in sorted(sweep_dir.glob("jobs/*.json")) if not _is_spent(path, sweep_dir))
    yield from sorted(sweep_dir.glob("logs/*_log.*"))
    for name in RESULTS:
        yield from _below(sweep_dir / name)


def files_of_store(store: Path) -> Iterator[Path]:
    """The decoded images and labels; hashes of the images follow from them, and are written when first wanted."""
    return (path for path in _below(store) if not path.name.endswith("_hashes.npy"))


def lines_of(paths: Iterable[Path], root: Path) -> Iterator[str]:
    """A line a file: its path below ``root``, its size, and its content's digest or the time of its last change."""
    for path in paths:
        name = os.path.relpath(path, root) if root != Path() else path.name
        try:
            status = path.stat()
            if path.is_dir():
                yield name
            elif status.st_size <= MAX_READ:
                yield f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}"
            else:
                yield f"{name}\0{status.st_size}\0{status.st_mtime_ns}"
        except OSError as error:  # gone, or closed to this user: to the report as well
            yield f"{name}\0{type(error).__name__}"


def _below(folder: Path) -> Iterator[Path]:
    """Files and folders below, in order, without hidden ones, which are half-written or some other program's."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        yield from (Path(place, name) for name in sorted((*folders, *files)) if not name.startswith("."))


def _is_spent(path: Path, sweep_dir: Path) -> bool:
    """Whether the record of a job says nothing more: all its runs are over, and it goes when somebody looks."""
    try:
        job = read_record(path, JobRecord)
    except (FileNotFoundError, UnreadableFileError):
        return False
    return all((sweep_dir / "runs" / run_id / "metrics.json").exists() for run_id in job.run_ids)


def _times_of_attempts(sweep_dir: Path) -> Iterator[str]:
    """The files' times of attempts that did not come to say when they ended, which then tell when that was."""
    for path in sorted(sweep_dir.glob("runs/*/attempts/*.json")):
        with suppress(OSError):
            if ENDED not in path.read_bytes():
                config = path.parent.parent / "config.json"
                times = [each.stat().st_mtime_ns for each in (path, config) if each.exists()]
                yield f"{path.relative_to(sweep_dir)} {times}"


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode(errors="surrogateescape") + b"\n")
    return digest.hexdigest()
