"""One word for where a run stands, and one for its sweep."""

import itertools

import pytest

from harness.state.attempts.run_state import IDLE, OVER, RunState, SweepState, derive_state, sweep_state
from harness.state.files.records import TrialRecord
from kd.records import Attempt, AttemptEnd, Metrics

FACTS = ("has_failed", "is_running", "is_queued", "has_begun")


def test_the_weightiest_fact_about_a_run_decides() -> None:
    order = [RunState.FAILED, RunState.RUNNING, RunState.QUEUED, RunState.INTERRUPTED]
    for facts in itertools.product([False, True], repeat=4):
        expected = next((state for state, is_so in zip(order, facts, strict=True) if is_so), RunState.NOT_STARTED)
        assert derive_state(None, *facts) == expected
        for status in (AttemptEnd.COMPLETE, AttemptEnd.PRUNED):
            assert derive_state(Metrics(run_id="a", status=status), *facts) == status


def test_every_state_is_over_idle_or_moving() -> None:
    assert not OVER & IDLE
    assert set(RunState) - OVER - IDLE == {RunState.QUEUED, RunState.RUNNING, RunState.UNREADABLE}


@pytest.mark.parametrize(
    ("num_open", "num_failed", "is_at_work", "is_queued", "state"),
    [
        (0, 0, False, False, SweepState.COMPLETE),
        (3, 0, False, False, SweepState.STOPPED),
        (0, 1, False, False, SweepState.FAILED),
        (3, 1, False, False, SweepState.FAILED),
        (3, 1, True, False, SweepState.RUNNING),
        (3, 0, True, True, SweepState.RUNNING),
        (3, 0, False, True, SweepState.QUEUED),
        (3, 1, False, True, SweepState.QUEUED),
    ],
)
def test_the_state_of_a_sweep(
    num_open: int, num_failed: int, is_at_work: bool, is_queued: bool, state: SweepState
) -> None:
    assert sweep_state(num_open, num_failed, is_at_work, is_queued=is_queued) == state


def test_files_keep_their_words_and_old_ones_are_read() -> None:
    begun = '"number": 1, "job_id": "1", "host": "h", "pid": 1, "process_created": 1.5e9, "started_at": "t"'
    for word in ("complete", "pruned", "preempted", "timeout", "died", "out of memory", "failed"):
        attempt = Attempt.model_validate_json(f'{{{begun}, "end": "{word}"}}')
        assert f'"end":"{word}"' in attempt.model_dump_json()
    for word in ("running", "complete", "pruned", "failed"):
        trial = TrialRecord.model_validate({"number": 0, "run_id": "a", "alpha": 0, "temperature": 1, "state": word})
        assert f'"state":"{word}"' in trial.model_dump_json()
    assert '"status":"complete"' in Metrics.model_validate_json('{"run_id": "a"}').model_dump_json()
