"""Which program runs: the commit, what was changed since, and the versions of what it stands on."""

import hashlib
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from harness.shipped import CHECKOUT
from kd.records import Code

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


def _git(*words: str) -> str | None:
    """What git says of the program's own repository: an installed program may lie in somebody else's."""
    if CHECKOUT is None:
        return None
    try:
        done = subprocess.run(["git", "-C", str(CHECKOUT), *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
