"""How far a sweep is, read off its folder: for ``make status`` and for the live display alike."""

import statistics
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from harness.state.attempts import last_attempt, read_attempts
from harness.state.clock import now
from harness.state.folder import SweepFolder
from harness.state.machine_time import MachineTime, machine_time
from harness.state.records import TrialRecord, Trials
from harness.state.run_state import OVER, RunState, read_history, run_state
from harness.state.stages import StateOf, Step, known_steps
from harness.sweep.plan import STAGES, Plan, stage_totals
from kd.records import Attempt

STUDENTS = ("baseline", "search", "compare", "final")
NUM_TIMED = 20  # finished runs that tell how long a run takes
JOB_S = 60.0  # of training in a job, where nobody says how many runs it has; to start one takes some five
MOST_RUNS, RUNS_UNTIMED = 32, 4  # in such a job; in one before any run is over


class StageProgress(NamedTuple):
    """Runs of one stage."""

    stage: str
    total: int
    done: int
    running: int
    queued: int
    failed: int
    blocked: int


class RunningRun(NamedTuple):
    """A run at work, with its newest epoch."""

    run_id: str
    epoch: int
    num_epochs: int
    val_accuracy: float | None
    since: str
    attempt: int


class Progress(NamedTuple):
    """A sweep at one moment."""

    stages: list[StageProgress]
    running: list[RunningRun]
    failed: list[str]
    best: TrialRecord | None
    seconds_left: float | None

    @property
    def done(self) -> int:
        """Runs that are over."""
        return sum(stage.done for stage in self.stages)

    @property
    def total(self) -> int:
        """Runs that there will be."""
        return sum(stage.total for stage in self.stages)


def attempts_of_runs(folder: SweepFolder, plan: Plan) -> dict[str, list[Attempt]]:
    """Every attempt that was made at the sweep's runs, by run."""
    trials = folder.read_trials()
    steps = known_steps(plan, trials, lambda run_id: run_state(folder.run(run_id)))
    return {step.run.id: read_attempts(folder.run(step.run.id)) for step in steps}


def read_progress(folder: SweepFolder, plan: Plan, num_slots: int | None) -> Progress:
    """Progress from the files alone.

    Args:
        folder: The sweep's results.
        plan: Its runs.
        num_slots: Jobs at a time, for the estimate; None where no controller is at work.
    """
    queued = {run_id for job in folder.read_jobs() for run_id in job.run_ids}
    states: dict[str, RunState] = {}

    def state_of(run_id: str) -> RunState:
        if run_id not in states:
            states[run_id] = run_state(folder.run(run_id), run_id in queued)
        return states[run_id]

    trials = folder.read_trials()
    return measure(folder, plan, trials, known_steps(plan, trials, state_of), state_of, num_slots)


def measure(
    folder: SweepFolder, plan: Plan, trials: Trials, steps: Iterable[Step], state_of: StateOf, num_slots: int | None
) -> Progress:
    """Progress from steps and states that are already known."""
    steps = list(steps)
    totals = stage_totals(plan)
    by_stage = {stage: [state_of(step.run.id) for step in steps if step.stage == stage] for stage in STAGES}
    blocked = Counter(step.stage for step in steps if step.blocked_by(state_of))
    stages = [
        StageProgress(
            stage=stage,
            total=totals[stage],
            done=sum(state in OVER for state in by_stage[stage]),
            running=by_stage[stage].count("running"),
            queued=by_stage[stage].count("queued"),
            failed=by_stage[stage].count("failed"),
            blocked=blocked[stage],
        )
        for stage in STAGES
        if stage in totals
    ]
    return Progress(
        stages=stages,
        running=[_running(folder, step) for step in steps if state_of(step.run.id) == "running"],
        failed=[step.run.id for step in steps if state_of(step.run.id) == "failed"],
        best=_best(plan, trials),
        seconds_left=_seconds_left(folder, stages, steps, state_of, num_slots),
    )


def _running(folder: SweepFolder, step: Step) -> RunningRun:
    history = read_history(folder.run(step.run.id))
    attempt = last_attempt(folder.run(step.run.id))
    training = getattr(step.run.config, "training", None)
    return RunningRun(
        run_id=step.run.id,
        epoch=len(history.epochs) if history else 0,
        num_epochs=training.epochs if training else 0,
        val_accuracy=history.epochs[-1].val_accuracy if history and history.epochs else None,
        since=attempt.started_at if attempt else now(),
        attempt=attempt.number if attempt else 1,
    )


def _best(plan: Plan, trials: Trials) -> TrialRecord | None:
    complete = [trial for trial in trials.trials if trial.state == "complete" and trial.value is not None]
    search = plan.sweep.search
    if not complete or search is None:
        return None
    sign = 1 if search.metric == "val_accuracy" else -1
    return max(complete, key=lambda trial: sign * (trial.value or 0.0))


def machine_time_of(folder: SweepFolder, run_ids: Iterable[str]) -> dict[str, MachineTime]:
    """What runs have held of the machines so far, by id; without those of which no attempt says how long it took."""
    attempts = {run_id: read_attempts(folder.run(run_id)) for run_id in run_ids}
    return {run_id: time for run_id, time in machine_time(attempts).items() if time.num_unknown < len(attempts[run_id])}


def runs_of_a_job(folder: SweepFolder, steps: Iterable[Step], state_of: StateOf, num_ready: int, num_jobs: int) -> int:
    """As many as fill ``JOB_S``, at the pace of the finished ones; of few runs an even share, but a quarter of that.

    Args:
        folder: The sweep's results.
        steps: Its runs.
        state_of: The state of a run.
        num_ready: Runs that may start.
        num_jobs: Jobs that there is room for, busy or not.
    """
    seconds = _pace(folder, steps, state_of)
    full = RUNS_UNTIMED if seconds is None else max(1, min(MOST_RUNS, round(JOB_S / max(seconds, 1e-3))))
    return min(full, max(-(-num_ready // num_jobs), -(-full // 4)))


def _seconds_left(
    folder: SweepFolder, stages: list[StageProgress], steps: list[Step], state_of: StateOf, num_slots: int | None
) -> float | None:
    """What the open student runs will cost, at the pace of the finished ones; None before there is a pace."""
    seconds = None if num_slots is None else _pace(folder, steps, state_of)
    if num_slots is None or seconds is None:
        return None
    return sum(stage.total - stage.done for stage in stages if stage.stage in STUDENTS) * seconds / num_slots


def _pace(folder: SweepFolder, steps: Iterable[Step], state_of: StateOf) -> float | None:
    """Mean seconds of the students that finished; None while none has."""
    finished = [step.run.id for step in steps if step.stage in STUDENTS and state_of(step.run.id) in OVER]
    times = machine_time_of(folder, finished[-NUM_TIMED:]).values()
    return 3600 * statistics.mean(time.wall_hours for time in times) if times else None
