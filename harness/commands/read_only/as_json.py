"""What plan, status and why say, for scripts: one JSON object with ``--json``, described in docs/scripting.md.

A field keeps its name and meaning as long as ``version`` stays the same; new ones may come.
"""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel, Field

from harness.cluster.profiles import Profile
from harness.commands.read_only.estimate import count_images, find_device, find_estimate, num_left
from harness.commands.read_only.queue_view import look
from harness.console.hints import Hints
from harness.state.attempts.run_state import FINISHED, RunState, SweepState, read_failure, read_history
from harness.state.files.folder import SweepFolder
from harness.state.files.records import SeedLook
from harness.state.stages.graph import Step
from harness.state.stages.weak_teacher import WeakTeacher, find_weak_teacher
from harness.state.standing.progress import Progress, measure
from harness.state.standing.snapshot import Snapshot
from harness.sweep.names import shown
from harness.sweep.plan import Plan
from harness.sweep.totals import STAGES, stage_limits, stage_totals
from kd.errors import InputError
from kd.records import Attempt, Failure, FailureKind, ValMetric
from kd.remedies import did_you_mean

VERSION = 1
GO_ON = {"on_weak_teacher": "warn"}
_STAGE = f"{', '.join(STAGES[:-1])} or {STAGES[-1]}; tuning is the baseline's own search"


class StageAccount(BaseModel):
    """Runs of one stage."""

    stage: str = Field(description=_STAGE)
    total: int = Field(description="runs that there will be")
    done: int = Field(description="complete, pruned or failed for good")
    running: int = Field(description="a process is at work on them")
    queued: int = Field(description="in a job that waits")
    failed: int = Field(description="for good, counted among those done")
    blocked: int = Field(description="wait for a run that failed")
    most: int | None = Field(None, description="runs that there may be, while seeds may be added; else null")


class RunAtWork(BaseModel):
    """A run that a process is at."""

    run: str = Field(description="its name")
    epoch: int = Field(description="whole epochs done")
    num_epochs: int = Field(description="0 of a run that trains nothing")
    val_accuracy: float | None = Field(description="after the last whole epoch; null before the first")
    attempt: int = Field(description="number of the attempt, from 1")


class FailedRun(BaseModel):
    """A run that failed for good."""

    run: str = Field(description="its name")
    kind: FailureKind = Field(description="why, in two words")
    reason: str = Field(description="one line")
    why: str = Field(description="the command that says more")


class BestTrial(BaseModel):
    """The search's best trial so far, on val."""

    run: str = Field(description="its name")
    method: str = Field(description="the method that it was tried for; empty where the sweep lists none")
    student: str = Field("", description="the student likewise")
    metric: ValMetric = Field(description="what is searched for")
    value: float = Field(description="of that metric: a share, or nats of val_loss")
    setting: dict[str, Any] = Field(description="what was searched: alpha, temperature and the like")


class ControllerAccount(BaseModel):
    """The process that submits the sweep's jobs, where it can be seen from here."""

    host: str = Field(description="where it runs")
    pid: int = Field(description="there")
    started_at: str = Field(description="ISO 8601, UTC")


class SeedAccount(BaseModel):
    """Seeds whose number results decide."""

    number: int = Field(description="by now")
    most: int = Field(description="that there may be")
    is_decided: bool = Field(description="no more are added")
    looks: list[SeedLook] = Field(description="at whether they are enough, oldest first")


class StatusAccount(BaseModel):
    """``status --json``."""

    version: int = Field(VERSION, description="of this description")
    sweep: str = Field(description="its name")
    state: SweepState = Field(description="of the whole sweep")
    done: int = Field(description="runs that are over, those that failed among them")
    total: int = Field(description="runs that there will be")
    stages: list[StageAccount] = Field(description="in the order in which they are reached")
    running: list[RunAtWork] = Field(description="runs at work")
    failed: list[FailedRun] = Field(description="runs that failed for good")
    best: BestTrial | None = Field(description="null before a trial is complete")
    seconds_left: float | None = Field(description="an estimate; null without a controller or a finished student")
    controller: ControllerAccount | None = Field(description="null where none is at work on this host")
    weak_teacher: str | None = Field(description="that the teacher is not better than the student alone, with numbers")
    seeds: SeedAccount | None = Field(description="null where their number is given")
    notes: list[str] = Field(description="why jobs wait, as the scheduler says")
    next: str | None = Field(description="the command that goes on; null where nothing is to be done or it is at work")


