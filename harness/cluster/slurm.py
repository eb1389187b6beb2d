"""Jobs on a SLURM cluster: arrays through submitit, and a view of the queue of our own.

submitit asks ``sacct`` job by job and takes its first answer for the last; here one ``squeue`` serves all
jobs, and the run folders say what became of the runs.
"""

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

import submitit
from submitit.core.utils import DelayedSubmission, FailedJobError, FailedSubmissionError, JobPaths
from submitit.slurm.slurm import SlurmJobEnvironment, _make_sbatch_string

from harness.cluster.job import RunsJob
from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm_queue import Queue, Run, run_command
from harness.state.clock import now
from harness.state.records import JobRecord
from kd.errors import InputError
from kd.files import short_hash

LARGEST_ARRAY = 500  # SLURM's default MaxArraySize allows 1000
CLIENT_COMMANDS = ("sbatch", "srun", "squeue", "scancel", "scontrol")
PATIENCE_AT_START_S = 60.0
REQUEUE_PATIENCE_S = 60.0
LIMIT_MARGIN_S = 90.0  # SLURM warns of a limit up to a minute early, and a job's program starts some seconds late
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
LIMITS = ("submit limit", "qosmaxsubmit", "assocmaxsubmit", "job violates accounting/qos policy")


def job_name(sweep: Path) -> str:
    """What the jobs of a results folder are called: readable, and no other folder's."""
    return f"kd-{sweep.name}-{short_hash(str(sweep))}"


def parameters(profile: SlurmProfile, sweep: Path, gpus: int = 1) -> dict[str, Any]:
    """A profile in submitit's words, for jobs of ``gpus`` tasks on one node."""
    gpu = f"gpu:{profile.gpu_type}" if profile.gpu_type else "gpu"
    given = {
        "partition": profile.partition,
        "account": profile.account,
        "qos": profile.qos,
        "constraint": profile.constraint,
        "exclude": profile.exclude,
        "mail_user": profile.mail_user,
        "mail_type": profile.mail_type,
        "mem": None if profile.mem_gb is None else f"{round(profile.mem_gb * gpus * 1024)}M",
        "gres": f"{gpu}:{profile.gpus_per_run * gpus}" if profile.gpus_per_run else None,
        "ntasks_per_node": gpus if gpus > 1 else None,
        "setup": list(profile.setup) or None,
    }
    return {key: value for key, value in given.items() if value is not None} | {
        "job_name": job_name(sweep),
        "comment": profile.comment or str(sweep),
        "time": profile.time_min,
        "signal_delay_s": profile.signal_delay_s,
        "cpus_per_task": profile.cpus_per_task,
        "array_parallelism": profile.array_parallelism,
        "stderr_to_stdout": True,
        "wckey": None,
        # since 22.05 a step does not inherit the number from its job
        "srun_args": [f"--cpus-per-task={profile.cpus_per_task}"],
        "additional_parameters": {"requeue" if profile.requeue else "no-requeue": True} | dict(profile.additional),
    }


def sbatch_text(profile: SlurmProfile, sweep: Path, num_jobs: int, gpus: int = 1) -> str:
    """What would be submitted for this many jobs of ``gpus`` tasks.

    submitit makes the text only while it submits. This is the function that makes it, and the module that the script
    starts, neither of which submitit promises to keep: its version is pinned exactly, and a test compares this text
    with what its executor writes.
    """
    command = f"{sys.executable} -u -m submitit.core._submit {sweep / 'logs'}"
    return str(
        _make_sbatch_string(
            command=command,
            folder=sweep / "logs",
            map_count=num_jobs if num_jobs > 1 else None,
            **parameters(profile, sweep, gpus),
        )
    )


