"""SLURM's client commands: asked in words of our own, whatever the user's shell has set."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple

COMMAND_PATIENCE_S = 30.0
HIDDEN_INPUT = ("SLURM_", "SBATCH_", "SRUN_", "SALLOC_", "SQUEUE_", "SCANCEL_", "SACCT_", "SCONTROL_", "SINFO_")
"""Beginnings of variables that the commands take for options: filters, formats, another cluster, another job."""
KEPT = ("SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT")  # where the cluster is, and who asks
BUSY = (
    "unable to contact slurm controller",
    "timed out",
    "connection refused",
    "zero bytes were transmitted",
    "temporarily",
    "try again",
    "communication",
    "slurm_persist_conn",
    "unexpected message received",  # what scontrol requeue says while there is no slurmctld
)

UNKNOWN_CLUSTER = ("configuration source", "dns srv")
"""What the commands say where nobody has told them of a cluster: on a laptop, or in a container."""


class Answer(NamedTuple):
    """What a command said."""

    code: int
    output: str
    error: str = ""


Run = Callable[[Sequence[str]], Answer]
Refusal = Literal["busy", "full", "closed", "array too large", "for good"]


def run_command(words: Sequence[str]) -> Answer:
    """Run a SLURM client command; one that hangs or is missing counts as one that failed."""
    env = {name: value for name, value in os.environ.items() if not is_hidden_input(name)}
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=COMMAND_PATIENCE_S, env=env)
    except subprocess.TimeoutExpired:
        return Answer(-1, "", f"{words[0]} timed out after {COMMAND_PATIENCE_S:g} s")
    except OSError as error:
        return Answer(-1, "", str(error))
    return Answer(done.returncode, done.stdout, done.stderr.strip())


def is_hidden_input(name: str) -> bool:
    """Whether a variable of the environment would change what a command is asked.

    >>> is_hidden_input("SQUEUE_PARTITION"), is_hidden_input("SLURM_CONF"), is_hidden_input("PATH")
    (True, False, False)
    """
    return name.startswith((*HIDDEN_INPUT, "SUBMITIT_")) and name not in KEPT


def is_busy(error: str) -> bool:
    """Whether a command failed because the scheduler cannot answer now."""
    return any(sign in error.lower() for sign in BUSY)


def refusal_of(error: str, has_jobs: bool) -> Refusal:
    """What sbatch's refusal means; a limit of what may be queued is full for a moment, others stay.

    A partition that is drained or inactive is closed: a site does that for a day of maintenance, or for good.

    >>> refusal_of("sbatch: error: QOSMaxSubmitJobPerUserLimit", False)
    'full'
    >>> refusal_of("sbatch: error: QOSMaxWallDurationPerJobLimit", True)
    'for good'
    """
    text = error.lower()
    if is_busy(error):
        return "busy"
    if "partition not available" in text:
        return "closed"
    if "invalid job array specification" in text:
        return "array too large"
    limits = re.findall(r"(?:qos|assoc)\w*(?:limit|jobs)\b", text)
    if limits:
        return "full" if all("perjob" not in limit for limit in limits) else "for good"
    is_policy = "job violates accounting/qos policy" in text  # of a size, a time or a number: SLURM does not say
    return "full" if "submit limit" in text.replace("(job submit limit", "") or (is_policy and has_jobs) else "for good"


def first_line(error: str) -> str:
    """What a command said first; where no cluster is known, what it gave up on.

    >>> first_line("squeue: error: DNS SRV lookup failed" + chr(10) + "squeue: fatal: no configuration source")
    'squeue: fatal: no configuration source'
    """
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    if way_out(error):
        lines.sort(key=lambda line: ": fatal: " not in line)
    return next(iter(lines), "no reason given")


def way_out(error: str) -> str:
    """The remedy where the commands are there and the cluster is not; nothing of other errors.

    >>> way_out("squeue: fatal: Could not establish a configuration source")
    '; no cluster is known here: start on a login node, set SLURM_CONF, or take CLUSTER=local'
    """
    known = not any(sign in error.lower() for sign in UNKNOWN_CLUSTER)
    return "" if known else "; no cluster is known here: start on a login node, set SLURM_CONF, or take CLUSTER=local"


def unanswered(error: str) -> str:
    """That squeue does not answer, why, and the remedy, in one line."""
    remedy = way_out(error) or "; squeue --me has to work in this shell"
    return f"CLUSTER: squeue does not answer: {first_line(error)}{remedy}"


@contextmanager
def clean_environment() -> Iterator[None]:
    """Without the variables that sbatch takes for options: of the user's shell, or of a job around this program."""
    removed = {name: os.environ.pop(name) for name in list(os.environ) if is_hidden_input(name)}
    try:
        yield
    finally:
        os.environ.update(removed)
