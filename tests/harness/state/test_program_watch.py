"""A controller notices that another program lies where it was started from."""

import os
from pathlib import Path

import pytest

from harness.state.provenance import ProgramWatch


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("harness/a.py", "kd/deep/b.py", "tests/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one = 1\n")
    return tmp_path


def test_what_has_another_content_is_new_or_is_gone_is_named(root: Path) -> None:
    watch = ProgramWatch(root)
    assert watch.changed() is None
    (root / "kd" / "deep" / "b.py").write_text("one = 2\n")
    assert watch.changed() == "kd/deep/b.py"
    (root / "kd" / "deep" / "b.py").write_text("one = 1\n")
    assert watch.changed() is None
    (root / "harness" / "new.py").touch()
    assert watch.changed() == "harness/new.py"
    (root / "harness" / "new.py").unlink()
    (root / "harness" / "a.py").rename(root / "harness" / "z.py")
    assert watch.changed() == "harness/a.py"


def test_a_file_that_is_only_touched_or_none_of_the_program_is_no_matter(root: Path) -> None:
    watch = ProgramWatch(root)
    os.utime(root / "harness" / "a.py", (1, 1))
    (root / "tests" / "c.py").write_text("another\n")
    assert watch.changed() is None
