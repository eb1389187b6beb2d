"""Which program runs, as git and the installed packages say."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from harness.state import provenance


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A repository of one commit in place of the project's."""

    def run(*words: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        done = subprocess.run(["git", "-C", tmp_path, *identity, *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    run("init", "-q")
    (tmp_path / "file").write_text("one\n")
    run("add", "file")
    run("commit", "-qm", "one")
    monkeypatch.setattr(provenance, "CHECKOUT", tmp_path)
    return run


def test_the_commit_and_what_was_changed_since(git: Callable[..., str], tmp_path: Path) -> None:
    find = provenance.current_code.__wrapped__
    clean = find()
    assert clean.commit == git("rev-parse", "HEAD")
    assert clean.diff_sha256 is None
    assert clean.versions["torch"] == torch.__version__
    (tmp_path / "file").write_text("two\n")
    changed = find()
    assert changed.commit == clean.commit
    assert changed.diff_sha256 is not None
    (tmp_path / "file").write_text("three\n")
    assert find().diff_sha256 not in (None, changed.diff_sha256)


def test_torch_is_named_with_its_build_where_its_metadata_leave_that_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "torch-9.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 9.1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    find = provenance.current_code.__wrapped__
    assert find().versions["torch"] == "9.1.0"
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "version.py").write_text("__version__ = '9.1.0+cu999'\ndebug = False\n")
    assert find().versions["torch"] == "9.1.0+cu999"


def test_outside_of_a_repository_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "CHECKOUT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    code = provenance.current_code.__wrapped__()
    assert (code.commit, code.diff_sha256) == (None, None)


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.current_code.__wrapped__().commit is None


def test_git_that_ends_by_a_signal_to_its_job_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "CHECKOUT", tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "git").write_text(f"#!/bin/sh\nmkdir {tmp_path}/$3 2>/dev/null && kill -TERM $$\necho $3\n")
    (tmp_path / "git").chmod(0o755)
    code = provenance.current_code.__wrapped__()
    assert code.commit == "rev-parse"
    assert code.diff_sha256 == hashlib.sha256(b"diff").hexdigest()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    for name in ("harness/a.py", "kd/deep/b.py", "tests/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one = 1\n")
    return tmp_path


def test_what_has_another_content_is_new_or_is_gone_is_named(program: Path) -> None:
    watch = provenance.ProgramWatch(program)
    assert watch.changed() is None
    (program / "kd" / "deep" / "b.py").write_text("one = 2\n")
    assert watch.changed() == "kd/deep/b.py"
    (program / "kd" / "deep" / "b.py").write_text("one = 1\n")
    assert watch.changed() is None
    (program / "harness" / "new.py").touch()
    assert watch.changed() == "harness/new.py"
    (program / "harness" / "new.py").unlink()
    (program / "harness" / "a.py").rename(program / "harness" / "z.py")
    assert watch.changed() == "harness/a.py"


def test_a_file_that_is_only_touched_or_none_of_the_program_is_no_matter(program: Path) -> None:
    watch = provenance.ProgramWatch(program)
    os.utime(program / "harness" / "a.py", (1, 1))
    (program / "tests" / "c.py").write_text("another\n")
    assert watch.changed() is None
