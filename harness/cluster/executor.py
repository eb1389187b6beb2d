"""Executors: how jobs are started, watched and stopped. Submission goes through submitit."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from harness.cluster.fork.server import ForkServer
from harness.cluster.local import LocalExecutor
from harness.cluster.profiles import LocalProfile, Profile, SlurmProfile
from harness.state.files.records import JobRecord


class Executor(Protocol):
    """A place that runs jobs."""

    num_slots: int
    runs_per_job: int | None
    pack_size: int
    hang_min: float

    @property
    def job_s(self) -> float:
        """Seconds of training that are worth a job of its own, where nobody says how many runs it has."""

    def submit(
        self, batches: Sequence[tuple[str, ...]], busy: Iterable[JobRecord], gpus: int = 1, slots: int = 1
    ) -> list[JobRecord]:
        """Start a job of ``gpus`` tasks and ``slots`` for each batch of runs, beside the ``busy`` jobs.

        Fewer where the place takes no more now.
        """

    def slots_of(self, gpus: int, num_abreast: int | None = None) -> int:
        """Slots that a job of so many tasks takes; of runs that all others wait for, beside so many of them."""

    def alive(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Ids of the jobs that are queued or running."""

    def over(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Ids of the jobs that are known to be over, for who looks once."""

    def suspended(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Ids of the jobs that were stopped where they are, and go on when they are resumed."""

    def ending(self, job: JobRecord) -> str | None:
        """The scheduler's own word for how a job ended, where it has one."""

    def node(self, job: JobRecord) -> str | None:
        """Where a job ran, as far as that is known."""

    def avoid(self, nodes: Iterable[str]) -> None:
        """Start no further job on these nodes."""

    def notes(self, jobs: Iterable[JobRecord]) -> list[str]:
        """What a person should know: why these jobs wait, why no more are taken."""

    def pause(self, jobs: Iterable[JobRecord], seconds: float) -> None:
        """Wait; where the place tells at once when one of these jobs ends, no longer than that."""

    def cancel(self, jobs: Iterable[JobRecord]) -> None:
        """Stop these jobs, leaving them time to write a checkpoint."""

    def unrecorded(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        """Living jobs of this sweep beside the recorded ``jobs``."""

    def drop_outdated(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        """Take back those of these jobs that wait for what the profile no longer asks for, and give them."""


def fork_server(profile: Profile, sweep: Path) -> ForkServer | None:
    """What forks the jobs of a profile; None where each starts an interpreter of its own."""
    return ForkServer(sweep / "logs") if isinstance(profile, LocalProfile) and profile.forks else None


def make_executor(profile: Profile, sweep: Path, data: Path, server: ForkServer | None = None) -> Executor:
    """The executor of a profile.

    Args:
        profile: The place.
        sweep: The sweep's results folder.
        data: The folder of decoded data sets.
        server: Forks the jobs on this machine.

    Raises:
        InputError: It cannot be used on this machine.
    """
    if isinstance(profile, SlurmProfile):
        from harness.cluster.slurm.executor import SlurmExecutor

        return SlurmExecutor(profile, sweep, data)
    return LocalExecutor(profile, sweep, data, server=server)
