"""A sweep at one moment: what its files say, read once and passed on."""

from collections.abc import Callable, Container

from harness.state.attempts.files import read_attempts
from harness.state.attempts.run_state import OVER, RunState, run_state
from harness.state.files.folder import SweepFolder
from harness.state.files.records import JobRecord, SeedLook
from harness.state.stages.graph import Searches, StateOf, Step, known_steps
from harness.state.stages.seeds import count_seeds, known_looks
from harness.state.standing.counts import Standing, find_standing
from harness.state.standing.queued import queued_runs
from harness.sweep.plan import Plan
from kd.records import Attempt


class Snapshot:
    """The steps that are known and where each run stands.

    Args:
        folder: The sweep's results.
        plan: Its runs, with the seeds that are known by now.
        searches: So far, by their methods' keys.
        steps: The runs that are known by now, most urgent first.
        state_of: The state of a run, read or remembered.
        jobs: That were submitted and not yet seen to end.
        looks: At whether the seeds are enough, so far; none where their number is given, or nobody asks.
    """

    def __init__(
        self,
        folder: SweepFolder,
        plan: Plan,
        searches: Searches,
        steps: list[Step],
        state_of: StateOf,
        jobs: tuple[JobRecord, ...] = (),
        looks: tuple[SeedLook, ...] = (),
    ) -> None:
        self.folder = folder
        self.plan = plan
        self.searches = searches
        self.steps = steps
        self.state_of = state_of
        self.jobs = jobs
        self.looks = looks
        self._attempts: dict[str, list[Attempt]] = {}

    def attempts(self, run_id: str) -> list[Attempt]:
        """The attempts at a run, oldest first; its files are read at the first call alone."""
        if run_id not in self._attempts:
            self._attempts[run_id] = read_attempts(self.folder.run(run_id))
        return self._attempts[run_id]

    def standing(self, is_controlled: bool) -> Standing:
        """Its runs, counted."""
        return find_standing(self.plan, self.steps, self.searches, self.state_of, is_controlled)

    def is_over(self, run_id: str) -> bool:
        """Whether a run will not go on."""
        return self.state_of(run_id) in OVER


def _as_written(searches: Searches, state_of: StateOf) -> tuple[Searches, set[str]]:
    return searches, set()


def read_snapshot(
    folder: SweepFolder,
    plan: Plan,
    over: Container[str] = (),
    as_found: Callable[[Searches, StateOf], tuple[Searches, set[str]]] = _as_written,
) -> Snapshot:
    """A sweep as its files have it now.

    Args:
        folder: The sweep's results.
        plan: Its runs.
        over: Jobs that its scheduler knows to be over, though their records are there: no run waits in them.
        as_found: Makes of the searches that were written down those that the plan has, and says which of their runs
            have to be made again.

    Raises:
        UnreadableFileError: One of them is damaged or of a newer version.
    """
    jobs = tuple(job for job in folder.read_jobs() if job.job_id not in over)
    queued = queued_runs(jobs, folder.path)
    states: dict[str, RunState] = {}

    def state_of(run_id: str) -> RunState:
        if run_id not in states:
            states[run_id] = run_state(folder.run(run_id), run_id in queued)
        return states[run_id]

    searches, again = as_found(folder.read_searches(plan), state_of)
    states |= dict.fromkeys(again, RunState.INTERRUPTED)
    looks = known_looks(plan, searches, folder.read_looks(plan))
    plan = plan.with_seeds(count_seeds(plan, looks))
    steps = known_steps(plan, searches, state_of)
    return Snapshot(folder, plan, searches, steps, state_of, jobs, looks.looks if looks else ())
