"""submitit's executors, whose jobs begin in ``harness.cluster.entry``.

submitit has no parameter for what a job starts with. The property overridden here is private, so its version is pinned
exactly, and tests look at the script that it writes and at a job that it starts.
"""

import shlex
import sys
from pathlib import Path

import submitit

ENTRY = "harness.cluster.entry"
FORK_CLIENT = Path(__file__).with_name("fork") / "client.py"


def entry_command(folder: Path, server: Path | None = None) -> str:
    """What a job runs, in words of the shell.

    Args:
        folder: Holds what was submitted.
        server: The address of a ``ForkServer``, where there is one.
    """
    start = ["-u", "-m"] if server is None else ["-I", "-S", str(FORK_CLIENT), str(server)]
    return shlex.join([sys.executable, *start, ENTRY, str(folder)])


class LocalSubmitter(submitit.LocalExecutor):
    """Starts jobs on this machine.

    Args:
        folder: For what is submitted, and what it writes.
        server: The address of a ``ForkServer``: jobs are its forks.
    """

    def __init__(self, folder: Path, server: Path | None = None) -> None:
        super().__init__(folder)
        self._server = server

    @property
    def _submitit_command_str(self) -> str:
        return entry_command(self.folder, self._server)


class SlurmSubmitter(submitit.SlurmExecutor):
    """Submits jobs to SLURM."""

    @property
    def _submitit_command_str(self) -> str:
        return entry_command(self.folder)
