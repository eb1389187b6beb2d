"""What is costly to make and only read is made by one of the processes that run the tests, for all of them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first process that wants it fills; the others wait for it.

    Args:
        factory: pytest's, whose folder the processes of one run have in common.
        name: What is in it.
        make: Fills the folder, which exists. Where it fails, the next process tries again, and fails by itself.
    """
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # each of xdist's processes has a folder of its own in there
    folder, done = shared / f"once-{name}", shared / f"once-{name}.done"
    with FileLock(shared / f"once-{name}.lock"):
        if not done.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            done.touch()
    return folder
