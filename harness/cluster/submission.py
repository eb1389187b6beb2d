"""submitit's executors, whose jobs begin in ``harness.cluster.entry``.

submitit has no parameter for what a job starts with. The property overridden here is private, so its version is pinned
exactly, and tests look at the script that it writes and at a job that it starts.
"""

import shlex
import sys
from pathlib import Path

import submitit

ENTRY = "harness.cluster.entry"


def entry_command(folder: Path) -> str:
    """What a job runs, in words of the shell; ``folder`` holds what was submitted."""
    return shlex.join([sys.executable, "-u", "-m", ENTRY, str(folder)])


class LocalSubmitter(submitit.LocalExecutor):
    """Starts jobs on this machine."""

    @property
    def _submitit_command_str(self) -> str:
        return entry_command(self.folder)


class SlurmSubmitter(submitit.SlurmExecutor):
    """Submits jobs to SLURM."""

    @property
    def _submitit_command_str(self) -> str:
        return entry_command(self.folder)
