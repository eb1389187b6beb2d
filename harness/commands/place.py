"""Where a sweep's jobs are: one place at a time, and one controller."""

import time
from collections.abc import Callable
from typing import TypeVar

from harness.cluster.executor import Executor, make_executor
from harness.cluster.profiles import Profile, SlurmProfile, load_cluster
from harness.console.hints import Hints
from harness.state.files.folder import SweepFolder
from harness.state.files.records import JobRecord, Provenance
from harness.sweep.plan import Plan
from kd.errors import InputError, UnansweredError
from kd.files import read_record

PATIENCE_AT_START_S = 60.0
Answer = TypeVar("Answer")


def recorded_cluster(folder: SweepFolder) -> str | None:
    """Where the sweep was started last; None before its first start."""
    path = folder.path / "provenance.json"
    return read_record(path, Provenance).cluster if path.exists() else None


def check_same_place(folder: SweepFolder, cluster: str, profile: Profile) -> None:
    """Refuse a start on another kind of cluster while jobs of the first live: nobody would look after them.

    Args:
        folder: The sweep's results.
        cluster: Where it is to be started now.
        profile: That of ``cluster``.

    Raises:
        InputError: Jobs live elsewhere, or nobody can tell from here.
    """
    before = recorded_cluster(folder)
    if before is None or before == cluster:
        return
    hints = Hints(folder)
    try:
        first = load_cluster(before)
        if first.kind == profile.kind:
            return
        living = _living_jobs(folder, first)
    except InputError as error:
        jobs = folder.read_jobs()
        if not jobs:
            return
        raise InputError(
            f"CLUSTER: {len(jobs)} job(s) of {folder.path.name} are on {before}, which cannot be asked ({error}); "
            f"end them first: {hints.cancel()}"
        ) from error
    if living:
        raise InputError(
            f"CLUSTER: {len(living)} job(s) of {folder.path.name} live on {before}: go on there with {hints.again()}, "
            f"or end them first with {hints.cancel()}"
        )


def check_site(plan: Plan, folder: SweepFolder, profile: Profile, say: Callable[[str], None]) -> None:
    """What the site refuses is refused before anything is submitted, and what would wait there for ever is said.

    Raises:
        InputError: The profile cannot be used on this machine, or has no such partition.
    """
    make_executor(profile, folder.path, folder.data)
    if isinstance(profile, SlurmProfile):
        check_partitions(profile)
        for line in find_misfits(plan, profile):
            say(line)


def check_partitions(profile: SlurmProfile) -> None:
    """Make sure that the cluster has the partitions of the jobs and of the controller, as far as it answers.

    Raises:
        InputError: One is not there.
    """
    from harness.cluster.slurm.site import check_partition

    for name in filter(None, (profile.partition, profile.controller_partition)):
        check_partition(name)


def find_misfits(plan: Plan, profile: SlurmProfile) -> list[str]:
    """What a sweep's jobs ask for beyond what their partition has, where the site can be asked."""
    from harness.cluster.slurm.site import misfits, read_partition

    partition = read_partition(profile.partition)
    tasks = max(run.gpus for run in (*plan.teachers, *(member.student for member in plan.members)))
    found = misfits(profile, partition, tasks) if partition is not None else []
    return [f"Will not run as it is: {line}" for line in found]


def _living_jobs(folder: SweepFolder, profile: Profile) -> set[str]:
    executor = make_executor(profile, folder.path, folder.data)
    jobs = folder.read_jobs()
    living = ({job.job_id for job in jobs} - executor.over(jobs)) | {job.job_id for job in executor.unrecorded(jobs)}
    if isinstance(profile, SlurmProfile):
        from harness.cluster.slurm.controller import find_controller

        living |= {controller} if (controller := find_controller(folder.path)) else set()
    return living


def take_over_waiting_controller(folder: SweepFolder, profile: Profile, say: Callable[[str], None]) -> None:
    """Cancel a controller's job that waits in the queue: the one that starts here does its work."""
    if not isinstance(profile, SlurmProfile):
        return
    from harness.cluster.slurm.controller import cancel_controller, find_controller

    waiting = patiently(lambda: find_controller(folder.path), say)
    if waiting is not None:
        patiently(lambda: cancel_controller(folder.path), say)
        say(f"Job {waiting}, a controller of this sweep that was still queued, is cancelled: this one takes over.")


def find_unrecorded(executor: Executor, jobs: list[JobRecord], say: Callable[[str], None]) -> list[JobRecord]:
    """Living jobs that no controller wrote down.

    Raises:
        UnansweredError: The scheduler does not answer for a minute.
    """
    return patiently(lambda: executor.unrecorded(jobs), say)


def drop_outdated(executor: Executor, folder: SweepFolder, say: Callable[[str], None]) -> None:
    """Let the runs of jobs that wait with other settings than they would have now be submitted with these.

    Either the profile was changed, or another version of the program makes something else of it; nobody knows which.
    """
    dropped = executor.drop_outdated(folder.read_jobs())
    for job in dropped:
        folder.job_path(job.job_id).unlink(missing_ok=True)
    if dropped:
        say(
            f"{len(dropped)} job(s) waited with other settings than the cluster's profile gives them now; they are "
            "submitted anew with these."
        )


def patiently(ask: Callable[[], Answer], say: Callable[[str], None]) -> Answer:
    """Ask a scheduler until it answers, and say once that it does not.

    Raises:
        UnansweredError: It does not for a minute.
    """
    deadline, is_said = time.monotonic() + PATIENCE_AT_START_S, False
    while True:
        try:
            return ask()
        except UnansweredError as error:
            if time.monotonic() > deadline:
                raise
            if not is_said:
                say(f"{error}; asking again for {PATIENCE_AT_START_S:.0f} s")
                is_said = True
            time.sleep(1.0)
