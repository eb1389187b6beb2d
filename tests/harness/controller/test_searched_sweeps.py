"""Sweeps that search, carried out in this process: what is tried, what is chosen, and what is trained with it."""

from pathlib import Path
from typing import Any

import pytest

from harness.report.results.reading.reader import read_results
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from harness.state.attempts.run_state import RunState
from harness.state.files.records import TrialRecord, Trials
from harness.state.stages.graph import known_steps
from kd.files import read_record, write_record
from kd.records import AttemptEnd, History, Metrics, Pruning
from tests.support.sweep_lab import roles

EN = language("en")


def test_the_best_are_trained_again_before_one_is_chosen(lab: Any) -> None:
    controller = lab.controller(search={"num_trials": 4, "concurrency": 2, "top": 2, "repeats": 2})
    assert controller.run()
    search = controller.searches[""]
    trials = search.trials
    again = [trial for trial in trials if trial.repeats]
    assert len(again) == 2
    assert min(trial.value for trial in again) >= max(trial.value for trial in trials if not trial.repeats)
    assert all(repeat.state == "complete" for trial in again for repeat in trial.repeats)
    assert trials[search.best].mean == max(trial.mean for trial in again)
    submitted = controller._executor.submitted
    assert roles(submitted)["search"] == 4 + 2 * 2
    assert {run_id.rpartition("-s")[2] for run_id in submitted if "search" in run_id} == {"1000", "1001", "1002"}
    standing = controller.snapshot().standing(is_controlled=False)
    assert {stage.stage: (stage.done, stage.total) for stage in standing.stages}["search"] == (8, 8)
    assert standing.state == "complete"
    assert not read_results(controller.folder.path).other_runs


def test_a_search_of_the_student_is_carried_out_and_its_best_is_what_the_finals_train(lab: Any) -> None:
    space = {"temperature": None, "student.optimizer.lr": {"low": 1e-4, "high": 1e-2, "log": True}}
    controller = lab.controller(search={"num_trials": 4, "concurrency": 2, "space": space})
    assert controller.run()
    search = controller.searches[""]
    best = search.trials[search.best]
    assert list(best.params) == ["alpha", "student.optimizer.lr"]
    assert (best.alpha, best.temperature) == (best.params["alpha"], 2.0)
    finals = [step.run.config for step in controller.steps if step.stage == "final"]
    assert {final.training.optimizer.lr for final in finals} == {best.params["student.optimizer.lr"]}
    assert {final.distill.alpha for final in finals} == {best.params["alpha"]}
    results = read_results(controller.folder.path)
    assert results.standing.is_finished
    assert not results.other_runs


