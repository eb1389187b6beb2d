"""A plan under another sweep file than the results were made with says what a start would find."""

from typing import Any

import pytest

from harness.commands.read_only.estimate import num_left
from harness.commands.read_only.planned import read_planned
from harness.state.attempts.run_state import RunState
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from kd.files import read_record, write_record
from kd.records import AttemptEnd, History, Metrics


def plan_with(plan: Plan, **search: Any) -> Plan:
    """The plan of the same sweep with another search."""
    content = plan.sweep.model_dump(mode="json")
    content["search"] |= search
    return Plan(Sweep.model_validate(content), plan.data.digest)


def test_a_plan_says_what_a_start_with_another_search_would_find(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    controller = lab.controller()
    controller.run()
    plan, folder = controller.plan, controller.folder
    fewer, other = plan_with(plan, num_trials=2), plan_with(plan, space={"alpha": {"low": 0.0, "high": 0.1}})

    now = read_planned(folder, fewer)
    assert [trial.number for trial in now.searches[""].trials] == [0, 1]
    assert now.searches[""].best is not None
    assert num_left(now) >= 0

    now = read_planned(folder, other)
    search = [step.run.id for step in now.steps if step.stage == "search"]
    assert search and not any(map(now.is_over, search)), "other settings"
    assert "final" not in {step.stage for step in now.steps}, "not chosen yet"

    found = lab.controller(search={"num_trials": 2})
    found.run()
    assert found.searches == read_planned(folder, fewer).searches

    lab.controller().run()
    with monkeypatch.context() as context:
        context.setattr("harness.controller.search.results.replayed", None)  # not gone through where it is the same
        assert read_planned(folder, plan).searches == controller.searches


def test_a_trial_that_another_pruner_ended_is_still_to_do(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    run_id = controller.searches[""].trials[1].run_id
    run = controller.folder.run(run_id)
    metrics, history = read_record(run / "metrics.json", Metrics), read_record(run / "history.json", History)
    write_record(run / "metrics.json", metrics.model_copy(update={"status": AttemptEnd.PRUNED}))
    write_record(run / "history.json", history.model_copy(update={"epochs": history.epochs[:1]}))
    now = read_planned(controller.folder, plan_with(controller.plan, pruner="none"))
    assert now.state_of(run_id) == RunState.INTERRUPTED
