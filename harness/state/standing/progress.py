"""How far a sweep is, read off its folder: for ``make status`` and for the live display alike."""

import statistics
from collections.abc import Iterable
from typing import NamedTuple

from harness.state.attempts.machine_time import MachineTime, machine_time
from harness.state.attempts.run_state import RunState, SweepState, read_history
from harness.state.clock import now
from harness.state.files.records import TrialRecord, Trials
from harness.state.stages.graph import Step
from harness.state.standing.counts import StageProgress, Standing
from harness.state.standing.snapshot import Snapshot
from harness.sweep.sections.methods import ALONE

STUDENTS = ("tuning", "baseline", "search", "compare", "final", "variant")
NUM_TIMED = 20  # finished runs that tell how long a run takes
JOB_S = 60.0  # of training in a job, where nobody says how many runs it has; to start one takes some five
MOST_RUNS = 32  # in such a job
FORK_S = 2.0  # likewise in one that is a fork, whose start takes a seventh of a second
UNTIMED_S = 15.0  # that a run is taken to last before any is over


class RunningRun(NamedTuple):
    """A run at work, with its newest epoch."""

    run_id: str
    epoch: int
    num_epochs: int
    val_accuracy: float | None
    since: str
    attempt: int


class BestTrial(NamedTuple):
    """The trial with the best value so far, of all searches; ``method`` and ``student``: where there are several."""

    method: str
    trial: TrialRecord
    student: str = ""


class Progress(NamedTuple):
    """A sweep at one moment."""

    standing: Standing
    running: list[RunningRun]
    best: BestTrial | None
    seconds_left: float | None
    notes: tuple[str, ...] = ()

    @property
    def state(self) -> SweepState:
        """Where the sweep stands."""
        return self.standing.state

    @property
    def stages(self) -> list[StageProgress]:
        """Its runs, counted by stage."""
        return self.standing.stages

    @property
    def failed(self) -> list[str]:
        """Runs that failed for good."""
        return self.standing.failed

    @property
    def done(self) -> int:
        """Runs that are over."""
        return self.standing.done

    @property
    def total(self) -> int:
        """Runs that there will be."""
        return self.standing.total


def measure(
    snapshot: Snapshot, num_slots: int | None, notes: Iterable[str] = (), is_controller_queued: bool = False
) -> Progress:
    """Progress of a sweep.

    Args:
        snapshot: What its files say.
        num_slots: Jobs at a time, for the estimate; None where no controller is at work.
        notes: What a person should know of the jobs.
        is_controller_queued: A controller waits in the queue.
    """
    standing, state_of = snapshot.standing(is_controlled=num_slots is not None), snapshot.state_of
    standing = standing._replace(is_controller_queued=is_controller_queued)
    return Progress(
        standing=standing,
        running=[_running(snapshot, step) for step in snapshot.steps if state_of(step.run.id) == RunState.RUNNING],
        best=_best(snapshot),
        seconds_left=None if standing.is_finished else _seconds_left(snapshot, standing.stages, num_slots),
        notes=tuple(notes),
    )


def _running(snapshot: Snapshot, step: Step) -> RunningRun:
    history = read_history(snapshot.folder.run(step.run.id))
    attempt = snapshot.attempts(step.run.id)[-1:]
    training = getattr(step.run.config, "training", None)
    return RunningRun(
        run_id=step.run.id,
        epoch=len(history.epochs) if history else 0,
        num_epochs=training.epochs if training else 0,
        val_accuracy=history.epochs[-1].val_accuracy if history and history.epochs else None,
        since=attempt[0].started_at if attempt else now(),
        attempt=attempt[0].number if attempt else 1,
    )


def _best(snapshot: Snapshot) -> BestTrial | None:
    search = snapshot.plan.sweep.search
    if search is None:
        return None
    sign = 1 if search.maximize else -1
    candidates = [
        BestTrial(method.name if method.key else "", trial, member.student_key)
        for name, (member, method) in snapshot.plan.every_search.items()
        if method.key != ALONE
        for trial in _candidates(snapshot.searches.get(name, Trials()))
        if trial.value is not None
    ]
    return max(candidates, key=lambda best: sign * (best.trial.value or 0.0), default=None)


def _candidates(search: Trials) -> list[TrialRecord]:
    """The complete trials; once one is chosen, that alone: others may have its value, or with one seed a larger one."""
    if search.best is not None:
        return [trial for trial in search.trials if trial.number == search.best]
    return [trial for trial in search.trials if trial.state == RunState.COMPLETE]


def machine_time_of(snapshot: Snapshot, run_ids: Iterable[str]) -> dict[str, MachineTime]:
    """What runs have held of the machines so far, by id; without those of which no attempt says how long it took."""
    attempts = {run_id: snapshot.attempts(run_id) for run_id in run_ids}
    return {run_id: time for run_id, time in machine_time(attempts).items() if time.num_unknown < len(attempts[run_id])}


def runs_of_a_job(snapshot: Snapshot, num_ready: int, num_jobs: int, job_s: float = JOB_S) -> int:
    """As many as fill ``job_s``, at the pace of the finished ones; of few runs an even share, but a quarter of that.

    Args:
        snapshot: The sweep.
        num_ready: Runs that may start.
        num_jobs: Jobs that there is room for, busy or not.
        job_s: Seconds of training that are worth a job.
    """
    seconds = _pace(snapshot)
    full = max(1, min(MOST_RUNS, round(job_s / max(UNTIMED_S if seconds is None else seconds, 1e-3))))
    return min(full, max(-(-num_ready // num_jobs), -(-full // 4)))


def _seconds_left(snapshot: Snapshot, stages: list[StageProgress], num_slots: int | None) -> float | None:
    """What the open student runs will cost, at the pace of the finished ones; None before there is a pace."""
    seconds = None if num_slots is None else _pace(snapshot)
    if num_slots is None or seconds is None:
        return None
    num_left = sum(stage.total - stage.done - stage.blocked for stage in stages if stage.stage in STUDENTS)
    return num_left * seconds / num_slots


def _pace(snapshot: Snapshot) -> float | None:
    """Mean seconds of the students that finished; None while none has."""
    finished = [step.run.id for step in snapshot.steps if step.stage in STUDENTS and snapshot.is_over(step.run.id)]
    times = machine_time_of(snapshot, finished[-NUM_TIMED:]).values()
    return 3600 * statistics.mean(time.wall_hours for time in times) if times else None