class PlannedStage(BaseModel):
    """What a stage would run."""

    stage: str = Field(description=_STAGE)
    runs: int = Field(description="that it has")
    most: int | None = Field(description="that it may have, while seeds may be added; else null")
    done: int = Field(description="that are complete or pruned")
    to_do: int = Field(description="the others")
    epochs: list[int] = Field(description="of each training, where trainings differ in it all numbers")
    known: list[str] = Field(description="names of the runs that are known before results arrive")


class RateAccount(BaseModel):
    """How fast a model is trained."""

    model: str = Field(description="with its threads, and with the teacher where that is at its side")
    images_per_s: float = Field(description="images a second that it learns from")
    source: str = Field(description="of which runs, of which benchmark, or that it is reckoned")


class EstimateAccount(BaseModel):
    """How long what is left will take, without what jobs take to start and without the test."""

    device: str = Field(description="a card's name, or cpu")
    device_hours: float | None = Field(description="of all GPUs, or of all cores; null while a rate is missing")
    wall_hours: float | None = Field(description="on the clock, with no job waiting; null likewise")
    rates: list[RateAccount] = Field(description="by which it is reckoned")
    unknown: list[str] = Field(description="models that nobody has trained there yet")


class PlanAccount(BaseModel):
    """``plan --json``."""

    version: int = Field(VERSION, description="of this description")
    sweep: str = Field(description="its name")
    data: str = Field(description="what was read, in a line")
    stages: list[PlannedStage] = Field(description="in the order in which they are reached")
    teacher_logits: str = Field(description="kept or online")
    estimate: EstimateAccount | None = Field(description="null where nothing is left, or the jobs' card is not known")


class NeededRun(BaseModel):
    """A run that has to be complete first."""

    run: str = Field(description="its name")
    state: RunState = Field(description="where it stands")


class RunAccount(BaseModel):
    """``why --json``."""

    version: int = Field(VERSION, description="of this description")
    run: str = Field(description="its whole name")
    state: RunState = Field(description="where it stands")
    is_blocked: bool = Field(description="it waits for a run that failed")
    epochs_done: int | None = Field(description="whole epochs; null before the first, and of a run that trains nothing")
    num_epochs: int | None = Field(description="that it will have; null likewise")
    failure: FailedRun | None = Field(description="why it failed for good, if it did")
    waits_for: list[NeededRun] = Field(description="runs that have to be complete first, and are not")
    attempts: list[Attempt] = Field(description="oldest first")


def account_for_status(plan: Plan, folder: SweepFolder) -> StatusAccount:
    """How far a sweep is."""
    controller, (now, queue), hints = folder.read_controller(), look(plan, folder), Hints(folder)
    weak = find_weak_teacher(now.plan, folder, now.searches)
    progress = measure(
        now, controller.num_slots if controller else queue.num_slots, queue.notes, queue.is_controller_queued
    )
    is_at_work = controller is not None or queue.controller is not None
    return StatusAccount(
        sweep=plan.sweep.name,
        state=progress.state,
        done=progress.done,
        total=progress.total,
        stages=[StageAccount(**stage._asdict()) for stage in progress.stages],
        running=[
            RunAtWork(
                run=run.run_id,
                epoch=run.epoch,
                num_epochs=run.num_epochs,
                val_accuracy=run.val_accuracy,
                attempt=run.attempt,
            )
            for run in progress.running
        ],
        failed=[account for run_id in progress.failed if (account := _failed(folder, run_id, hints))],
        best=_best(progress, plan),
        seconds_left=progress.seconds_left,
        controller=controller
        and ControllerAccount(host=controller.host, pid=controller.pid, started_at=controller.started_at),
        weak_teacher=weak.text if weak else None,
        seeds=_seeds(now),
        notes=list(progress.notes),
        next=None if is_at_work else next_command(progress, folder, hints, is_held(plan, weak)),
    )


def _seeds(now: Snapshot) -> SeedAccount | None:
    rule, count = now.plan.sweep.seed_rule, now.plan.seeds
    if not rule.is_open:
        return None
    return SeedAccount(number=count.number, most=rule.most, is_decided=count.is_decided, looks=list(now.looks))


def is_held(plan: Plan, weak: WeakTeacher | None) -> bool:
    """Whether the sweep ends where it is, as it says of such a teacher."""
    return weak is not None and plan.sweep.on_weak_teacher == "stop"


def read_failures(folder: SweepFolder, run_ids: Iterable[str]) -> list[Failure]:
    """Why runs failed, in their order."""
    return [failure for run_id in run_ids if (failure := read_failure(folder.run(run_id)))]


