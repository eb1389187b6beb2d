"""Where the sweep stands, in the words of a page's head: its state, why, and the command that goes on."""

from collections.abc import Iterable
from typing import NamedTuple

from harness.report.results.sweep_results import RunResult
from harness.report.text.labels import state_text
from harness.report.text.language import Language
from harness.state.attempts.run_state import SweepState
from harness.state.standing.counts import Standing
from kd.records import Failure

NAMING_STATES = (SweepState.FAILED, SweepState.QUEUED)
"""Those whose sentence names a failed run."""


class StandingText(NamedTuple):
    """``sentence``: the state and how far.

    ``cause``: why the first of the failed runs ended. ``way_on``: what comes before the command that goes on,
    ``command``; all None where there is nothing to say.
    """

    state: str
    sentence: str
    cause: str | None = None
    way_on: str | None = None
    command: str | None = None


def standing_text(standing: Standing, runs: Iterable[RunResult], command: str | None, say: Language) -> StandingText:
    """What a page's head says.

    Args:
        standing: Of the sweep.
        runs: Of the sweep, the failed ones among them.
        command: What goes on; None where nothing has to.
        say: The page's language.

    >>> from harness.report.text.language import language
    >>> standing_text(Standing([], [], False, True), (), None, language("en")).sentence
    'Complete: all 0 runs are finished.'
    """
    state = standing.state
    sentence = say(
        "standing",
        state=state,
        done=standing.succeeded,
        total=standing.total,
        failed=len(standing.failed),
        first=standing.failed[0] if standing.failed else "",
    )
    failures = {run.id: run.failure for run in runs if run.failure is not None}
    failed = {run_id: failures[run_id] for run_id in standing.failed if run_id in failures}
    diverged = state == SweepState.FAILED and any(failure.kind == "non-finite loss" for failure in failed.values())
    return StandingText(
        state,
        sentence,
        next((_cause(*one, say) for one in failed.items() if state in NAMING_STATES), None),
        say("standing-go-on", state="diverged" if diverged else state) if command else None,
        command,
    )


def _cause(run_id: str, failure: Failure, say: Language) -> str:
    return say("standing-cause", run=run_id, kind=state_text(failure.kind, say), reason=failure.reason)
