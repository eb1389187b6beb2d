"""Every state and cause has a word."""

import re
from collections.abc import Callable
from typing import get_args

import pytest

from harness.report.results.sweep_results import Arm
from harness.report.text.labels import arm_label, arm_title, state_text
from harness.report.text.language import LANGUAGES, language
from harness.state.attempts.run_state import RunState
from kd.config import DistillConfig
from kd.records import AttemptEnd, Failure


@pytest.mark.parametrize(
    ("arm", "title", "label"),
    [
        (Arm("compare1", DistillConfig(), ()), "Setting", "Setting α 0.5, T 2"),
        (Arm("compare1", DistillConfig(), (), names_kd=True), "Setting (kd)", "Setting α 0.5, T 2, kd"),
        (
            Arm("compare1", DistillConfig(loss="dkd", beta=2), ()),
            "Setting (dkd, beta 2)",
            "Setting α 0.5, T 2, dkd, beta 2",
        ),
        (
            Arm("compare2", DistillConfig(loss="acme.losses:mine", options={"depth": 3}, warmup_epochs=5), ()),
            "Setting (mine, warmup_epochs 5, depth 3)",
            "Setting α 0.5, T 2, mine, warmup_epochs 5, depth 3",
        ),
        (Arm("distilled", DistillConfig(loss="dist"), ()), "Distilled (dist)", "Distilled"),
        (Arm("distilled", DistillConfig(loss="dist"), (), method="mine"), "Distilled (mine)", "Distilled (mine)"),
        (Arm("method1", DistillConfig(loss="dist"), (), method="mine"), "mine", "mine"),
    ],
)
def test_a_setting_is_told_from_others_of_its_alpha_and_temperature(arm: Arm, title: str, label: str) -> None:
    say = language("en")
    assert arm_title(arm, say) == title
    assert arm_label(arm, say) == label


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
