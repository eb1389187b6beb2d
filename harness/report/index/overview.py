"""Writing the pages on all sweeps, or leaving them where nothing has changed that they are made of."""

from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from harness.report.index.sweeps import Entry, find_sweeps
from harness.report.made_of import digest_of_pages
from harness.report.redaction.values import Known, found_on_machine, texts_in
from harness.report.text.language import LANGUAGES, file_name
from kd.errors import UnreadableFileError
from kd.files import read_record, write_bytes, write_record
from kd.records import Record

PATIENCE_S = 60.0
PAGES = ("index", "compare")
STAMP = ".overview.json"


class OverviewStamp(Record):
    """``.overview.json`` beside the pages on all sweeps: what they and their content came to."""

    digest: str


def write_overview(results: Path, only_if_changed: bool = False) -> Path:
    """Write the pages on all sweeps of a results folder, and return the first language's table of sweeps.

    Sweeps may end at the same moment, so reading and writing are one: whoever comes last has seen all. The pages go
    where the reports go, so what tells of this machine is left out (``harness.report.redaction``).

    Args:
        results: Holds the sweeps.
        only_if_changed: Leave pages that would be the same; to see that, every sweep is looked at nonetheless.

    Raises:
        filelock.Timeout: Another process held the lock for a minute.
    """
    # in a common folder the lock is the group's: it holds nothing
    with FileLock(results / ".overview.lock", mode=0o664).acquire(timeout=PATIENCE_S):
        entries = find_sweeps(results)
        texts = [str(results.absolute()), *texts_in([entry.sweep for entry in entries])]
        known = found_on_machine(None, texts)
        if not only_if_changed or _read_digest(results) != _digest(entries, known, results):
            _write(entries, texts, results)
            write_record(results / STAMP, OverviewStamp(digest=_digest(entries, known, results)))
    return results / file_name(PAGES[0], next(iter(LANGUAGES)))


def _write(entries: list[Entry], texts: list[str], results: Path) -> None:
    from harness.report.index.pages import overview_files
    from harness.report.redaction.files import redacted_file
    from harness.report.redaction.redaction import redaction_of

    redaction = redaction_of(None, texts=texts)
    for name, text in overview_files(entries).items():
        write_bytes(results / name, redacted_file(redaction, name, text.encode()))


def _digest(entries: list[Entry], known: Known, results: Path) -> str:
    pages = [results / file_name(page, code) for page in PAGES for code in LANGUAGES]
    return digest_of_pages(map(repr, entries), known, pages)


def _read_digest(results: Path) -> str | None:
    with suppress(FileNotFoundError, UnreadableFileError):
        return read_record(results / STAMP, OverviewStamp).digest
    return None
