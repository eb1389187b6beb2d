"""Whose a sweep's folder is: what acts as code or as an order in it is its user's alone, as ssh keeps its keys.

Whoever can write there could run programs as the user who carries the sweep out. So the folders that hold it are closed
to others; what is below them need not be looked at again.
"""

import itertools
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from kd.errors import InputError

SHARED = "KD_SWEEP_SHARED"
"""The environment variable by which a group says that all who can write to its results may give orders there."""
CLOSED = ("jobs", "logs", "runs", "teacher_logits")
"""Of a sweep's folders those that hold jobs' programs and scripts, records of processes, checkpoints and logits."""

OBEYED = ("sweep.yaml", "provenance.json", "controller.json", "trials*.json", "optuna*.journal")
"""Of a sweep's files, as patterns, those by which the program acts: what to run and where, and which process to end."""

_WRITABLE = stat.S_IWGRP | stat.S_IWOTH
_ENTERABLE = stat.S_IXGRP | stat.S_IXOTH
_BEING_CLOSED = 0o744  # others see names and reach nothing; unlike 0700 it says that the content was not looked at


def is_shared() -> bool:
    """Whether the user trusts all who can write to the results."""
    return os.environ.get(SHARED, "").lower() in ("1", "true", "yes", "on")


def claim(sweep: Path) -> list[str]:
    """Make a sweep's folders, closed to others; close those that an earlier version or a wide umask left open.

    Nothing is looked at below a folder that is closed already, so a further start costs a few ``stat`` calls.

    Args:
        sweep: The sweep's results folder, which need not be there.

    Returns:
        What was closed, in a line; nothing at most starts.

    Raises:
        InputError: Somebody else owns the folder, or something in it that would be obeyed.
    """
    sweep.parent.mkdir(parents=True, exist_ok=True)
    sweep.mkdir(mode=0o777 if is_shared() else 0o755, exist_ok=True)
    was_open = False
    if not is_shared():
        _check_owner(sweep, sweep.lstat())  # of a link, who made it
        _check_owner(sweep, sweep.stat())
        was_open = _deny_writing(sweep)
        for path in itertools.chain(*map(sweep.glob, OBEYED)):
            with suppress(FileNotFoundError):
                _check_owner(path, path.lstat())
                _deny_writing(path)
    opened = [name for name in CLOSED if make_closed(sweep / name)]
    if not opened and not was_open:
        return []
    who = "others could write there" if was_open else "others could look there"
    return [f"{sweep}: {who}; closed to them now{': ' if opened else ''}{', '.join(opened)}"]


def is_own(sweep: Path) -> bool:
    """Whether a sweep beside one's own is the user's too, and nobody else can have written there."""
    if is_shared():
        return True
    try:
        _check_owner(sweep, sweep.lstat())
        for folder in (sweep, *(each for name in CLOSED if (each := sweep / name).exists())):
            status = folder.stat()
            _check_owner(folder, status)
            _check_unwritable(folder, status.st_mode)
    except (OSError, InputError):
        return False
    return True


def make_closed(folder: Path) -> bool:
    """Make a folder that is closed to others, or close it; says whether it was open.

    Whoever could write there may have left something. So nothing there is reached by others while it is looked
    through, and it is closed for good only after that: until then every start looks again.

    Raises:
        InputError: Somebody else owns it, or something in it.
    """
    if is_shared():
        folder.mkdir(mode=0o770, exist_ok=True)
        return False
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.stat()
    _check_owner(folder, status)
    if not status.st_mode & 0o077:
        return False
    _change_mode(folder, _BEING_CLOSED)
    for path, found in _walk(folder):
        _check_owner(path, found)
    _change_mode(folder, 0o700)
    return True


def keep_from_writers(folder: Path) -> None:
    """Let others read a folder that was just made, as the umask has it, and not write there."""
    if not is_shared():
        for path in (folder, *folder.rglob("*")):
            _deny_writing(path)


def open_own(path: Path) -> IO[bytes]:
    """Open a file whose content will be run.

    The folder is opened first, and the file through it: nobody can put others in their place between look and use.

    Raises:
        InputError: Others own it or can write it, or can put another file in its place.
    """
    if is_shared():
        return path.open("rb")
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        place = os.fstat(folder)
        _check_owner(path.parent, place)
        _check_unwritable(path.parent, place.st_mode)
        stream = os.fdopen(os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), "rb")
    finally:
        os.close(folder)
    try:
        status = os.fstat(stream.fileno())
        _check_owner(path, status)
        if place.st_mode & _ENTERABLE:
            _check_unwritable(path, status.st_mode)
    except InputError:
        stream.close()
        raise
    return stream


def check_readable(sweep: Path) -> None:
    """Make sure that what a sweep's folder holds can be read: folders that cannot be listed look empty.

    Raises:
        InputError: They belong to somebody else, who closed them.
    """
    for folder in (sweep / name for name in CLOSED):
        if folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
            status = folder.stat()
            raise InputError(
                f"{folder} is closed to others than {_name(status.st_uid)} (mode {_mode(status.st_mode)}); open the "
                f"report in {sweep / 'report'}, or let its owner share the sweep: {SHARED}=1 and chmod -R g+rwX {sweep}"
            )


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # jobs may be at work, and replace their files
                yield Path(entry.path), entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    yield from _walk(Path(entry.path))


def _deny_writing(path: Path) -> bool:
    """Take the right to write from others; says whether they had it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & _WRITABLE:
        return False
    _change_mode(path, mode & ~_WRITABLE)
    return True


def _change_mode(path: Path, mode: int) -> None:
    """As ``chmod``, where a folder keeps its set-group-id bit.

    Raises:
        InputError: The file system knows no modes.
    """
    with suppress(PermissionError):
        path.chmod(mode | path.stat().st_mode & stat.S_ISGID)
    if (left := stat.S_IMODE(path.stat().st_mode)) & ~mode & 0o077:
        raise InputError(
            f"{path} stays open to others (mode {left:04o}) after a chmod: take results on another file system, or "
            f"trust all who can write there with {SHARED}=1"
        )


def _check_owner(path: Path, status: os.stat_result) -> None:
    if status.st_uid in (0, os.geteuid()):
        return
    is_mine_around = path.parent.stat().st_uid == os.geteuid()
    remedy = "remove it" if is_mine_around else "take a results folder of your own"
    raise InputError(
        f"{path} belongs to {_name(status.st_uid)} (mode {_mode(status.st_mode)}), and what it says would be done as "
        f"{_name(os.geteuid())}: {remedy}, or trust all who can write there with {SHARED}=1"
    )


def _check_unwritable(path: Path, mode: int) -> None:
    if mode & _WRITABLE:
        raise InputError(
            f"{path} can be written by others (mode {_mode(mode)}), and what it says would be done as "
            f"{_name(os.geteuid())}: chmod go-w {path}, or trust all who can write there with {SHARED}=1"
        )


def _mode(mode: int) -> str:
    return f"{stat.S_IMODE(mode):04o}"


def _name(uid: int) -> str:
    """A user's name, where the machine knows it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
