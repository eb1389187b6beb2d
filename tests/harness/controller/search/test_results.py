"""What a search is told of a run, and when the run has to be made again instead."""

from pathlib import Path
from typing import Any

import pytest

from harness.controller.search.results import open_search, replayed, trial_result
from harness.controller.search.study import TrialResult
from harness.state.attempts.run_state import RunState
from harness.state.files.records import Trials
from kd.files import write_record
from kd.records import EpochRecord, History, Pruning


def write_history(run: Path, accuracies: list[float]) -> None:
    measured = {"lr": 0.1, "train_loss": 1, "hard_loss": 1, "train_accuracy": 0.5, "seconds": 1, "images_per_s": 1}
    epochs = tuple(
        EpochRecord.model_validate(measured | {"epoch": number, "val_loss": 1 - value, "val_accuracy": value})
        for number, value in enumerate(accuracies, start=1)
    )
    write_record(run / "history.json", History(num_epochs=4, epochs=epochs))


@pytest.mark.parametrize(
    ("thresholds", "is_told"),
    [({2: 0.5}, True), ({2: 0.3}, False), ({1: 0.5, 3: 0.5}, False), (None, False)],
)
def test_of_a_pruned_run_a_search_is_told_that_would_have_ended_it_there(
    tmp_path: Path, thresholds: dict[int, float] | None, is_told: bool
) -> None:
    write_history(tmp_path, [0.2, 0.4])
    pruning = None if thresholds is None else Pruning(metric="val_accuracy", thresholds=thresholds)
    found = trial_result(tmp_path, RunState.PRUNED, "val_accuracy", pruning)
    assert found == (TrialResult(RunState.PRUNED, [0.2, 0.4], 0.6) if is_told else None)


def test_of_a_complete_run_it_is_told_whatever_its_pruner_unless_the_history_is_gone(tmp_path: Path) -> None:
    assert trial_result(tmp_path, RunState.COMPLETE, "val_loss", None) is None
    write_history(tmp_path, [0.25, 0.5])
    pruning = Pruning(metric="val_loss", thresholds={1: 0.1})
    assert trial_result(tmp_path, RunState.COMPLETE, "val_loss", pruning) == (RunState.COMPLETE, [0.75, 0.5], 0.5)


def test_a_search_is_found_as_a_start_would_find_it_and_what_would_be_made_again_is_named(lab: Any) -> None:
    plan, folder = lab.open()
    (method,) = plan.methods
    search = open_search(plan, method)

    def carry_out(run_id: str) -> TrialResult | None:
        folder.run(run_id).mkdir(parents=True)
        write_history(folder.run(run_id), [0.1, 0.5])
        return trial_result(folder.run(run_id), RunState.COMPLETE, "val_accuracy", None)

    def found(**states: RunState) -> tuple[Trials, set[str]]:
        searches, again = replayed({method.key: Trials()}, plan, folder, lambda run: states.get(run, RunState.COMPLETE))
        return searches[method.key], again

    search.advance(carry_out)
    one, two, *_ = (trial.run_id for trial in search.trials)
    trials, again = found()
    assert [trial.run_id for trial in trials.trials] == [trial.run_id for trial in search.trials]
    assert [trial.value for trial in trials.trials] == [0.5] * 4 and trials.best == 0 and not again
    assert found(**{one: RunState.RUNNING, two: RunState.PRUNED})[1] == {two}  # another search ended it
    (folder.run(two) / "history.json").unlink()
    trials, again = found()
    assert trials.best is None and again == {two}
