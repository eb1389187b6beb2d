"""The report of a sweep, and the list of all: built, or left where nothing has changed that they are made of."""

import sys
from collections.abc import Collection
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field
from rich.console import Console

from harness.console.hints import Hints
from harness.console.plain_console import say
from harness.garbage import collected_later
from harness.report.made_of import digest_of_results, digest_of_site
from harness.state.files.folder import SweepFolder
from kd.errors import UnreadableFileError
from kd.files import read_record, write_bytes, write_record
from kd.plain_text import printable
from kd.records import Record

if TYPE_CHECKING:
    from harness.report.text.failed_parts import FailedPart

FAILED_PARTS = "report-errors.txt"  # beside the logs of jobs
STAMP = "report.json"
FRONT = "report/index.html"
FOR_SEARCHES = ("optuna.importance", "sklearn.gaussian_process")  # and for nothing else
AHEAD = (
    "scipy.special",
    "matplotlib.figure",
    "pandas",
    "fluent.runtime",
    "harness.report.build",
    "scipy.stats",
    *FOR_SEARCHES,
    "seaborn",
)
"""What a report is built with, in parts of some tenths of a second, in which a controller does nothing else."""
LEFT_OUT = {"files": "the tables for programs", "runs": "the pages of single runs"}


class ReportStamp(Record):
    """``report.json``: what the report was made of and came to, and what was said at its end."""

    made_of: str
    site: str
    lines: tuple[str, ...]
    command: str = Field("", description="at the end of a line, the one that adds seeds, as pages name it")
    changes: dict[str, str] = Field({}, description="the keys of the sweep file that it sets")
    retry_failed: bool = Field(False, description="whether it tries failed runs again")
    is_over: bool = False
    """Whether a controller found nothing left to do, with these results and this program."""


def load_overview() -> None:
    """Load what the list of all sweeps is written with: while models are rehearsed, a controller waits."""
    from harness.report.text.language import LANGUAGES, language

    import_module("harness.report.index.pages")
    for code in LANGUAGES:
        language(code)


def left_to_load() -> list[str]:
    """What a report is built with and is not loaded yet."""
    return [name for name in AHEAD if name not in sys.modules]


def load_for_pages() -> None:
    """Load what a report is written with once all is read."""
    from harness.report.text.language import LANGUAGES, language

    for name in left_to_load():
        if name not in FOR_SEARCHES:
            with suppress(Exception):  # what needs one that is broken says so in its place
                import_module(name)
    for code in LANGUAGES:
        language(code)


def write_report(
    folder: SweepFolder, console: Console, only_if_changed: bool = False, is_over: bool | None = None
) -> bool:
    """Build the report, publish the best student, and print the answer in two lines and where the report is.

    A figure, a table or a page that fails takes nothing else with it, and is named in a last line.

    Args:
        folder: The sweep's results.
        console: Where a person looks.
        only_if_changed: Leave a report that would be the same, and say its answer again. Of a sweep that is over: what
            pages say of runs at work depends on the moment too.
        is_over: Whether a controller found nothing left to do; None: what the last one found, if nothing has changed.

    Returns:
        Whether everything could be made.
    """
    stamp = read_stamp(folder)
    if only_if_changed and stamp is not None and is_as_built(stamp, folder):
        if is_over is not None and is_over != stamp.is_over:
            write_record(folder.path / STAMP, stamp.model_copy(update={"is_over": is_over}))
        say_answer(stamp, folder, console)
        return True

    from harness.report.study import read_studies
    from harness.report.text.failed_parts import attempt, collecting

    # Before anything is read: what changes from here on is not in the pages, and not in the digest either.
    made_of = digest_of_results(folder.path, folder.data)
    with collected_later(), collecting() as failed:
        studies = read_studies(folder.path, folder.data, load_for_pages if left_to_load() else None)
        # Loaded while a fork reads the searches; before, they would be waited for.
        from harness.report.build import write_site
        from harness.report.outcome import outcome_of
        from harness.report.publish.student import publish_student

        write_site(folder.path, studies)
        outcome = outcome_of([study.results for study in studies], [study.findings.search for study in studies])
        attempt("file", "model", lambda: publish_student(outcome.results, outcome.among))
    if is_over is None:
        is_over = stamp is not None and stamp.is_over and stamp.made_of == made_of
    more = outcome.more_seeds
    stamp = ReportStamp(
        made_of=made_of,
        site=digest_of_site(folder.path),
        lines=outcome.lines,
        command=more.line if more else "",
        changes=dict(more.changes) if more else {},
        retry_failed=more is not None and more.retry_failed,
        is_over=is_over,
    )
    say_answer(stamp, folder, console)
    has_failed = say_failed_parts(failed.values(), folder, console)
    if has_failed:
        (folder.path / STAMP).unlink(missing_ok=True)
    else:
        write_record(folder.path / STAMP, stamp)
    return not has_failed


def read_stamp(folder: SweepFolder) -> ReportStamp | None:
    """What is known of the report; None where there is none, and of one of another version."""
    with suppress(FileNotFoundError, UnreadableFileError):
        return read_record(folder.path / STAMP, ReportStamp)
    return None


def is_as_built(stamp: ReportStamp, folder: SweepFolder) -> bool:
    """Whether the report that stands there is the one that would be built now."""
    return stamp.made_of == digest_of_results(folder.path, folder.data) and stamp.site == digest_of_site(folder.path)


def say_answer(stamp: ReportStamp, folder: SweepFolder, console: Console) -> None:
    """Print the answer of the report, and where it is."""
    for line in stamp.lines:
        if stamp.command and line.endswith(stamp.command):
            again = Hints(folder).again(stamp.retry_failed, changes=stamp.changes)
            line = line.removesuffix(stamp.command) + again
        say(console, line)
    say(console, str(_shortest(folder.path / FRONT)))


def list_sweeps(folder: SweepFolder, console: Console, only_if_changed: bool = False) -> None:
    """Write the table of all sweeps; where it is another user's, who keeps it to themselves, say so and go on."""
    from harness.report.index.overview import write_overview

    try:
        write_overview(folder.path.parent, only_if_changed)
    except PermissionError as error:
        say(console, f"The list of all sweeps was not updated: {error.filename}: {error.strerror}")


def write_to_mail(folder: SweepFolder, console: Console) -> None:
    """Write the report that there is as one file, and say where it is, how large, and what it does not hold."""
    from harness.report.publish.one_file.writing import write_one_file

    written = write_one_file(folder.path)
    say(console, f"{_shortest(written.path)}: {written.num_bytes / 1e6:.1f} MB, the whole report in one file")
    if written.left_out:
        what = " and ".join(LEFT_OUT[group] for group in written.left_out)
        say(console, f"without {what}, with which it would be too large to mail; the site has them")


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
