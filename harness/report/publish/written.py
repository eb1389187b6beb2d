"""What this program wrote into a folder of somebody else's, so that it replaces and removes nothing but that."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import Field

from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, write_record
from kd.records import Record

MARKER = "written.json"


class WrittenRecord(Record):
    """``written.json``: every file that was written beside it."""

    files: dict[str, str] = Field(description="SHA-256 by path")


class _PaperRecord(Record):
    """``paper.json``, by which earlier versions marked a paper's folder."""

    files: dict[str, str]


class _SiteRecord(Record):
    """``site.json``, by which earlier versions marked a published site; it held no hashes."""

    name: str
    files: tuple[str, ...]


OLD_MARKERS: dict[str, type[_PaperRecord] | type[_SiteRecord]] = {"paper.json": _PaperRecord, "site.json": _SiteRecord}


def read_written(folder: Path) -> Mapping[str, str | None] | None:
    """The files that an earlier call marked in a folder, each with its hash where the marker holds one.

    Returns:
        None where nothing was marked.

    Raises:
        UnreadableFileError: The marker is damaged, or newer than this program.
    """
    kinds: dict[str, type[WrittenRecord] | type[_PaperRecord] | type[_SiteRecord]] = {MARKER: WrittenRecord}
    for name, kind in (kinds | OLD_MARKERS).items():
        if (folder / name).exists():
            files = read_record(folder / name, kind).files
            return {**(files if isinstance(files, dict) else dict.fromkeys(files)), name: None}
    return None


def mark_written(folder: Path, files: Mapping[str, bytes]) -> None:
    """Say which files were written; older markers go."""
    write_record(folder / MARKER, WrittenRecord(files={name: sha256(content) for name, content in files.items()}))
    for name in OLD_MARKERS:
        (folder / name).unlink(missing_ok=True)


def check_folder(target: Path) -> None:
    """Refuse a file where a folder is to be written.

    Raises:
        InputError: It is one.
    """
    if target.exists() and not target.is_dir():
        raise InputError(f"DIR: {target} is a file; give a folder")


def check_inside(folder: Path, names: Iterable[str]) -> None:
    """Refuse names that lead out of a folder: the record or a link in it may be anybody's.

    Raises:
        InputError: Names the first; nothing of it was written or removed.
    """
    home = folder.resolve()
    for name in sorted(names):
        if "\0" in name or not (folder / name).resolve().is_relative_to(home) or (folder / name).resolve() == home:
            raise InputError(
                f"DIR: {name!r} leads out of {folder}; look at its {MARKER} and its links, or give another folder"
            )


def check_untouched(folder: Path, names: Iterable[str], written: Mapping[str, str | None] | None) -> None:
    """Refuse to replace or remove what was not written by this program, or was changed since.

    Args:
        folder: Where it lies.
        names: What is about to be replaced or removed; what is not there does no harm.
        written: As ``read_written`` gives it.

    Raises:
        InputError: Names the first such file.
    """
    for name in sorted(names):
        path, known = folder / name, (written or {}).get(name, "")
        if known is None or not path.exists() or sha256(path.read_bytes()) == known:
            continue
        how = "was changed since it was written" if known else "is there already"
        raise InputError(f"DIR: {path} {how}; move it away, or give another folder")


def read_own(folder: Path) -> Mapping[str, str | None] | None:
    """As ``read_written``, for a folder that a user has named.

    Raises:
        InputError: It is a file, or its marker cannot be read.
    """
    check_folder(folder)
    try:
        return read_written(folder)
    except UnreadableFileError as error:
        raise InputError(f"DIR: {error}; give another folder") from error


def sha256(content: bytes) -> str:
    """Of a file's content, as the marker holds it."""
    return hashlib.sha256(content).hexdigest()
