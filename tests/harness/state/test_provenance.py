"""Which program runs, as git and the installed packages say."""

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


def test_outside_of_a_repository_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "CHECKOUT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    code = provenance.current_code.__wrapped__()
    assert (code.commit, code.diff_sha256) == (None, None)


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.current_code.__wrapped__().commit is None
