"""A SLURM that is a model and not a cluster: no root, no installation, and time that can be moved on.

Client commands are small executables in a folder of its own, first in ``PATH``, so that submitit and
the jobs themselves find them; they ask the model through a socket.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.slurm import client
from tests.slurm.cluster import Cluster, LabOptions
from tests.slurm.lab import die_with_parent
from tests.support.root import ROOT

COMMANDS = ("sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo", "lab")


def missing() -> str | None:
    """Why there can be no fake SLURM here, or None."""
    return None if hasattr(os, "pidfd_open") else "the fake SLURM waits for its jobs' processes as Linux does"


def write_commands(folder: Path) -> str:
    """Make the client commands of ``folder/socket``; returns the ``PATH`` on which they come first."""
    (folder / "bin").mkdir()
    for name in COMMANDS:
        command = folder / "bin" / name
        words = (sys.executable, "-IS", str(client.__file__), str(folder / "socket"), name)
        command.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        command.chmod(0o755)
    return f"{folder / 'bin'}:{os.environ.get('PATH', '')}"


class FakeSlurm(Cluster):
    """The model in a process of its own, which starts the jobs' processes."""

    settings = ("PATH",)

    def __init__(self, options: LabOptions | None = None) -> None:
        self.options = options = options or LabOptions()
        self.nodes = [f"n{number + 1}" for number in range(options.num_nodes)]
        self.folder = Path(tempfile.mkdtemp(prefix="fake-", dir="/tmp"))  # a socket's path is short
        self.env = {
            name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "SBATCH_", "SUBMITIT_"))
        }
        self.env["PATH"] = write_commands(self.folder)
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the model and wait until it can be asked."""
        words = (sys.executable, "-m", "tests.slurm.daemon", str(self.folder), json.dumps(self.options))
        with (self.folder / "log").open("ab") as log:
            self._daemon = subprocess.Popen(
                words, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=log, preexec_fn=die_with_parent
            )
        assert self._daemon.stdout is not None
        if self._daemon.stdout.readline() != b"ready\n":
            raise RuntimeError((self.folder / "log").read_text())

    def stop(self) -> None:
        """End the daemon, and with it all that it started."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_controller(self) -> None:
        """Let the controller be there again."""
        self.run("lab", "come back")

    def stop_controller(self) -> None:
        """Let the controller be away; jobs go on."""
        self.run("lab", "leave")

    def kill_node(self, node: str) -> None:
        """Kill all that runs on a node; the controller notices later."""
        self.run("lab", "cut power", node)

    def pass_time(self, seconds: float) -> None:
        """Move the cluster's clock."""
        self.run("lab", "pass time", str(seconds))

    def bring_to_limit(self, job_id: str, seconds_left: float) -> None:
        """Move the cluster's clock to so long before the end of the job's limit."""
        self.run("lab", "bring to limit", job_id, str(seconds_left))

    def give_time(self, job_id: str, minutes: int) -> None:
        """Nothing: a job keeps the limit that it was sent with."""

    def limit_jobs(self, number: int | None) -> None:
        """Take no more jobs than so many, waiting or running."""
        self.run("lab", "limit jobs", str(number or "none"))

    def limit_arrays(self, number: int | None) -> None:
        """Take no larger arrays."""
        self.run("lab", "limit arrays", str(number or "none"))

    def _start_missing(self) -> None:
        self.run("lab", "come back")
        self.limit_jobs(None)
        self.limit_arrays(None)
        self.run("lab", "restore power")
