"""All sweeps of a results folder: which there are and how each stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.report.index import summary
from harness.report.index.summary import Summary
from harness.report.text.language import LANGUAGES
from harness.state.attempts.run_state import SweepState
from harness.state.files.folder import SweepFolder
from harness.state.files.ownership import check_readable
from harness.state.files.records import SweepRecord, read_sweep_record
from harness.state.standing.snapshot import read_snapshot
from harness.sweep.plan import Plan
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record


@dataclass(frozen=True)
class Entry:
    """A folder under results.

    ``problem``: why it cannot be read, in the program's own words. ``is_current``: the summary was
    written for the sweep file that lies there now. ``num_done``: runs that are over and did not fail.
    ``pages``: the report's front page by language, relative to the results folder.
    """

    name: str
    state: SweepState
    problem: str = ""
    summary: Summary | None = None
    is_current: bool = True
    num_done: int | None = None
    num_failed: int = 0
    num_planned: int | None = None
    sweep: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def is_sweep(self) -> bool:
        """Whether its sweep file could be read, so that it can stand beside others."""
        return bool(self.sweep) and self.state != SweepState.COPY


def find_sweeps(results: Path) -> list[Entry]:
    """Every folder under ``results`` by name, but for hidden ones, which are the program's own.

    A complete sweep costs the reading of two small files; of another one, every run is looked at.
    """
    folders = (path for path in results.iterdir() if path.is_dir() and not path.name.startswith("."))
    return [_entry(path) for path in sorted(folders)]


def _entry(path: Path) -> Entry:
    try:
        record = read_sweep_record(path)
        report = _read_summary(path / "report")
    except FileNotFoundError:
        return _without_runs(path)
    except (UnreadableFileError, OSError) as error:
        return _unreadable(path, error)
    entry = Entry(
        name=path.name,
        state=SweepState.COMPLETE,
        summary=report,
        sweep=record.sweep.model_dump(mode="json"),
        pages=_pages(path, path / "report"),
    )
    return _with_state(entry, path, record)


def _with_state(entry: Entry, path: Path, record: SweepRecord) -> Entry:
    """How the sweep stands: as its report says where that is complete and up to date, else as its runs say."""
    fields = vars(entry)
    folder, report = SweepFolder(path.parent, path.name), entry.summary
    is_current = report is None or report.sweep == entry.sweep
    try:
        is_run = folder.read_controller() is not None
        if report is not None and is_current and report.state == SweepState.COMPLETE and not is_run:
            return Entry(**fields | {"num_done": report.num_done, "num_planned": report.num_planned})
        check_readable(path)
        standing = read_snapshot(folder, Plan(record.sweep, record.digest)).standing(is_run)
    except (InputError, UnreadableFileError, OSError) as error:
        return Entry(
            **fields | {"state": SweepState.UNREADABLE, "problem": _reason(error, path), "is_current": is_current}
        )
    counts = {"num_done": standing.succeeded, "num_failed": len(standing.failed), "num_planned": standing.total}
    return Entry(**fields | counts | {"state": standing.state, "is_current": is_current})


def _without_runs(path: Path) -> Entry:
    """A report that was copied here, as the committed example is, has a summary to show; anything else is foreign.

    It is no sweep: it cannot go on, and it would count the same study twice. So it is listed apart.
    """
    try:
        report = _read_summary(path)
    except (UnreadableFileError, OSError) as error:
        return _unreadable(path, error)
    if report is None:
        return Entry(path.name, SweepState.FOREIGN)
    return Entry(
        name=path.name,
        state=SweepState.COPY,
        summary=report,
        num_done=report.num_done,
        num_failed=report.num_failed,
        num_planned=report.num_planned,
        sweep=report.sweep,
        pages=_pages(path, path),
    )


def _unreadable(path: Path, error: Exception) -> Entry:
    return Entry(path.name, SweepState.UNREADABLE, _reason(error, path), pages=_pages(path, path / "report"))


def _reason(error: Exception, path: Path) -> str:
    return str(error).replace(f"{path.absolute()}/", "").replace(f"{path}/", "")


def _read_summary(folder: Path) -> Summary | None:
    path = folder / summary.FILE
    return read_record(path, Summary) if path.exists() else None


def _pages(path: Path, site: Path) -> dict[str, str]:
    """The site's front page in each language: the first has the site's root, the others a folder each."""
    return dict(_each_page(path, site))


def _each_page(path: Path, site: Path) -> Iterator[tuple[str, str]]:
    first, *others = LANGUAGES
    for code, page in ((first, site / "index.html"), *((code, site / code / "index.html") for code in others)):
        if page.exists():
            yield code, page.relative_to(path.parent).as_posix()
