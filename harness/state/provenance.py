"""Which program runs: the commit, what was changed since, and the versions of what it stands on."""

import hashlib
import re
import subprocess
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from harness.shipped import CHECKOUT
from kd.records import Code

WATCHED = ("harness", "kd")
ROOT = Path(__file__).resolve().parents[2]
GIT_TRIES = 3  # a scheduler that stops a job signals what the job has started too
PACKAGES = ("torch", "transformers", "datasets", "submitit", "optuna", "numpy")


@cache
def current_code() -> Code:
    """The code identity of this process's program files: of a checkout the commit, else the installed version."""
    names = PACKAGES if CHECKOUT else ("kd-sweep", *PACKAGES)
    commit = _git("rev-parse", "HEAD")
    diff = _git("diff", "HEAD") if commit else None
    return Code(
        commit=commit,
        diff_sha256=hashlib.sha256(diff.encode()).hexdigest() if diff else None,
        versions={name: found for name in names if (found := _version(name))},
    )


class ProgramWatch:
    """Notices that the program's files are no longer those that this process was started from.

    Args:
        root: The folder that holds the packages.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._stamps = self._look()
        self._hashes = {path: _hash(path) for path in self._stamps}

    def changed(self) -> str | None:
        """A file that has another content, is new or is gone; None where all is as it was."""
        stamps = self._look()
        touched = {path for path, _ in stamps.items() ^ self._stamps.items()}
        different = (path for path in sorted(touched) if _hash(path) != self._hashes.get(path))
        return next((str(path.relative_to(self._root)) for path in different), None)

    def _look(self) -> dict[Path, tuple[int, int]]:
        paths = [path for package in WATCHED for path in (self._root / package).rglob("*.py")]
        return {path: (status.st_mtime_ns, status.st_size) for path in paths for status in (path.stat(),)}


def _hash(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _git(*words: str) -> str | None:
    """What git says of the program's own repository: an installed program may lie in somebody else's."""
    if CHECKOUT is None:
        return None
    for _ in range(GIT_TRIES):
        try:
            done = subprocess.run(["git", "-C", str(CHECKOUT), *words], capture_output=True, text=True, check=False)
        except OSError:
            return None
        if done.returncode >= 0:
            return done.stdout.strip() if done.returncode == 0 else None
    return None


def _version(name: str) -> str | None:
    """Of torch with its build, such as +cu130, which PyPI's metadata leave out; torch itself is not loaded."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    if name == "torch":
        with suppress(OSError):
            text = Path(str(found.locate_file("torch/version.py"))).read_text(encoding="utf-8")
            if build := re.search(r"^__version__ = ['\"]([^'\"]+)", text, re.MULTILINE):
                return build[1]
    return found.version
