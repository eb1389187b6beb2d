"""The report of a sweep: built, or left as it is where nothing that it is made of has changed."""

import hashlib
import importlib.metadata
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

import harness
import kd
from harness.console.plain_console import say
from harness.shipped import shipped
from harness.state.folder import SweepFolder
from kd.errors import UnreadableFileError
from kd.files import read_record, write_bytes, write_record
from kd.plain_text import printable
from kd.records import Record

if TYPE_CHECKING:
    from harness.report.text.failed_parts import FailedPart

FAILED_PARTS = "report-errors.txt"  # beside the logs of jobs
STAMP = "report.json"
REWRITTEN = ("sweep.yaml", "provenance.json", "trials*.json")
"""Of a sweep's files those that every start writes again, mostly as they were; each method has trials of its own."""

MADE_OF = ("jobs", "logs", "runs", "teacher_logits", "exports")

WRITTEN = ("report", "model")
LEFT_OUT = {"files": "the tables for programs", "runs": "the pages of single runs"}
LIBRARIES = ("matplotlib", "seaborn", "scipy", "numpy", "pandas", "pillow", "jinja2", "fluent.runtime")


class ReportStamp(Record):
    """``report.json``: what the report was made of, and what was said at its end."""

    digest: str
    lines: tuple[str, ...]


def write_report(folder: SweepFolder, console: Console, only_if_changed: bool = False) -> bool:
    """Build the report, publish the best student, and print the answer in two lines and where the report is.

    A figure, a table or a page that fails takes nothing else with it, and is named in a last line.

    Args:
        folder: The sweep's results.
        console: Where a person looks.
        only_if_changed: Leave a report that would be the same, and say its answer again. Of a sweep that is over: what
            pages say of runs at work depends on the moment too.

    Returns:
        Whether everything could be made.
    """
    stamp = _read_stamp(folder) if only_if_changed else None
    if stamp is not None and stamp.digest == digest_of(folder):
        for line in stamp.lines:
            say(console, line)
        return True

    from harness.report.build import build_report
    from harness.report.outcome import find_outcome
    from harness.report.publish.student import publish_student
    from harness.report.text.failed_parts import attempt, collecting

    with collecting() as failed:
        index = build_report(folder.path, folder.data)
        outcome = find_outcome(folder.path)
        attempt("file", "model", lambda: publish_student(outcome.results, outcome.among))
    lines = (*outcome.lines, str(_shortest(index)))
    for line in lines:
        say(console, line)
    has_failed = say_failed_parts(failed.values(), folder, console)
    if has_failed:
        (folder.path / STAMP).unlink(missing_ok=True)
    else:
        write_record(folder.path / STAMP, ReportStamp(digest=digest_of(folder), lines=lines))
    return not has_failed


def write_to_mail(folder: SweepFolder, console: Console) -> None:
    """Write the report that there is as one file, and say where it is, how large, and what it does not hold."""
    from harness.report.publish.one_file.writing import write_one_file

    written = write_one_file(folder.path)
    say(console, f"{_shortest(written.path)}: {written.num_bytes / 1e6:.1f} MB, the whole report in one file")
    if written.left_out:
        what = " and ".join(LEFT_OUT[group] for group in written.left_out)
        say(console, f"without {what}, with which it would be too large to mail; the site has them")


def _read_stamp(folder: SweepFolder) -> ReportStamp | None:
    with suppress(FileNotFoundError, UnreadableFileError):
        return read_record(folder.path / STAMP, ReportStamp)
    return None


def digest_of(folder: SweepFolder) -> str:
    """Stands for all that the report is made of, and for the report itself.

    Result files, logs, the decoded data, the program and the libraries that draw; files by their sizes and times. It
    says the same where nothing was touched, and something else where anything was: a page that was deleted as well.
    """
    digest = hashlib.sha256()
    for path in (path for pattern in REWRITTEN for path in sorted(folder.path.glob(pattern))):
        digest.update(f"{path.name}\0".encode())
        digest.update(path.read_bytes())
    parts = [folder.path / name for name in (*MADE_OF, *WRITTEN)]
    program = [Path(module.__path__[0]) for module in (harness, kd)]
    for line in _listed([*parts, folder.data, *program, shipped("report_templates")]):
        digest.update(line.encode(errors="surrogateescape"))
    versions = [importlib.metadata.version(name) for name in LIBRARIES]
    digest.update(f"{harness.__version__} {versions} {Path.cwd()}".encode())
    return digest.hexdigest()


def _listed(paths: Iterable[Path]) -> Iterable[str]:
    """A line a file: path, size and time of the last change."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if "__pycache__" not in file.parts and file.is_file():
                status = file.stat()
                yield f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n"


def say_failed_parts(failed: "Collection[FailedPart]", folder: SweepFolder, console: Console) -> bool:
    """Name the parts of a report that could not be made, and where their tracebacks are; says whether there are any."""
    log = folder.path / "logs" / FAILED_PARTS
    if not failed:
        log.unlink(missing_ok=True)
        return False
    log.parent.mkdir(exist_ok=True)
    write_bytes(log, printable("\n".join(part.trace for part in failed)).encode())
    first, *others = failed
    more = f", and {len(others)} more" if others else ""
    what = f"the {first.kind} {first.name} ({first.reason}){more}"
    say(console, f"warning: without {what}, which could not be made; tracebacks: {_shortest(log)}")
    return True


def _shortest(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