def test_the_finals_train_the_best_trial_and_the_test_reads_all_models(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    trials = controller.searches[""]
    best = trials.trials[trials.best]
    assert best.value == max(trial.value for trial in trials.trials if trial.state == "complete")
    finals = controller.plan.finals({"alpha": best.alpha, "temperature": best.temperature})
    test = next(step.run for step in controller.steps if step.stage == "test")
    expected = [controller.plan.teachers[0].id, *(run.id for run in [*controller.plan.baselines(), *finals])]
    assert list(test.config.models) == expected
    metrics = read_record(controller.folder.run(test.id) / "metrics.json", Metrics)
    assert set(metrics.test) == set(expected)
    assert all(scores.num_images == 100 for scores in metrics.test.values())


@pytest.mark.thorough
def test_a_search_longer_than_a_turn_is_taken_up_again_whole(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lab.controller()
    first.run()
    monkeypatch.setattr("harness.controller.loop.SEARCH_S", 0.0)
    again = lab.controller()
    assert again.run()
    assert again.searches[""] == first.searches[""]
    assert again._executor.submitted == []
    assert again.steps[-1].stage == "test"


def test_more_trials_run_only_the_new_ones_and_what_depends_on_them(lab: Any) -> None:
    first = lab.controller()
    first.run()
    more = lab.controller(search={"num_trials": 7, "concurrency": 2})
    more.run()
    counts = roles(more._executor.submitted)
    assert counts["search"] == 3
    assert not {"teacher", "logits", "baseline"} & set(counts)
    assert more.searches[""].trials[:4] == first.searches[""].trials
    # the finals and the test run again only if another setting won
    changed = more.searches[""].best != first.searches[""].best
    assert (counts["final"], counts["test"]) == ((2, 1) if changed else (0, 0))


METHODS = ["kd", {"loss": "dkd", "space": {"beta": {"values": [1.0, 8.0]}}}]
THREE_TRIALS = {"num_trials": 3, "concurrency": 2}


@pytest.mark.slow
@pytest.mark.parametrize("num_slots", [1, 3])
def test_a_student_that_is_searched_has_its_baseline_searched_as_much(lab: Any, num_slots: int) -> None:
    search = THREE_TRIALS | {"space": {"student.optimizer.lr": {"low": 1e-4, "high": 1e-2, "log": True}}}
    controller = lab.controller(search=search, methods=METHODS)
    controller._executor.num_slots = num_slots
    assert controller.run()
    submitted = controller._executor.submitted
    assert roles(submitted) == {"teacher": 1, "logits": 1, "search": 9, "baseline": 2, "final": 4, "test": 1}
    tuned = controller.searches["baseline"]
    best = tuned.trials[tuned.best]
    assert best.value == max(trial.value for trial in tuned.trials)
    assert {trial.alpha for trial in tuned.trials} == {None}
    rates = {step.run.config.training.optimizer.lr for step in controller.steps if step.stage == "baseline"}
    assert rates == {best.params["student.optimizer.lr"]}
    results = read_results(controller.folder.path)
    assert results.standing.state == "complete"
    assert results.alone.best.run_id == best.run_id
    assert {arm.key: len(arm.runs) for arm in results.arms if arm.kind != "teacher"}["baseline"] == 2


@pytest.mark.slow
def test_the_headline_is_the_method_whose_search_found_the_best(lab: Any) -> None:
    controller = lab.controller(search=THREE_TRIALS, methods=METHODS)
    assert controller.run()
    values = {key: trials.trials[trials.best].value for key, trials in controller.searches.items()}
    results = read_results(controller.folder.path)
    assert results.headline.method.key == max(values, key=values.get)
    keys = {one.method.key: one.arm for one in results.methods}
    other = next(key for key in keys if key != results.headline.method.key)
    arms = {arm.key: arm for arm in results.arms}
    assert arms["distilled"].method == results.headline.method.key
    assert arms[keys[other]].kind == "method"
    assert arms[keys[other]].method == other
    assert all(run.state == "complete" for arm in results.arms for run in arm.runs)
    assert find_missing(results, EN) == []


def test_the_test_waits_for_every_method(lab: Any) -> None:
    broken = {"loss": "dkd", "space": {"beta": {"values": [1.0]}}}
    controller = lab.controller(search=THREE_TRIALS, methods=["kd", broken])
    plan = controller.plan
    dkd = plan.methods[1]
    params = {"alpha": 0.5, "temperature": 2.0}
    done = TrialRecord(
        number=0, run_id=plan.trial(params).id, params=params, state="complete", value=0.5, alpha=0.5, temperature=2.0
    )
    chosen = Trials(trials=(done,) * 3, best=0)
    runs = [*plan.taught_by, *plan.baselines(), *plan.finals(params), plan.trial(params)]
    states = {run.id: RunState.COMPLETE for run in runs}

    def state_of(run_id: str) -> RunState:
        return states.get(run_id, RunState.NOT_STARTED)

    assert [step.stage for step in known_steps(plan, {"kd": chosen}, state_of)].count("test") == 0
    failed = done.model_copy(update={"run_id": plan.trial(params | {"beta": 1.0}, dkd).id, "state": RunState.FAILED})
    states[failed.run_id] = RunState.FAILED
    lost = {"kd": chosen, "dkd": Trials(trials=(failed,) * 3)}
    assert [step.stage for step in known_steps(plan, lost, state_of)].count("test") == 1


def test_baseline_and_final_share_seeds_and_the_search_has_its_own(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    seeds = {role: set() for role in ("baseline", "final", "search")}
    for run_id in controller._executor.submitted:
        role, _, seed = run_id.partition("-")[0], *run_id.rpartition("-s")[1:]
        if role in seeds:
            seeds[role].add(seed)
    assert seeds["baseline"] == seeds["final"] == {"0", "1"}
    assert seeds["search"].isdisjoint(seeds["final"])


def _prune_after_an_epoch(run: Path) -> None:
    metrics = read_record(run / "metrics.json", Metrics)
    history = read_record(run / "history.json", History)
    write_record(run / "metrics.json", metrics.model_copy(update={"status": AttemptEnd.PRUNED, "epochs": 1}))
    write_record(run / "history.json", history.model_copy(update={"epochs": history.epochs[:1]}))
    write_record(run / "pruning.json", Pruning(metric="val_accuracy", thresholds={1: 2.0}))


def test_a_trial_is_made_again_that_this_search_would_not_have_ended_or_of_which_it_cannot_be_told(lab: Any) -> None:
    """With another pruner than the search had before, say: what follows is what a search from nothing finds."""
    first = lab.controller()
    first.run()
    pruned, untold = (trial.run_id for trial in first.searches[""].trials[1:3])
    _prune_after_an_epoch(first.folder.run(pruned))
    (first.folder.run(untold) / "history.json").unlink()
    again = lab.controller()
    assert again.run()
    assert sorted(again._executor.submitted) == sorted([pruned, untold])
    assert again.searches == first.searches
    assert not (again.folder.run(pruned) / "pruning.json").exists()
