"""The controller of a sweep as a job of its own: submitted, found, described and cancelled."""

import io
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from typing import NamedTuple

from submitit.core.utils import FailedJobError, FailedSubmissionError

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm.command import (
    Run,
    clean_environment,
    first_line,
    is_busy,
    refusal_of,
    run_command,
    unanswered,
)
from harness.cluster.slurm.queue import Queue
from harness.cluster.slurm.script import controller_name, controller_parameters
from harness.cluster.slurm.site import explain, explain_refusal, read_partition
from harness.cluster.submission import SlurmSubmitter
from kd.errors import InputError, UnansweredError


def submit_controller(
    profile: SlurmProfile, sweep: Path, controller: Callable[[], None], run: Run = run_command
) -> tuple[str, str]:
    """Submit a sweep's controller as a small job, no longer than its partition allows.

    Returns:
        Its id, and what a person should know of it, or nothing.

    Raises:
        InputError: sbatch refuses.
    """
    partition = read_partition(profile.controller_partition or profile.partition, run)
    limit, word = partition.max_time_min if partition is not None else None, ""
    if partition is not None and limit is not None and profile.controller_time_min > limit:
        word = f"controller_time_min {profile.controller_time_min} is above the {limit} of partition {partition.name}: "
        word += f"the controller has {limit} min, is then started again and goes on."
        profile = profile.model_copy(update={"controller_time_min": limit})
    executor = SlurmSubmitter(folder=sweep / "logs")
    executor.update_parameters(**controller_parameters(profile, sweep))
    try:
        with clean_environment(), redirect_stderr(io.StringIO()):
            return str(executor.submit(controller).job_id), word
    except (FailedJobError, FailedSubmissionError, subprocess.SubprocessError) as error:
        later = "; no more are taken now: start when a job of yours is over, or without DETACH=1"
        is_full = refusal_of(str(error), has_jobs=False) == "full"
        raise InputError(explain_refusal(str(error)) + (later if is_full else "")) from error


def find_controller(sweep: Path, run: Run = run_command) -> str | None:
    """The id of the sweep's controller job, waiting or running, or None.

    Raises:
        UnansweredError: The scheduler does not answer.
    """
    return _look(sweep, run)[1]


class SeenController(NamedTuple):
    """A sweep's controller job: in a few words, with the reason where it waits, and whether it does."""

    text: str
    is_waiting: bool


def describe_controller(profile: SlurmProfile, sweep: Path, run: Run = run_command) -> SeenController | None:
    """The sweep's controller job; None where it has none.

    Raises:
        UnansweredError: The scheduler does not answer.
    """
    queue, job_id = _look(sweep, run)
    seen = queue.find(job_id) if job_id is not None else None
    if seen is None:
        return None
    if seen.phase == "running":
        return SeenController(f"job {job_id} on {seen.node}", is_waiting=False)
    if seen.phase == "unsettled":  # SLURM is about to put it back into the queue
        return SeenController(f"job {job_id}, which waits to be started again ({seen.state})", is_waiting=True)
    its = profile.model_copy(update={"time_min": profile.controller_time_min})
    place = read_partition(profile.controller_partition or profile.partition, run)
    text = explain(seen.reason, its, place, [job_id or ""]).replace("time_min", "controller_time_min")
    return SeenController(f"job {job_id}, which waits {text}", is_waiting=True)


def cancel_controller(sweep: Path, run: Run = run_command) -> None:
    """End the sweep's controller job, if it has one; its runs go on.

    Raises:
        UnansweredError: The scheduler does not answer.
        InputError: It did not take the order.
    """
    answer = run(["scancel", "--me", f"--name={controller_name(sweep)}"])
    if answer.code != 0:
        kind = UnansweredError if is_busy(answer.error) else InputError
        raise kind(f"CLUSTER: {first_line(answer.error)}; the controller's job may go on: see squeue --me")


def _look(sweep: Path, run: Run) -> tuple[Queue, str | None]:
    """The queue at this moment, and the controller's job in it."""
    queue = Queue(controller_name(sweep), 0.0, run)
    phases = queue.look_now()
    if phases is None:
        raise UnansweredError(unanswered(queue.error))
    return queue, next((job_id for job_id, phase in phases.items() if phase != "over"), None)
