"""Where a sweep stands: counted once, for ``status``, the live display, the report's pages and the list of sweeps."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from harness.state.attempts.run_state import OVER, RunState, SweepState, sweep_state
from harness.state.files.records import Trials
from harness.state.stages.graph import Searches, StateOf, Step, chosen_params, is_over, is_searched, searches_of
from harness.sweep.plan import Plan
from harness.sweep.sections.methods import ALONE, Method
from harness.sweep.totals import STAGES, stage_limits, stage_totals


class StageProgress(NamedTuple):
    """Runs of one stage; ``most``: as many as there may be, where seeds may be added, else None."""

    stage: str
    total: int
    done: int
    running: int
    queued: int
    failed: int
    blocked: int
    most: int | None = None

    @property
    def succeeded(self) -> int:
        """Runs that are over and did not fail: what people are told is finished."""
        return self.done - self.failed


class Standing(NamedTuple):
    """A sweep's runs, counted.

    ``is_controlled``: a controller is at work. ``is_finished``: nothing is left that could start. ``is_unreadable``:
    of some run nobody can tell where it stands. ``is_controller_queued``: a controller waits in the queue.
    """

    stages: list[StageProgress]
    failed: list[str]
    is_controlled: bool
    is_finished: bool
    is_unreadable: bool = False
    is_controller_queued: bool = False

    @property
    def done(self) -> int:
        """Runs that are over."""
        return sum(stage.done for stage in self.stages)

    @property
    def succeeded(self) -> int:
        """Runs that are over and did not fail."""
        return sum(stage.succeeded for stage in self.stages)

    @property
    def total(self) -> int:
        """Runs that there will be."""
        return sum(stage.total for stage in self.stages)

    @property
    def state(self) -> SweepState:
        """Where the sweep stands, for every place that says so."""
        if self.is_unreadable:
            return SweepState.UNREADABLE
        is_at_work = self.is_controlled or any(stage.running for stage in self.stages)
        is_queued = self.is_controller_queued or any(stage.queued for stage in self.stages)
        return sweep_state(self.total - self.done, len(self.failed), is_at_work, self.is_finished, is_queued)


def find_standing(
    plan: Plan,
    steps: Sequence[Step],
    searches: Searches,
    state_of: StateOf,
    is_controlled: bool,
) -> Standing:
    """Count the runs of a sweep.

    Args:
        plan: All that there will be.
        steps: Those that are known.
        searches: So far.
        state_of: The state of a run.
        is_controlled: Whether a controller is at work.
    """
    totals, runs = stage_totals(plan), {stage: [s.run.id for s in steps if s.stage == stage] for stage in STAGES}
    for stage in ("tuning", "search"):  # two trials of one setting, as older searches have, share a run and count twice
        runs[stage] = _asked(plan, searches, stage)
        if stage in totals:
            totals[stage] = sum(_num_runs(*found) for found in _searches_of(plan, searches, stage))
    if all(
        chosen_params(method, searches_of(one, searches)) is not None for one in plan.members for method in one.methods
    ):
        totals["final"] = len(set(runs["final"]))  # two methods may have chosen one setting, and share its runs
    limits = {} if plan.seeds.is_decided else stage_limits(plan)
    states = {stage: Counter(state_of(run_id) for run_id in run_ids) for stage, run_ids in runs.items()}
    blocked = Counter(step.stage for step in steps if step.blocked_by(state_of))
    return Standing(
        stages=[
            StageProgress(
                stage=stage,
                total=totals[stage],
                done=sum(states[stage][state] for state in OVER),
                running=states[stage][RunState.RUNNING],
                queued=states[stage][RunState.QUEUED],
                failed=states[stage][RunState.FAILED],
                blocked=blocked[stage],
                most=limits[stage] if limits.get(stage, 0) > totals[stage] else None,
            )
            for stage in STAGES
            if stage in totals
        ],
        failed=[step.run.id for step in steps if state_of(step.run.id) == RunState.FAILED],
        is_controlled=is_controlled,
        is_finished=_is_finished(plan, steps, searches, state_of),
        is_unreadable=any(states[stage][RunState.UNREADABLE] for stage in STAGES),
    )


def _searches_of(plan: Plan, searches: Searches, stage: str) -> list[tuple[Plan, Method, Trials]]:
    """Every search of a stage, with the student's plan that it is of, and what it has found so far."""
    return [
        (member, method, searches.get(name, Trials()))
        for name, (member, method) in plan.every_search.items()
        if (method.key == ALONE) == (stage == "tuning")
    ]


def _asked(plan: Plan, searches: Searches, stage: str) -> list[str]:
    """The run of every trial of a stage, and of every repeat."""
    trials = [trial for *_, found in _searches_of(plan, searches, stage) for trial in found.trials]
    repeats = [repeat.run_id for trial in trials for repeat in trial.repeats]
    return [*(trial.run_id for trial in trials), *repeats]


def _num_runs(plan: Plan, method: Method, found: Trials) -> int:
    """Of a search: as planned, until all trials are told; where few are complete, fewer are repeated."""
    trials, planned = found.trials, plan.sweep.num_trials(method)
    is_told = len(trials) >= planned and all(trial.state in OVER for trial in trials)
    repeats = sum(len(trial.repeats) for trial in trials) if is_told else plan.sweep.num_repeats(method)
    return max(planned, len(trials)) + repeats


def _is_finished(plan: Plan, steps: Iterable[Step], searches: Searches, state_of: StateOf) -> bool:
    """Whether every known run is over, or waits for one that failed, and no other can become known."""
    is_told = plan.seeds.is_decided and is_searched(plan, searches, state_of)
    return is_told and all(is_over(step, state_of) for step in steps)
