"""Where the sweep stands, in the words of a page's head: its state, and the command that goes on."""

from typing import NamedTuple

from harness.report.text.language import Language
from harness.state.standing.counts import Standing


class StandingText(NamedTuple):
    """``sentence``: the state and how far; ``command``: what goes on, None where nothing has to."""

    state: str
    sentence: str
    command: str | None


def standing_text(standing: Standing, way_on: str | None, say: Language) -> StandingText:
    """What a page's head says.

    >>> from harness.report.text.language import language
    >>> standing_text(Standing([], [], False, True), None, language("en")).sentence
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
    return StandingText(state, sentence, way_on)
