"""What scripts read of plan, status and why."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness.commands.read_only.as_json import PlanAccount, RunAccount, StatusAccount
from harness.console.hints import Hints
from tests.support.broken_net import FAILS_IN_TRAINING
from tests.support.command_line import complain, invoke


def test_a_plan(lab: Any) -> None:
    result = invoke("plan", "--sweep", str(lab.write()), "--results", str(lab.results), "--json")
    plan = PlanAccount.model_validate_json(result.stdout)
    assert (result.exit_code, plan.sweep, plan.teacher_logits) == (0, "mini", "kept")
    assert [(stage.stage, stage.runs, stage.done, stage.to_do) for stage in plan.stages][:2] == [
        ("teacher", 1, 0, 1),
        ("logits", 1, 0, 1),
    ]
    assert plan.data.startswith("10 classes: ")
    assert not (lab.results / "mini").exists()
    assert plan.estimate is not None and (plan.estimate.device, plan.estimate.wall_hours) == ("cpu", None)
    assert plan.estimate.unknown == ["mnist_cnn", "mnist_mlp"]


def test_a_plan_reckons_by_what_was_measured(lab: Any) -> None:
    lab.controller().run()
    at = ("--sweep", str(lab.write()), "--results", str(lab.results), "--json")
    assert PlanAccount.model_validate_json(invoke("plan", *at).stdout).estimate is None, "nothing is left"
    more = PlanAccount.model_validate_json(invoke("plan", *at, "--set", "seeds=4").stdout).estimate
    assert more is not None and more.wall_hours is not None and more.wall_hours > 0
    assert [(rate.model, rate.source) for rate in more.rates] == [("mnist_mlp", "measured in 5 run(s) of this sweep")]


def test_a_finished_sweep(lab: Any) -> None:
    controller = lab.controller()
    at = ("--sweep", "mini", "--results", str(lab.results), "--json")
    controller.folder.create()
    before = StatusAccount.model_validate_json(invoke("status", *at).stdout)
    assert (before.state, before.done, before.best, before.next) == (
        "stopped",
        0,
        None,
        Hints(controller.folder).again(),
    )
    controller.run()
    result = invoke("status", *at)
    status = StatusAccount.model_validate_json(result.stdout)
    assert (result.exit_code, status.state, status.done, status.total) == (0, "complete", 11, 11)
    assert (status.failed, status.running, status.next) == ([], [], None)
    assert status.best is not None and status.best.setting.keys() == {"alpha", "temperature"}
    assert status.best.metric == controller.plan.sweep.search.metric
    run = RunAccount.model_validate_json(invoke("why", *at, "--run", "teacher").stdout)
    assert (run.state, run.epochs_done, run.num_epochs, run.failure) == ("complete", 1, 1, None)
    assert [attempt.number for attempt in run.attempts] == [1]
    assert "2 runs begin with 'baseline'" in complain("why", *at, "--run", "baseline")


@pytest.mark.thorough
def test_a_failed_sweep_has_an_exit_code_and_its_runs_a_reason(
    lab: Any, add_module: Callable[[str, str], None]
) -> None:
    add_module("no_teacher", FAILS_IN_TRAINING)
    controller = lab.controller(teacher={"model": "no_teacher:build", "epochs": 1})
    assert not controller.run()
    teacher, at = controller.plan.teachers[0].id, ("--sweep", "mini", "--results", str(lab.results))
    assert invoke("status", *at).exit_code == 1
    result = invoke("status", *at, "--json")
    status = StatusAccount.model_validate_json(result.stdout)
    hints = Hints(controller.folder)
    assert (result.exit_code, status.state, [each.run for each in status.failed]) == (1, "failed", [teacher])
    assert status.failed[0].reason == "KeyError: 'head'"
    assert status.failed[0].why == hints.why(teacher)
    assert status.next == hints.again(retry_failed=True)
    logits = json.loads(invoke("why", *at, "--run", "logits", "--json").stdout)
    assert (logits["is_blocked"], logits["waits_for"]) == (True, [{"run": teacher, "state": "failed"}])
    asked = invoke("why", *at).stdout.splitlines()
    assert asked[0] == f"failed: {hints.why(teacher)}"
