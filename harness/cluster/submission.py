"""submitit's executors, whose jobs begin in ``harness.cluster.entry``.

submitit has no parameter for what a job starts with. What is overridden here is private, so its version is pinned
exactly, and tests look at the script that it writes and at a job that it starts.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import submitit
from submitit.core.utils import JobPaths

ENTRY = "harness.cluster.entry"
FORK_CLIENT = Path(__file__).with_name("fork") / "client.py"


def module_command(module: str, *words: str, server: Path | None = None, log: str = "") -> list[str]:
    """``python -m MODULE WORDS``, or a client that has a fork do the same (``harness.cluster.fork.client``).

    Args:
        module: With a function ``main`` that it calls when it is run.
        words: What follows it.
        server: The address of a ``ForkServer``, where there is one.
        log: The client's ``LOG``.
    """
    start = ["-u", "-m"] if server is None else ["-I", "-S", str(FORK_CLIENT), str(server), log]
    return [sys.executable, *start, module, *words]


def entry_command(folder: Path, server: Path | None = None, is_alone: bool = True) -> str:
    """What a job runs, in words of the shell.

    Args:
        folder: Holds what was submitted.
        server: The address of a ``ForkServer``, where there is one.
        is_alone: Whether no process of submitit's stands beside it, which would give it its number and its log.
    """
    log = str(JobPaths(folder).stdout) if is_alone else ""
    return shlex.join(module_command(ENTRY, str(folder), server=server, log=log))


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
    def _is_watched(self) -> bool:
        """Whether submitit starts a process that starts the job's and waits for them.

        It is a second interpreter, which looks 24 times a second whether they have ended: of a training of two seconds
        a tenth more. Where the job is one fork, its client waits for it already, and ends as it ends.
        """
        return self._server is None or self.parameters.get("tasks_per_node", 1) > 1

    @property
    def _submitit_command_str(self) -> str:
        return entry_command(self.folder, self._server, is_alone=not self._is_watched)

    def _submit_command(self, command: str) -> submitit.LocalJob[Any]:
        if self._is_watched:
            return super()._submit_command(command)
        # What a job's process finds of submitit's; its number is its own, and it gives it to itself. The job's file
        # gets its name by this number next: a fork asks for it some 15 ms later, and then once a second.
        environment = {
            "SUBMITIT_EXECUTOR": "local",
            "SUBMITIT_LOCAL_JOB_NUM_NODES": "1",
            "SUBMITIT_LOCAL_NODEID": "0",
            "SUBMITIT_LOCAL_NTASKS": "1",
            "SUBMITIT_LOCAL_GLOBALID": "0",
            "SUBMITIT_LOCAL_LOCALID": "0",
            "CUDA_VISIBLE_DEVICES": ",".join(map(str, self.parameters.get("visible_gpus", ()))),
        }
        process = subprocess.Popen(shlex.split(command), env=os.environ | environment)
        job = submitit.LocalJob[Any](self.folder, job_id=str(process.pid), process=process)
        job.paths.result_pickle.unlink(missing_ok=True)  # of an earlier job of this number: a machine's come again
        return job


class SlurmSubmitter(submitit.SlurmExecutor):
    """Submits jobs to SLURM."""

    @property
    def _submitit_command_str(self) -> str:
        return entry_command(self.folder)
