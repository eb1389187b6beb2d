"""Where the sweep stands, in the words of a page's head: its state, what failed first, and the command that goes on."""

from collections.abc import Mapping
from typing import NamedTuple

from harness.report.text.failed_parts import MAX_REASON
from harness.report.text.labels import state_text
from harness.report.text.language import Language
from harness.report.text.numbers import shortened
from harness.state.attempts.run_state import SweepState
from harness.state.standing.counts import Standing
from kd.records import Failure


class StandingText(NamedTuple):
    """``sentence``: the state and how far; ``failed``: the first run that failed, and ``reason``, why; empty of none.

    ``command``: what goes on, after the words ``go_on``; None where nothing has to.
    """

    state: str
    sentence: str
    num_failed: int
    failed: str
    reason: str
    go_on: str
    command: str | None


def standing_text(
    standing: Standing, way_on: str | None, say: Language, failures: Mapping[str, Failure] | None = None
) -> StandingText:
    """What a page's head says.

    Args:
        standing: Of the sweep.
        way_on: The command that goes on with it.
        say: The language.
        failures: Why runs failed, by their names.

    >>> from harness.report.text.language import language
    >>> standing_text(Standing([], [], False, True), None, language("en")).sentence
    'Complete: all 0 runs are finished.'
    """
    state, known = standing.state, failures or {}
    first = next((run_id for run_id in standing.failed if run_id in known), "")
    sentence = say("standing", state=state, done=standing.succeeded, total=standing.total, failed=len(standing.failed))
    has_diverged = state == SweepState.FAILED and first and known[first].kind == "non-finite loss"
    return StandingText(
        state=state,
        sentence=sentence,
        num_failed=len(standing.failed),
        failed=first,
        reason=_reason(known[first], say) if first else "",
        go_on=say("standing-go-on", state="diverged" if has_diverged else state),
        command=way_on,
    )


def _reason(failure: Failure, say: Language) -> str:
    reason = shortened(failure.reason, MAX_REASON)
    return say("standing-reason", kind=state_text(failure.kind, say), reason=reason)