def next_command(progress: Progress, folder: SweepFolder, hints: Hints, held: bool = False) -> str | None:
    """What goes on with a sweep that nothing is at work on; None where it is complete.

    Args:
        progress: How far it is.
        folder: Its results.
        hints: Commands about it.
        held: Whether its teacher ended it, so that it goes on by another word of the sweep file alone.
    """
    if held and progress.done < progress.total:
        return hints.again(changes=GO_ON)
    if progress.failed:
        return hints.retry(read_failures(folder, progress.failed))
    return hints.again() if progress.done < progress.total else None


def account_for_plan(now: Snapshot, profile: Profile, data: str) -> PlanAccount:
    """What a sweep would run, what of it is done, and how long the rest will take."""
    plan = now.plan
    totals, limits = stage_totals(plan), stage_limits(plan)
    return PlanAccount(
        sweep=plan.sweep.name,
        data=data,
        stages=[
            _planned(stage, totals[stage], limits[stage], [step for step in now.steps if step.stage == stage], now)
            for stage in STAGES
            if stage in totals
        ],
        teacher_logits="online" if plan.sweep.teacher_logits.online else "kept",
        estimate=_estimated(now, profile),
    )


def _estimated(now: Snapshot, profile: Profile) -> EstimateAccount | None:
    device = find_device(profile, now)
    if device is None or not num_left(now):
        return None
    found = find_estimate(now, profile, device, count_images(now))
    return EstimateAccount(
        device=device,
        device_hours=found.device_hours,
        wall_hours=found.wall_hours,
        rates=[RateAccount(model=title, **rate._asdict()) for title, rate in found.rates.items()],
        unknown=list(found.unknown),
    )


def account_for_run(name: str, plan: Plan, folder: SweepFolder) -> RunAccount:
    """What became of a run.

    Raises:
        InputError: No run, or more than one, begins with ``name``.
    """
    now, _ = look(plan, folder)
    steps = {step.run.id: step for step in now.steps}
    run_id = find_run(name, folder, steps)
    history = read_history(folder.run(run_id))
    waits_for = unmet_needs(run_id, steps, now.state_of)
    return RunAccount(
        run=run_id,
        state=now.state_of(run_id),
        is_blocked=any(state == RunState.FAILED for _, state in waits_for),
        epochs_done=len(history.epochs) if history else None,
        num_epochs=history.num_epochs if history else None,
        failure=_failed(folder, run_id, Hints(folder)),
        waits_for=[NeededRun(run=needed, state=state) for needed, state in waits_for],
        attempts=now.attempts(run_id),
    )


def find_run(name: str, folder: SweepFolder, steps: Iterable[str]) -> str:
    """The run that a person names, by its whole name or by a beginning that only it has.

    Raises:
        InputError: No run, or more than one, begins with ``name``.
    """
    known = {*steps, *(entry.name for entry in (folder.path / "runs").iterdir())}
    found = sorted(run_id for run_id in known if run_id.startswith(name))
    if name in found:
        return name
    if len(found) != 1:
        few = ", ".join(found[:5]) + (" …" if len(found) > 5 else "")
        way_on = (
            f": {few}; give more of one"
            if found
            else f"{did_you_mean(name, known)}; to list some: {Hints(folder).why()}"
        )
        raise InputError(f"RUN: {len(found)} runs begin with {shown(name)}{way_on}")
    return found[0]


def unmet_needs(run_id: str, steps: dict[str, Step], state_of: Callable[[str], RunState]) -> list[tuple[str, RunState]]:
    """The runs that have to be complete before this one, and are not, each with its state."""
    needs = steps[run_id].needs if run_id in steps else ()
    return [(needed, state_of(needed)) for needed in needs if state_of(needed) != RunState.COMPLETE]


def _failed(folder: SweepFolder, run_id: str, hints: Hints) -> FailedRun | None:
    failure = read_failure(folder.run(run_id))
    if failure is None:
        return None
    return FailedRun(run=run_id, kind=failure.kind, reason=failure.reason, why=hints.why(run_id))


def _best(progress: Progress, plan: Plan) -> BestTrial | None:
    best, search = progress.best, plan.sweep.search
    if best is None or best.trial.value is None or search is None:
        return None
    trial = best.trial
    return BestTrial(
        run=trial.run_id,
        method=best.method,
        student=best.student,
        metric=search.metric,
        value=best.trial.value,
        setting=dict(trial.params),
    )


def _planned(stage: str, total: int, most: int, known: list[Step], now: Snapshot) -> PlannedStage:
    done = min(total, sum(now.state_of(step.run.id) in FINISHED for step in known))
    return PlannedStage(
        stage=stage,
        runs=total,
        most=most if most > total else None,
        done=done,
        to_do=total - done,
        epochs=sorted({step.run.config.training.epochs for step in known if step.run.config.kind == "train"}),
        known=[step.run.id for step in known],
    )
