"""A page's head: the state in a sentence, and the command that goes on."""

import pytest

from harness.report.text.language import LANGUAGES, language
from harness.report.text.standing import standing_text
from harness.state.standing.counts import StageProgress, Standing
from kd.records import Failure


def standing(done: int, running: int = 0, failed: tuple[str, ...] = (), **changes: bool) -> Standing:
    stage = StageProgress("baseline", 5, done, running, 0, len(failed), 0)
    return Standing([stage], list(failed), **{"is_controlled": False, "is_finished": False} | changes)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (standing(5, is_finished=True), "Complete: all 5 runs are finished."),
        (standing(2, running=1), "Running when this page was made: 2 of 5 runs finished."),
        (standing(2), "Stopped: 2 of 5 runs finished, and nothing is running."),
        (standing(2, failed=("b-1",)), "Failed: 1 run ended in an error; 1 of 5 runs finished."),
        (standing(2, failed=("b-1", "b-2")), "Failed: 2 runs ended in an error; 0 of 5 runs finished."),
        (standing(2, is_unreadable=True), "Unreadable: the state of some runs cannot be told"),
    ],
)
def test_the_state_in_a_sentence(found: Standing, words: str) -> None:
    sentences = {code: standing_text(found, "make sweep", language(code)).sentence for code in LANGUAGES}
    assert sentences["en"].startswith(words)
    assert len(set(sentences.values())) == len(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_first_failure_is_named_with_its_reason_and_its_remedy(code: str) -> None:
    say, found = language(code), standing(3, failed=("b-1", "b-2"))
    failures = {
        "b-1": Failure(kind="code error", reason="boom " * 100),
        "b-2": Failure(kind="non-finite loss", reason="the loss is nan"),
    }
    first = standing_text(found, "make sweep", say, failures)
    assert (first.failed, first.num_failed) == ("b-1", 2)
    assert "boom" in first.reason and first.reason.endswith("…")
    only = standing_text(standing(3, failed=("b-2",)), "make sweep", say, failures)
    assert only.reason.endswith("the loss is nan")
    assert "optimizer.lr" in only.go_on and "optimizer.lr" not in first.go_on
    assert standing_text(found, "make sweep", say).failed == ""