class SlurmExecutor:
    """submitit's SlurmExecutor for submission, and one queue for all the rest.

    Args:
        profile: The cluster.
        sweep: The sweep's results folder.
        data: The folder of decoded data sets.
        job: Makes what a job executes.
        run: Runs a SLURM client command.
        clock: Seconds, growing; the queue is asked by it.

    Raises:
        InputError: SLURM's commands are not installed here.
    """

    def __init__(
        self,
        profile: SlurmProfile,
        sweep: Path,
        data: Path,
        job: Callable[..., RunsJob] = RunsJob,
        run: Run = run_command,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        missing = [name for name in CLIENT_COMMANDS if shutil.which(name) is None]
        if missing:
            raise InputError(
                f"CLUSTER: no {', '.join(missing)} here; start a SLURM sweep on a login node, or take CLUSTER=local"
            )
        self.num_slots = profile.num_slots
        self.runs_per_job = profile.runs_per_job
        self.pack_size = profile.pack_size
        self._profile = profile
        self._sweep = sweep
        self._data = data
        self._job = job
        self._run = run
        self._queue = Queue(job_name(sweep), profile.poll_s, run, clock)
        self.slots_of = profile.slots_of
        self._recorded: set[str] = set()
        self._in_doubt = False

    def submit(self, batches: Sequence[tuple[str, ...]], busy: Iterable[JobRecord], gpus: int = 1) -> list[JobRecord]:
        """Submit one array; none while the scheduler does not take any, and the next turn tries again.

        Raises:
            InputError: sbatch refuses the profile.
        """
        batches = batches[:LARGEST_ARRAY]
        if self._in_doubt and not self._drop_unstarted():
            return []
        after_stop = requeue_this_job if self._profile.requeue else None
        jobs = [
            self._job(
                run_ids,
                self._sweep,
                self._data,
                self._profile.cpus_per_task,
                self._profile.time_min * 60 - self._profile.signal_delay_s - LIMIT_MARGIN_S,
                after_stop,
                self._profile.pack,
            )
            for run_ids in batches
        ]
        try:
            with _outside_of_jobs(), redirect_stderr(io.StringIO()):
                submitted = self._submitit(gpus).submit_array(jobs)
        except (FailedJobError, FailedSubmissionError, subprocess.SubprocessError) as error:
            self._in_doubt = True  # sbatch can time out on a submission that slurmctld carries out
            _raise_unless_busy(str(error), any(busy))
            return []
        moment = now()
        records = [
            JobRecord(job_id=job.job_id, run_ids=run_ids, submitted_at=moment)
            for job, run_ids in zip(submitted, batches, strict=True)
        ]
        self._queue.expect([record.job_id for record in records])
        self._recorded.update(record.job_id for record in records)
        return records

    def alive(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Jobs that the queue holds; all of them while it cannot be asked."""
        job_ids = {job.job_id for job in jobs}
        self._recorded |= job_ids
        phases = self._queue.phases()
        if phases is None:
            return job_ids
        stuck = [job_id for job_id in job_ids if phases.get(job_id) == "stuck"]
        if stuck:
            self._run(["scancel", *stuck])  # it is over by the next look, and another job takes its runs
        return job_ids & (self._queue.submitted() | {job_id for job_id, phase in phases.items() if phase != "over"})

    def ending(self, job: JobRecord) -> str | None:
        """SLURM's word for how a job ended, as of the newest look."""
        return self._queue.ending(job.job_id)

    def cancel(self, jobs: Iterable[JobRecord]) -> None:
        """``scancel`` these jobs; SLURM gives them its KillWait to write a checkpoint.

        Raises:
            InputError: The scheduler did not take the order.
        """
        job_ids = [job.job_id for job in jobs]
        if job_ids:
            answer = self._run(["scancel", *job_ids])
            if answer.code != 0:
                raise InputError(f"scancel: {answer.error}; the jobs may go on")

    def unrecorded(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        """Living jobs of this sweep beside ``jobs``: their controller died before it wrote them down.

        Raises:
            InputError: The scheduler does not answer, so that nobody knows what runs.
        """
        self._recorded |= {job.job_id for job in jobs}
        deadline = time.monotonic() + PATIENCE_AT_START_S
        while (phases := self._queue.look_now()) is None:
            if time.monotonic() > deadline:
                raise InputError(f"CLUSTER: squeue does not answer: {self._queue.error}")
            time.sleep(1.0)
        found = [job_id for job_id, phase in phases.items() if phase != "over" and job_id not in self._recorded]
        records = [record for job_id in found if (record := self._read_record(job_id)) is not None]
        self._recorded |= {record.job_id for record in records}
        unstarted = set(found) - {record.job_id for record in records}
        if unstarted:
            self._run(["scancel", *sorted(unstarted)])
        return records

    def _submitit(self, gpus: int) -> submitit.SlurmExecutor:
        executor = submitit.SlurmExecutor(folder=self._sweep / "logs")
        executor.update_parameters(**parameters(self._profile, self._sweep, gpus))
        return executor

    def _drop_unstarted(self) -> bool:
        """Cancel what a failed submission left in the queue; False while that is not known.

        submitit names a job's pickle by the job's id after sbatch has answered. A job whose sbatch failed
        waits for its pickle in vain, so it has not touched a run.
        """
        phases = self._queue.look_now()
        if phases is None:
            return False
        strangers = [job_id for job_id, phase in phases.items() if phase != "over" and job_id not in self._recorded]
        if strangers and self._run(["scancel", *strangers]).code != 0:
            return False
        self._in_doubt = False
        return True

    def _read_record(self, job_id: str) -> JobRecord | None:
        """A job's record, made again from what it was given; None where it was given nothing."""
        path = JobPaths(self._sweep / "logs", job_id=job_id).submitted_pickle
        if not path.exists():
            return None
        job: Any = DelayedSubmission.load(path).function
        return JobRecord(job_id=job_id, run_ids=job.run_ids, submitted_at=now())


def submit_controller(profile: SlurmProfile, sweep: Path, controller: Callable[[], None]) -> str:
    """Submit a sweep's controller as a small job; returns its id.

    Raises:
        InputError: sbatch refuses.
    """
    small = profile.model_copy(
        update={
            "partition": profile.controller_partition or profile.partition,
            "time_min": profile.controller_time_min,
            "mem_gb": profile.controller_mem_gb,
            "gpus_per_run": 0,
            "cpus_per_task": 1,
        }
    )
    executor = submitit.SlurmExecutor(folder=sweep / "logs")
    executor.update_parameters(**parameters(small, sweep) | {"job_name": _controller_name(sweep)})
    try:
        with _outside_of_jobs(), redirect_stderr(io.StringIO()):
            return str(executor.submit(controller).job_id)
    except (FailedJobError, FailedSubmissionError, subprocess.SubprocessError) as error:
        raise InputError(f"CLUSTER: {str(error).strip().splitlines()[-1]}") from error


def find_controller(sweep: Path, run: Run = run_command) -> str | None:
    """The id of the sweep's controller job, waiting or running, or None.

    Raises:
        InputError: The scheduler does not answer.
    """
    queue = Queue(_controller_name(sweep), 0.0, run)
    phases = queue.look_now()
    if phases is None:
        raise InputError(f"CLUSTER: squeue does not answer: {queue.error}")
    return next((job_id for job_id, phase in phases.items() if phase != "over"), None)


def cancel_controller(sweep: Path, run: Run = run_command) -> None:
    """End the sweep's controller job, if it has one; its runs go on."""
    run(["scancel", "--me", f"--name={_controller_name(sweep)}"])


def _controller_name(sweep: Path) -> str:
    return f"{job_name(sweep)}-controller"


def requeue_this_job() -> None:
    """Called in a job that was asked to stop and did: let SLURM start it again, unless it was cancelled.

    ``incomplete`` makes slurmctld itself refuse where the job is cancelled, or requeued already.
    """
    # the raw id of one task of an array is the id of the whole array
    job_id = SlurmJobEnvironment().job_id
    deadline = time.monotonic() + REQUEUE_PATIENCE_S
    while (answer := run_command(["scontrol", "requeue", "incomplete", job_id])).code != 0:
        print(f"requeue: {answer.error}", flush=True)  # noqa: T201
        if time.monotonic() > deadline or not _is_busy(answer.error):
            return  # the controller submits another job
        time.sleep(1.0)
    raise SystemExit  # before submitit writes down that the job is over


def _is_busy(error: str) -> bool:
    return any(sign in error.lower() for sign in BUSY)


def _raise_unless_busy(error: str, has_jobs: bool) -> None:
    """Tell a scheduler that cannot take a job now from one that never will."""
    if _is_busy(error) or (has_jobs and any(sign in error.lower() for sign in LIMITS)):
        return
    line = next((line for line in error.splitlines() if line.strip()), "no reason given")
    raise InputError(f"CLUSTER: {line.strip()}")


@contextmanager
def _outside_of_jobs() -> Iterator[None]:
    """Without the variables of a job that this program may itself run in: sbatch takes them for options."""
    removed = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.startswith(("SLURM_", "SBATCH_", "SRUN_", "SUBMITIT_")) and name != "SLURM_CONF"
    }
    try:
        yield
    finally:
        os.environ.update(removed)
