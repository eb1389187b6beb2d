"""What the scheduler says of a sweep's jobs, for the verbs that only look: it is asked once, and may be silent."""

from collections.abc import Callable
from typing import NamedTuple

from harness.cluster.executor import make_executor
from harness.cluster.profiles import SlurmProfile, load_cluster
from harness.commands.place import recorded_cluster
from harness.state.files.records import JobRecord
from harness.state.standing.snapshot import Snapshot
from kd.errors import InputError


class QueueView(NamedTuple):
    """The queue at one moment.

    ``notes``: why jobs wait. ``why_waiting``: the same of one job, None of one that does not wait. ``controller``: the
    sweep's controller where that is a job of its own.
    """

    notes: tuple[str, ...] = ()
    why_waiting: Callable[[JobRecord], str | None] = lambda job: None
    controller: str | None = None


def look_at_queue(now: Snapshot) -> QueueView:
    """The queue, where the sweep was started on SLURM; that it cannot be asked is a note and no error."""
    try:
        profile = load_cluster(recorded_cluster(now.folder) or "local")
        if not isinstance(profile, SlurmProfile):
            return QueueView()
        from harness.cluster.slurm.controller import describe_controller
        from harness.cluster.slurm.executor import SlurmExecutor

        executor = make_executor(profile, now.folder.path, now.folder.data)
        assert isinstance(executor, SlurmExecutor)
        controller = describe_controller(profile, now.folder.path)
        return QueueView(tuple(executor.notes(now.jobs)), executor.why_waiting, controller)
    except InputError as error:
        return QueueView((f"The queue cannot be asked: {error}",))
