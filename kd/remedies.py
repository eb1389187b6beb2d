"""The way out of a wrong name, for messages: of one of several, and of a path that leads nowhere."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from kd.plain_text import one_line

Wanted = Literal["folder", "file", "file or folder"]
_ARCHIVES = {".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z"}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint at the nearest known name, or nothing.

    >>> did_you_mean("dkdd", ["kd", "dkd"]), did_you_mean("moon", ["kd", "dkd"])
    (' (did you mean dkd?)', '')
    """
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def not_there(path: Path | str, wanted: Wanted = "folder") -> str:
    """Why a path is no such folder or file, and what to give instead.

    A relative path is told with the folder that it is counted from, and a path that ends early with where it ends. The
    nearest name beside the one that is missing is the remedy.

    Args:
        path: As it was given, or with ``~`` replaced.
        wanted: What it is not.

    >>> not_there("/pets-of-nobody/cats")
    'no folder /pets-of-nobody/cats, nor /pets-of-nobody; give the path of one that is there'
    """
    place, given = Path(path), one_line(str(path))
    if not given:
        return f"no {wanted} is named; give the path of one"
    if os.path.exists(place):  # noqa: PTH110 other than Path.exists, it says no of a name that no file can have
        kind = "folder" if place.is_dir() else "file"
        hint = " (unpack the archive first)" if place.suffix in _ARCHIVES else ""
        return f"{given} is {f'a {kind}' if kind != wanted else f'no {wanted}'}; give a {wanted}{hint}"
    if os.path.islink(place):  # noqa: PTH114 the same
        its = os.path.realpath(place)
        return f"{given} is a link to {its}, which is not there; mend the link, or give another {wanted}"
    missing = _first_missing(place)
    if not missing.parent.is_dir():  # a file, or a link that leads nowhere
        return f"no {wanted} {given}: {missing.parent} is no folder; give the path of one that is there"
    start = "" if place.is_absolute() else f" in {Path.cwd()}"
    end = "" if missing == place else f", nor {missing}"
    near = nearest(place, wanted)
    hint = f" (did you mean {near}?)" if near else "; give the path of one that is there"
    return f"no {wanted} {given}{start}{end}{hint}"


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> str:
    r"""Why a text that was given by its path cannot be read, and what to do.

    >>> unreadable(Path("/etc/none.csv"), UnicodeDecodeError("utf-8", b"caf\xe9", 3, 4, "invalid"))
    '/etc/none.csv is not UTF-8 from byte 4 on (0xe9); save it as UTF-8'
    """
    if isinstance(error, UnicodeDecodeError):
        return (
            f"{path} is not UTF-8 from byte {error.start + 1} on (0x{error.object[error.start]:02x}); save it as UTF-8"
        )
    if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return not_there(path, "file")
    return f"{path}: {error.strerror}; make it readable, or give another file"


def nearest(path: Path, wanted: Wanted = "folder") -> Path | None:
    """A path that is there, with the nearest name in place of the first part that is missing; None: none is near."""
    missing = _first_missing(path)
    kind = wanted if missing == path else "folder"
    is_wanted = {"folder": Path.is_dir, "file": Path.is_file}.get(kind, Path.exists)
    try:
        beside = [entry.name for entry in missing.parent.iterdir() if is_wanted(entry)]
    except OSError:
        return None
    near = difflib.get_close_matches(missing.name, beside, n=1)
    if not near:
        return None
    found = missing.with_name(near[0])
    mended = found / path.relative_to(missing)
    return mended if os.path.exists(mended) else found  # noqa: PTH110


def _first_missing(path: Path) -> Path:
    while not os.path.lexists(path.parent):
        path = path.parent
    return path
