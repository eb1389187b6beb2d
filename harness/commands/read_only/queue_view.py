"""What the scheduler says of a sweep's jobs, for the verbs that only look; it may be silent."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from harness.cluster.executor import make_executor
from harness.cluster.profiles import SlurmProfile, load_cluster, student_jobs
from harness.commands.place import recorded_cluster
from harness.state.attempts.run_state import RunState, run_state
from harness.state.files.folder import SweepFolder
from harness.state.files.records import JobRecord
from harness.state.standing.snapshot import Snapshot, read_snapshot
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from kd.errors import InputError

if TYPE_CHECKING:
    from harness.cluster.slurm.controller import SeenController


class QueueView(NamedTuple):
    """The queue at one moment.

    ``notes``: why jobs wait, and what keeps the controller from submitting more. ``why_waiting``: the same of one job,
    None of one that does not wait. ``over``: of the jobs in which a run waits by its record, those that are known to be
    over. ``controller``: the sweep's controller where that is a job of its own, and ``num_slots`` what such a one that
    is at work keeps busy. ``is_known``: it could be asked.
    """

    notes: tuple[str, ...] = ()
    why_waiting: Callable[[JobRecord], str | None] = lambda job: None
    over: frozenset[str] = frozenset()
    controller: "SeenController | None" = None
    num_slots: int | None = None
    is_known: bool = True

    @property
    def is_controller_queued(self) -> bool:
        """Whether the controller waits."""
        return self.controller is not None and self.controller.is_waiting


def look(plan: Plan, folder: SweepFolder) -> tuple[Snapshot, QueueView]:
    """The sweep and its queue at this moment: no run waits in a job that the queue knows to be over.

    Raises:
        UnreadableFileError: A result file is damaged or of a newer version.
    """
    queue = look_at_queue(plan.sweep, folder)
    if folder.read_controller() is not None or queue.num_slots is not None:
        told = (note for note in folder.read_told() if note not in queue.notes)
        queue = queue._replace(notes=(*told, *queue.notes))
    return read_snapshot(folder, plan, queue.over), queue


def look_at_queue(sweep: Sweep, folder: SweepFolder) -> QueueView:
    """The queue, where the sweep was started on SLURM; that it cannot be asked is a note and no error."""
    try:
        profile = load_cluster(recorded_cluster(folder) or "local")
        if not isinstance(profile, SlurmProfile):
            return QueueView()
        from harness.cluster.slurm.controller import describe_controller
        from harness.cluster.slurm.executor import SlurmExecutor

        executor = make_executor(profile, folder.path, folder.data)
        every_job = folder.read_jobs()
        jobs = [job for job in every_job if _has_waiting_run(job, folder)]
        assert isinstance(executor, SlurmExecutor)
        controller = describe_controller(profile, folder.path)  # first: where nobody answers, one wait is enough
        over = frozenset(executor.over(jobs))  # and then: the notes go by this look at the queue
        noted = {job.job_id for job in jobs} | executor.suspended(every_job)
        return QueueView(
            notes=tuple(executor.notes(job for job in every_job if job.job_id in noted)),
            why_waiting=executor.why_waiting,
            over=over,
            controller=controller,
            num_slots=student_jobs(profile, sweep) if controller and not controller.is_waiting else None,
        )
    except InputError as error:
        return QueueView((f"The queue cannot be asked: {error}",), is_known=False)


def _has_waiting_run(job: JobRecord, folder: SweepFolder) -> bool:
    """Whether by its record a run waits in it: of the others nothing is asked."""
    return any(run_state(folder.run(run_id), queued=True) == RunState.QUEUED for run_id in job.run_ids)
