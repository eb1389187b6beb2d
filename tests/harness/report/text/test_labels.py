"""Every state and cause has a word."""

import re
from collections.abc import Callable
from typing import get_args

import pytest

from harness.report.text.labels import state_text
from harness.report.text.language import LANGUAGES, language
from harness.state.attempts.run_state import RunState
from kd.records import AttemptEnd, Failure


@pytest.mark.parametrize("code", list(LANGUAGES))
@pytest.mark.parametrize("cause", ["preempted", "timeout", "died", "disk-full", "out-of-memory"])
def test_every_cause_has_a_word(code: str, cause: str) -> None:
    words: Callable[..., str] = language(code)
    others = {
        words("reproduce-interrupted", cause=one, number=2) for one in ("preempted", "timeout", "died", "disk-full")
    }
    assert len(others | {words("reproduce-interrupted", cause=cause, number=2)}) == 4 + (cause == "out-of-memory")


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_state_has_a_word(code: str) -> None:
    states = {
        *RunState,
        *AttemptEnd,
        *get_args(Failure.model_fields["kind"].annotation),
        "open",
    }
    words = {state: state_text(state, language(code)) for state in states}
    if code == "en":
        assert words == {state: state for state in states}
    else:
        assert not [word for word in words.values() if re.search("[A-Za-z]", word)]
