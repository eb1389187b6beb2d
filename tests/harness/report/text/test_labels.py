"""Every state and cause has a word."""

import re
from collections.abc import Callable
from typing import get_args

import pytest

from harness.report.results.sweep_results import State
from harness.report.text.labels import state_text
from harness.report.text.language import LANGUAGES, language
from harness.report.text.run_lines import RunStatus
from harness.state.records import TrialRecord
from kd.records import AttemptEnd, Failure


@pytest.mark.parametrize("code", list(LANGUAGES))
@pytest.mark.parametrize("cause", ["preempted", "timeout", "died", "out-of-memory"])
def test_every_cause_has_a_word(code: str, cause: str) -> None:
    words: Callable[..., str] = language(code)
    others = {words("reproduce-interrupted", cause=one, number=2) for one in ("preempted", "timeout", "died")}
    assert len(others | {words("reproduce-interrupted", cause=cause, number=2)}) == 3 + (cause == "out-of-memory")


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_state_has_a_word(code: str) -> None:
    states = {
        *get_args(State),
        *get_args(RunStatus),
        *get_args(AttemptEnd),
        *get_args(Failure.model_fields["kind"].annotation),
        *get_args(TrialRecord.model_fields["state"].annotation),
        "open",
    }
    words = {state: state_text(state, language(code)) for state in states}
    if code == "en":
        assert words == {state: state for state in states}
    else:
        assert not [word for word in words.values() if re.search("[A-Za-z]", word)]
