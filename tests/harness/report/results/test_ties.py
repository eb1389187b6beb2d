"""Trials that share the best value: counted by run, and by the mean of those that were trained again."""

from collections.abc import Mapping
from types import MappingProxyType

from harness.report.results.ties import Tie, find_tie
from harness.report.text.findings.advice import tie_advice
from harness.state.attempts.run_state import RunState
from harness.state.files.records import RepeatRecord, TrialRecord, Trials
from harness.sweep.search.config import SearchConfig
from kd.records import Scores
from tests.support.invented_search import trial


def tie_of(*trials: TrialRecord, best: int | None = 0, val: Mapping[str, Scores] = MappingProxyType({})) -> Tie | None:
    return find_tie(Trials(trials=trials, best=best), SearchConfig(), val)


def again(record: TrialRecord, *values: float) -> TrialRecord:
    repeats = (RepeatRecord(run_id=f"{record.run_id}0", state=RunState.COMPLETE, value=value) for value in values)
    return record.model_copy(update={"repeats": tuple(repeats)})


def test_trials_of_one_value_are_counted() -> None:
    values = (0.9, 0.8, 0.9)
    trials = [trial(n, 0.5, 1.0 + n, value) for n, value in enumerate(values)]
    assert tie_of(*trials, best=2) == Tie(2, 0.9, "val_accuracy", 2, 3)
    found = tie_of(trials[0], trials[2])
    assert found == Tie(0, 0.9, "val_accuracy", 2, 2) and found.is_whole
    assert tie_of(*trials[:2]) is None
    assert tie_of(*trials, best=None) is None


def test_models_that_learned_nothing_leave_nothing_to_tell() -> None:
    trials = [trial(n, 0.5, 2.0 + n, 0.5) for n in range(3)]
    guess = Scores(num_images=40, accuracy=0.5, nll=0.7, confusion=[[20, 0], [20, 0]])
    right = guess.model_copy(update={"accuracy": 1.0, "confusion": [[20, 0], [0, 20]]})
    val = {one.run_id: guess for one in trials}
    found = tie_of(*trials, val=val)
    assert found is not None and found.learned_nothing and tie_advice(found).rule == "tied-guessing"
    assert tie_advice(found).change is None  # no other metric tells more
    for fewer in ({**val, trials[1].run_id: right}, dict(list(val.items())[:2]), {}):
        told = tie_of(*trials, val=fewer)
        assert told is not None and not told.learned_nothing and tie_advice(told).rule == "tied"


def test_what_is_pruned_or_shares_its_run_is_no_tie() -> None:
    one = trial(0, 0.5, 2.0, 0.9)
    shared = trial(1, 0.5, 2.0, 0.9).model_copy(update={"run_id": one.run_id})
    assert tie_of(one, shared, trial(2, 0.5, 3.0, 0.9, "pruned"), trial(3, 0.5, 4.0, None, "failed")) is None


def test_of_settings_that_were_trained_again_the_means_tie() -> None:
    trials = [again(trial(0, 0.5, 2.0, 0.1), 0.3), again(trial(1, 0.5, 3.0, 0.3), 0.1), trial(2, 0.5, 4.0, 0.2)]
    assert tie_of(*trials) == Tie(0, 0.2, "val_accuracy", 2, 2, is_repeated=True)
