"""What a sweep cost, what it survived, and how to carry it out again."""

import hashlib
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from harness.command_line import PROGRAM, UNSAFE_IN_MAKE, changed, kept_name, written
from harness.report.results.sweep_results import Results
from harness.state.attempts.run_state import SweepState
from kd.config import StoredData
from kd.data.division.splits import open_division
from kd.errors import InputError, UnreadableFileError


class DataSplit(NamedTuple):
    """One part of the data: its images, and a hash of which stored images they are."""

    name: str
    num_images: int
    sha256: str


class Command(NamedTuple):
    """What to type.

    ``commit``: of the program, None where it is not known. ``changed``: it had uncommitted changes, which the command
    cannot bring back. ``is_own_file``: the sweep file is not one of the program's. ``version``: of the program where
    it was installed from a package, and no commit says which it was.
    """

    text: str
    commit: str | None
    changed: bool
    is_own_file: bool
    version: str | None = None


def find_data_splits(data: StoredData, root: Path) -> tuple[DataSplit, ...]:
    """Train, val and test as the store under ``root`` is divided; none where it is gone."""
    try:
        division = open_division(data, root).division
    except (InputError, UnreadableFileError, ValueError, OSError):
        return ()
    splits = {"train": "train", "val": division.val_split, "test": division.test_split}
    parts = []
    for name, split in splits.items():
        positions = getattr(division, name)
        digest = hashlib.sha256(split.encode() + b"\0" + positions.astype("<i8").tobytes())
        parts.append(DataSplit(name, len(positions), digest.hexdigest()))
    return tuple(parts)


def find_command(results: Results) -> Command:
    """The line that carries the same sweep out again, safe to paste into a POSIX shell."""
    record, provenance = results.record, results.provenance
    name, is_own_file = _name_of(record.origin), _is_own_file(record.origin)
    code = provenance.code if provenance else None
    commit = code.commit if code else None
    version = code.versions.get(PROGRAM) if code and not commit else None
    steps = _installed_step(name, record.overrides) if version else _steps(commit, name, record.overrides)
    return Command(" && ".join(steps), commit, bool(code and code.diff_sha256), is_own_file, version)


def find_way_on(results: Results, changes: Mapping[str, str] | None = None) -> str | None:
    """The line that goes on with the sweep, as it was started last; None where nothing is left to do, or it is at work.

    Where a file cannot be read nothing goes on, and the line is the one that names the file and the way out.

    Args:
        results: The sweep.
        changes: Keys of the sweep file that must have another value first.
    """
    standing = results.standing
    if standing.state == SweepState.UNREADABLE:
        named = results.folder.name
        return written(_is_installed(results), ".venv/bin/python", "status", named, results=_place(results))
    may_go_on = standing.state in (SweepState.QUEUED, SweepState.STOPPED, SweepState.FAILED)
    if not may_go_on or (standing.is_finished and not standing.failed):
        return None
    return find_line(results, changes)


def find_line(results: Results, changes: Mapping[str, str] | None = None) -> str:
    """The line that starts the sweep once more as it was started last, so that it goes on; safe to paste.

    A results folder of another place than the usual one is named by its last part: where it lies is nobody's business.

    Args:
        results: The sweep.
        changes: Keys of the sweep file that must have another value first.
    """
    record, made = results.record, results.provenance
    return written(
        _is_installed(results),
        ".venv/bin/python",
        "sweep",
        _name_of(record.origin),
        cluster=made.cluster if made and made.cluster != "local" else "",
        set=changed(record.overrides, kept_name(record.sweep.name, results.folder.name) | dict(changes or {})),
        results=_place(results),
        retry_failed=has_to_be_asked(results),
    )


def _is_installed(results: Results) -> bool:
    made = results.provenance
    return bool(made and not made.code.commit and made.code.versions.get(PROGRAM))


def _place(results: Results) -> str:
    place = results.folder.absolute().parent.name
    return "" if place == "results" else place


def has_to_be_asked(results: Results) -> bool:
    """Whether a run failed that is tried again only where that is asked for."""
    return any(run.failure is not None and run.failure.has_to_be_asked_for for run in results.all_runs())


def _name_of(origin: str) -> str:
    return origin if _is_own_file(origin) else Path(origin).stem


def _is_own_file(origin: str) -> bool:
    """Whether a sweep file is not one of the program's."""
    path = Path(origin)
    return path.parent != Path("sweeps") or path.suffix != ".yaml"


def _installed_step(name: str, overrides: str) -> Iterator[str]:
    """Of a program that was installed from a package; the version is said beside."""
    chosen = f" --set {shlex.quote(overrides)}" if overrides else ""
    yield f"{PROGRAM} sweep {shlex.quote(name)}{chosen}"


def _steps(commit: str | None, name: str, overrides: str) -> Iterator[str]:
    if commit:
        yield f"git checkout {shlex.quote(commit)}"
    if UNSAFE_IN_MAKE & set(name + overrides):
        yield "make .venv/.run"
        yield f".venv/bin/python -m harness sweep --sweep {shlex.quote(name)} --set {shlex.quote(overrides)}"
    else:
        chosen = f" SET={shlex.quote(overrides)}" if overrides else ""
        yield f"make sweep SWEEP={shlex.quote(name)}{chosen}"
