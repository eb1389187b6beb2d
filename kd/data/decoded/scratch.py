"""The folder that a store is made in, aside; what killed processes left of theirs is as large as the data."""

import os
import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNTOUCHED_S = 24 * 3600.0
"""After which a folder is nobody's, whoever made it."""


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """A new folder under ``root``, gone afterwards; those that nobody works in any more are removed before.

    Raises:
        OSError: It cannot be made.
    """
    root.mkdir(parents=True, exist_ok=True)
    for folder in root.glob(".*.tmp"):
        if folder.is_dir() and _is_left(folder):
            shutil.rmtree(folder, ignore_errors=True)
    folder = root / f".{socket.gethostname()}.{os.getpid()}.{uuid.uuid4().hex[:8]}.tmp"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether its process is known to be gone, or has written nothing for a day."""
    try:
        newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except FileNotFoundError:  # somebody is at work in it
        return False
    host, _, pid = folder.name[1:].rsplit(".", 2)[0].rpartition(".")
    return time.time() - newest > UNTOUCHED_S or (host == socket.gethostname() and pid.isdigit() and _is_gone(int(pid)))


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # another user's
        return False
    return False
