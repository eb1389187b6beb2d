"""Several students of one sweep: where the sweep as a whole stands."""

from collections.abc import Iterator, Sequence

from harness.report.results.sweep_results import Results, RunResult
from harness.state.attempts.run_state import RunState
from harness.state.stages.graph import known_steps
from harness.state.standing.counts import Standing, find_standing
from harness.sweep.plan import Plan


def all_runs_of(family: Sequence[Results]) -> Iterator[RunResult]:
    """Every run of every student, what they share once."""
    yield from {run.id: run for one in family for run in one.all_runs()}.values()


def standing_of_family(family: Sequence[Results]) -> Standing:
    """Where the sweep stands, counted as ``status`` counts it.

    Args:
        family: A student each, in the order of the sweep file; at least one.
    """
    record = family[0].record
    plan = Plan(record.sweep, record.digest)
    states = {run.id: run.state for run in all_runs_of(family)}

    def state_of(run_id: str) -> RunState:
        return states.get(run_id, RunState.NOT_STARTED)

    searches = {name: trials for one in family for name, trials in one.searches.items()}
    steps = known_steps(plan, searches, state_of)
    return find_standing(plan, steps, searches, state_of, family[0].is_controlled)
