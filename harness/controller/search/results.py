"""What run folders tell a search: the result of a trial's run, and all of a search as a start would find it now."""

from pathlib import Path

from harness.controller.search.study import Search, TrialResult
from harness.controller.search.values import metric_values
from harness.state.attempts.run_state import OVER, RunState, read_history
from harness.state.files.folder import SweepFolder
from harness.state.files.records import Trials
from harness.state.stages.graph import Searches, StateOf
from harness.state.stages.search_space import with_settings
from harness.sweep.plan import Plan
from harness.sweep.search.params import Params
from harness.sweep.sections.methods import ALONE, Method
from kd.records import Pruning, ValMetric

BLOCKED = TrialResult(RunState.FAILED, [], 0.0)
"""Of a trial that failed, or that can never start."""


def open_search(plan: Plan, method: Method) -> Search:
    """A search of a student's plan, of which nothing is told yet."""
    config = plan.sweep.search
    assert config is not None

    def run_of(params: Params, repeat: int) -> str:
        return plan.trial(params, method, repeat).id

    return Search(config, method.space, plan.sweep.first_trial(method), plan.sweep.student.epochs, run_of)


def trial_result(run: Path, state: RunState, metric: ValMetric, thresholds: Pruning | None) -> TrialResult | None:
    """The result of a run that was trained to its end; None of one that has to be made again.

    Its history is gone, or the search as it is now would not have ended it where another form of it did.

    Args:
        run: Its folder.
        state: Complete, or pruned.
        metric: The search's.
        thresholds: That the run has to reach, where something may end it early.
    """
    history = read_history(run)
    is_ended_now = history is not None and thresholds is not None and thresholds.prunes(history)
    if history is None or (state == RunState.PRUNED and not is_ended_now):
        return None
    return TrialResult(state, metric_values(run, history, metric), history.epochs[-1].val_loss)


def replayed(searches: Searches, plan: Plan, folder: SweepFolder, state_of: StateOf) -> tuple[Searches, set[str]]:
    """Searches that have begun, as a start with this plan would find them, and the runs that it would make again.

    Nothing is written.

    Args:
        searches: That have begun, by their names.
        plan: Of which the sweep need not be the one that they were begun for.
        folder: The sweep's results.
        state_of: The state of a run.
    """
    again = set[str]()
    return {name: _replayed(*plan.every_search[name], folder, state_of, again) for name in searches}, again


def _replayed(plan: Plan, method: Method, folder: SweepFolder, state_of: StateOf, again: set[str]) -> Trials:
    search, config = open_search(plan, method), plan.sweep.search
    assert config is not None
    is_blocked = method.key != ALONE and any(state_of(run.id) == RunState.FAILED for run in plan.taught_by)

    def result_of(run_id: str) -> TrialResult | None:
        state = state_of(run_id)
        if state == RunState.FAILED or is_blocked:
            return BLOCKED
        if state not in OVER:
            return None
        result = trial_result(folder.run(run_id), state, config.metric, search.pruning.get(run_id))
        if result is None:
            again.add(run_id)
        return result

    search.advance(result_of)
    for trial in search.trials:  # those too that the search is not told of yet, as it waits for others
        if state_of(trial.run_id) == RunState.PRUNED:
            result_of(trial.run_id)
    return with_settings(search.record(), method.distill)
