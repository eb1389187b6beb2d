"""What another user of the machine does: in a process of its own, which root may give any user's number."""

import os
import pickle
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

ANNA, BERT = 12001, 12002  # numbers that need no account
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as two users")


def as_user(uid: int, deed: Callable[[], Any], umask: int = 0o022, group: int | None = None) -> Any:
    """Do something as a user and return or raise what came of it.

    The process is a fork of this one, since the interpreter may lie where another user cannot read it.
    """
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads: the child starts none and ends soon
        child = os.fork()
    if child == 0:
        os.close(reader)
        _do(uid, group or uid, umask, deed, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        has_failed, outcome = pickle.load(stream)
    os.waitpid(child, 0)
    if has_failed:
        raise outcome
    return outcome


def _do(uid: int, group: int, umask: int, deed: Callable[[], Any], writer: int) -> NoReturn:
    try:
        os.setgroups([])
        os.setgid(group)
        os.setuid(uid)
        os.umask(umask)
        outcome = False, deed()
    except BaseException as error:
        outcome = True, error
    with os.fdopen(writer, "wb") as stream:
        pickle.dump(outcome, stream)
    os._exit(0)


@pytest.fixture
def common() -> Iterator[Path]:
    """A folder that everybody can reach and write, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="common-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)
