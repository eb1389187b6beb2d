"""A controller without a terminal: a process of its own here, a small job on SLURM; and how to end it."""

import signal
import subprocess
from pathlib import Path

from rich.console import Console

from harness.cluster.executor import make_executor
from harness.cluster.profiles import SlurmProfile, load_cluster
from harness.command_line import start_words
from harness.commands.run import carry_out, declare
from harness.state.folder import SweepFolder
from harness.state.processes import terminate
from harness.state.records import Provenance, SweepRecord
from harness.sweep.plan import Plan
from kd.errors import InputError
from kd.files import read_record

HANDOVER_S = 60.0  # a controller that was told to end is waited for this long


class ControllerJob:
    """The callable that submitit pickles: a controller that asks for itself again when it is interrupted."""

    def __init__(self, record: SweepRecord, plan: Plan, folder: SweepFolder, cluster: str, retry_failed: bool) -> None:
        self._record = record
        self._plan = plan
        self._folder = folder
        self._cluster = cluster
        self._retry_failed = retry_failed

    def __call__(self) -> None:
        """Carry the sweep out; called in the job."""
        from harness.cluster.slurm import requeue_this_job

        for number in (signal.SIGTERM, signal.SIGUSR2):
            signal.signal(number, signal.default_int_handler)  # detach, as for Ctrl-C
        console = Console()
        again = f"make sweep SWEEP={self._plan.sweep.name}"
        end = carry_out(self._record, self._plan, self._folder, self._cluster, console, again, self._retry_failed)
        if end == "detached":
            requeue_this_job()


def detach(
    record: SweepRecord, plan: Plan, folder: SweepFolder, cluster: str, console: Console, words: list[str]
) -> None:
    """Start a controller that outlives this shell, and return.

    Args:
        record: The sweep as resolved.
        plan: Its runs.
        folder: Its results.
        cluster: Name or path of the cluster profile.
        console: Where a person looks.
        words: This command without ``--detach``.

    Raises:
        InputError: Another controller is at work, or waits in the queue.
    """
    profile = load_cluster(cluster)
    folder.create()
    with folder.controlled(profile.num_slots):  # refused where another controller is at work
        declare(record, folder, cluster)
    if isinstance(profile, SlurmProfile):
        job = ControllerJob(record, plan, folder, cluster, "--retry-failed" in words)
        where = f"job {_submit(profile, job, folder)}"
    else:
        where = f"process {_spawn(words, folder.path / 'logs' / 'controller.log')}"
    name = plan.sweep.name
    line = f"The controller is {where}. Watch: make status SWEEP={name}. Stop: make cancel SWEEP={name}"
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def stop(plan: Plan, folder: SweepFolder, console: Console) -> None:
    """Stop the sweep's controller, wherever it runs, and then its jobs.

    Raises:
        InputError: The controller did not end.
    """
    controller = folder.read_controller()
    if controller is not None:
        terminate([(controller.pid, controller.process_created)])
    profile = load_cluster(read_record(folder.path / "provenance.json", Provenance).cluster)
    if isinstance(profile, SlurmProfile):
        from harness.cluster.slurm import cancel_controller

        cancel_controller(folder.path)
    with folder.controlled(profile.num_slots, patience_s=HANDOVER_S):
        executor = make_executor(profile, folder.path, folder.data)
        jobs = folder.read_jobs()
        jobs += executor.unrecorded(jobs)
        alive = executor.alive(jobs)
        executor.cancel(job for job in jobs if job.job_id in alive)
    console.print(f"Cancelled {len(alive)} job(s) of {plan.sweep.name}; make sweep goes on from here.", highlight=False)


def _submit(profile: SlurmProfile, job: ControllerJob, folder: SweepFolder) -> str:
    from harness.cluster.slurm import find_controller, submit_controller

    waiting = find_controller(folder.path)
    if waiting is not None:
        raise InputError(f"{folder.path.name} already has a controller: job {waiting}; watch it with make status")
    return submit_controller(profile, folder.path, job)


def _spawn(words: list[str], log: Path) -> int:
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [*start_words(), *words],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return process.pid
