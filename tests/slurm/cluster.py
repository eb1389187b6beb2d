"""What a test asks of a cluster: the same of a real SLURM and of a fake one."""

import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import NamedTuple, Self

from tests.support.waiting import wait_until


class LabOptions(NamedTuple):
    """What sort of site to be."""

    num_nodes: int = 2
    gpus_per_node: int = 2
    cpus_per_node: int = 8
    grace_s: int = 5
    user_signal: bool = False  # preempt_send_user_signal: preemption sends USR2 in place of the first TERM
    accounting: bool = False  # slurmdbd on a database
    limits: tuple[tuple[str, int | str], ...] = ()  # further lines of slurm.conf, of a real SLURM alone


class Cluster(ABC):
    """A cluster of one's own; use it as a context manager.

    Partitions, by rising priority: ``low``, ``main`` (the default) and ``high``. A job of a higher one
    preempts those of lower ones, which SLURM then requeues.
    """

    options: LabOptions
    nodes: list[str]
    folder: Path
    env: dict[str, str]
    settings: tuple[str, ...]
    """The variables of ``env`` that make a program talk to this cluster."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @abstractmethod
    def start(self) -> None:
        """Start the cluster and wait until all nodes are idle."""

    @abstractmethod
    def stop(self) -> None:
        """Stop what was started here, and nothing else."""

    @abstractmethod
    def start_controller(self) -> None:
        """Start slurmctld, with the jobs it had before."""

    @abstractmethod
    def stop_controller(self) -> None:
        """Stop slurmctld; jobs go on."""

    @abstractmethod
    def kill_node(self, node: str) -> None:
        """What a power cut does: slurmd and every process of its jobs die at once."""

    @abstractmethod
    def pass_time(self, seconds: float) -> None:
        """Let time pass on the cluster, as far as its clock can be moved: a real one's goes on by itself."""

    @abstractmethod
    def bring_to_limit(self, job_id: str, seconds_left: float) -> None:
        """Let a running job have so many seconds left before its time limit, on a real one up to a minute more."""

    @abstractmethod
    def give_time(self, job_id: str, minutes: int) -> None:
        """Set a job's time limit, on a real cluster."""

    @abstractmethod
    def _start_missing(self) -> None:
        """Start every daemon that was stopped or killed."""

    def run(self, *words: str, check: bool = True, timeout_s: float = 20) -> str:
        """A client command's standard output."""
        try:
            done = subprocess.run(words, env=self.env, capture_output=True, text=True, check=False, timeout=timeout_s)
        except subprocess.TimeoutExpired:
            if check:
                raise
            return ""
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout.strip()

    def node_states(self) -> dict[str, str]:
        """State of each node, such as idle or down; empty while the controller does not answer."""
        lines = self.run("sinfo", "-h", "-N", "-p", "main", "-o", "%N %t", check=False).splitlines()
        return dict(line.split() for line in lines) if len(lines) == len(self.nodes) else {}

    def job(self, job_id: str) -> dict[str, str]:
        """What ``scontrol show job`` says; empty for an unknown job."""
        text = self.run("scontrol", "--oneliner", "show", "job", job_id, check=False)
        return dict(word.split("=", 1) for word in text.split() if "=" in word)

    def batch(self, *options: str, command: str = "sleep 600") -> str:
        """Submit a shell command; returns the job's id."""
        return self.run("sbatch", "--parsable", "--output=/dev/null", *options, "--wrap", command)

    def preempt(self, job_id: str) -> str:
        """Take the job's node away with a job of the highest partition; returns that job's id."""
        node = self.job(job_id)["NodeList"]
        return self.batch("--partition=high", "--exclusive", f"--nodelist={node}", "--job-name=preemptor")

    def set_down(self, node: str) -> None:
        """Take a node out of service, as an administrator would."""
        self.run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")

    def limit_time(self, partition: str, minutes: int | None) -> None:
        """Let jobs of a partition that ask for more wait for ever."""
        self.run("scontrol", "update", f"partitionname={partition}", f"MaxTime={minutes or 'UNLIMITED'}")

    def restore(self) -> None:
        """Cancel all jobs, bring every daemon and node back, and lift limits."""
        self._start_missing()
        self.limit_time("low", None)
        self.run("scancel", "--user=root", check=False)
        wait_until(lambda: not self.run("squeue", "-h", check=False), "empty queue")
        for node, state in self.node_states().items():
            if not state.startswith(("idle", "alloc", "mix")):
                self.run("scontrol", "update", f"nodename={node}", "state=resume", check=False)
        wait_until(lambda: set(self.node_states().values()) == {"idle"}, "idle nodes")
