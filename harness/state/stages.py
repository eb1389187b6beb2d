"""The stage graph: teacher → logits → baseline ∥ search ∥ compare → final → test."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from harness.state.records import Trials
from harness.state.run_state import IDLE, OVER, RunState
from harness.sweep.plan import Plan, Run

StateOf = Callable[[str], RunState]


class Step(NamedTuple):
    """A run, the stage it belongs to, and all runs that must be complete before it."""

    stage: str
    run: Run
    needs: tuple[str, ...] = ()

    def is_ready(self, state_of: StateOf) -> bool:
        """Whether it may start now."""
        return state_of(self.run.id) in IDLE and all(state_of(needed) == RunState.COMPLETE for needed in self.needs)

    def blocked_by(self, state_of: StateOf) -> list[str]:
        """The runs that failed for good, without which it can never start."""
        return [needed for needed in self.needs if state_of(needed) == RunState.FAILED]


def known_steps(plan: Plan, trials: Trials, state_of: StateOf) -> list[Step]:
    """Every run that the sweep is known to need by now, most urgent first."""
    steps = steps_before_test(plan, trials)
    test = last_step(plan, steps, state_of)
    return [*steps, test] if test else steps


def steps_before_test(plan: Plan, trials: Trials) -> list[Step]:
    """The trainings and the teachers' pass, most urgent first."""
    teachers = tuple(run.id for run in plan.teachers)
    steps = [Step("teacher", run) for run in plan.teachers]
    if not plan.is_online:
        parts = tuple(run.id for run in plan.logits_parts)
        steps += [Step("logits", run, teachers) for run in plan.logits_parts]
        steps += [Step("logits", plan.logits, (*teachers, *parts))]
    taught_by = tuple(run.id for run in plan.taught_by)
    # With one baseline the teacher can be judged, before a search is paid for.
    first, *others = [Step("baseline", run) for run in plan.baselines]
    steps += [Step("final", run, taught_by) for run in _finals(plan, trials)]
    steps.append(first)
    asked = {trial.run_id: trial for trial in trials.trials}
    steps += [Step("search", plan.trial(trial.params), taught_by) for trial in asked.values()]
    steps += others
    steps += [Step("compare", run, taught_by) for runs in plan.compares for run in runs]
    return steps


def _finals(plan: Plan, trials: Trials) -> list[Run]:
    """Known once the search has chosen; the sweep's own setting where there is no search."""
    if plan.sweep.search is None:
        return plan.finals({})
    if trials.best is None:
        return []
    return plan.finals(trials.trials[trials.best].params)


def last_step(plan: Plan, steps: Iterable[Step], state_of: StateOf) -> Step | None:
    """The test run, once nothing is left to train; None while it is not, or without both sides to compare.

    Args:
        plan: The runs.
        steps: All that come before.
        state_of: The state of a run.
    """
    trained = {step.run.id: step for step in steps if step.stage in ("teacher", "baseline", "compare", "final")}
    open_runs = [step for step in trained.values() if not is_over(step, state_of)]
    complete = {name: step.stage for name, step in trained.items() if state_of(name) == RunState.COMPLETE}
    if open_runs or not {"baseline", "final"} <= set(complete.values()):
        return None
    order = [*plan.teachers, *plan.baselines, *(run for runs in plan.compares for run in runs)]
    order += [step.run for step in trained.values() if step.stage == "final"]
    return Step("test", plan.test([run.id for run in order if run.id in complete]))


def is_over(step: Step, state_of: StateOf) -> bool:
    """Whether nothing more will happen to a step."""
    return state_of(step.run.id) in OVER or bool(step.blocked_by(state_of))
