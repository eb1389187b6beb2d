"""A killed decoding leaves nothing for good, and a disk without room is one error with its file."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kd.data.decoded.scratch import UNTOUCHED_S, scratch_folder
from tests.kd.image_folders import write_folder
from tests.support.root import ROOT

PREPARE = """
import errno, sys
from pathlib import Path
from kd.config import DataConfig
from kd.data.decoded.store import prepare
try:
    prepare(DataConfig(source=sys.argv[1]), Path(sys.argv[2]))
except OSError as error:
    print(errno.errorcode[error.errno], error.filename)
"""


def left(root: Path, name: str, age_s: float = 0.0) -> Path:
    """A folder as a killed process leaves it."""
    folder = root / name
    folder.mkdir()
    (folder / "train_images.npy").write_bytes(b"half")
    for path in (folder / "train_images.npy", folder):
        os.utime(path, (path.stat().st_mtime - age_s,) * 2)
    return folder


@pytest.fixture(scope="session")
def pids() -> dict[str, int]:
    """Of a process that is gone, and of this one."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return {"GONE": process.pid, "OWN": os.getpid()}


@pytest.mark.parametrize(
    ("name", "age_s", "stays"),
    [
        (".HERE.GONE.01234567.tmp", 0.0, False),
        (".HERE.OWN.01234567.tmp", 0.0, True),
        (".elsewhere.GONE.01234567.tmp", 0.0, True),
        (".elsewhere.GONE.01234567.tmp", UNTOUCHED_S + 60, False),
        (".0123456789abcdef0123456789abcdef.tmp", 0.0, True),  # as an older version named them
        (".0123456789abcdef0123456789abcdef.tmp", UNTOUCHED_S + 60, False),
    ],
)
def test_what_nobody_works_in_is_removed(tmp_path, pids, name, age_s, stays):
    name = name.replace("HERE", socket.gethostname())
    for word, pid in pids.items():
        name = name.replace(word, str(pid))
    folder = left(tmp_path, name, age_s)
    with scratch_folder(tmp_path) as own:
        assert folder.exists() == stays
        (own / "index.json").write_text("{}")
    assert not own.exists()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def pictures(folder: Path, *shapes: tuple[int, ...]) -> str:
    """Two classes of images of these shapes."""
    random = np.random.default_rng(0)
    return f"folder:{write_folder(folder, [random.integers(0, 256, shape, dtype=np.uint8) for shape in shapes])}"


@pytest.mark.parametrize("kind", ["grey", "one turns to colour", "arrays"])
def test_a_disk_without_room_is_an_error_that_names_the_file_and_leaves_nothing(tiny_disk, tmp_path, kind):
    source = {
        "grey": lambda: pictures(tmp_path / "f", *[(128, 128)] * 24),
        "one turns to colour": lambda: pictures(tmp_path / "f", *[(128, 128)] * 9, (128, 128, 3)),
        "arrays": lambda: "embedded:mnist5k",
    }[kind]()
    done = subprocess.run(
        [sys.executable, "-c", PREPARE, source, tiny_disk / "data"], cwd=ROOT, capture_output=True, text=True
    )
    code, _, name = done.stdout.strip().partition(" ")
    assert (done.returncode, code) == (0, "ENOSPC"), done
    assert Path(name).is_relative_to(tiny_disk / "data")
    assert [path.name for path in (tiny_disk / "data").iterdir()] == []
