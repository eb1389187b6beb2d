"""Which runs wait in a job, as far as their records tell: a job that died with its controller has no run waiting."""

import socket
from collections.abc import Iterable
from pathlib import Path

from harness.state.attempts import processes
from harness.state.attempts.files import last_attempt
from harness.state.attempts.lease import is_alive
from harness.state.files.records import JobRecord


def queued_runs(jobs: Iterable[JobRecord], sweep: Path) -> set[str]:
    """The runs on the lists of jobs that live, or that nobody can ask from here.

    Args:
        jobs: Recorded ones.
        sweep: The sweep's folder.
    """
    return {run_id for job in jobs if not _is_gone(job, sweep) for run_id in job.run_ids}


def _is_gone(job: JobRecord, sweep: Path) -> bool:
    """Whether neither the process that was started for a job of this host runs nor a worker of it.

    Either may have been killed alone.
    """
    if job.host != socket.gethostname() or job.pid is None or job.process_created is None:
        return False
    return not processes.is_alive(job.pid, job.process_created) and not any(
        _is_at_work(sweep / "runs" / run_id, job.job_id) for run_id in job.run_ids
    )


def _is_at_work(run_folder: Path, job_id: str) -> bool:
    attempt = last_attempt(run_folder)
    return attempt is not None and attempt.job_id == job_id and is_alive(run_folder, attempt)
