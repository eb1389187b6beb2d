"""Forks of a server as submitit starts them, carrying out modules that a test has written."""

import os
import subprocess
import sys
from pathlib import Path

from harness.cluster.submission import FORK_CLIENT
from tests.support.root import ROOT


def start_fork(address: Path | None, module: str, *words: str, **environment: str) -> "subprocess.Popen[str]":
    """Ask for a fork that runs ``main`` of a module."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(FORK_CLIENT), str(address), "", module, *words],
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def fork(address: Path | None, module: str, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The same, to its end."""
    process = start_fork(address, module, *words, **environment)
    output, errors = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)
