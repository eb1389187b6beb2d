"""``on_weak_teacher: stop`` ends a sweep before anything is taught, and another word lets it go on."""

from typing import Any

import pytest

from harness.controller.loop import Controller
from harness.controller.teacher_gate import TeacherGate, WeakTeacherError
from harness.state.attempts.run_state import RunState
from harness.state.stages.graph import Step, steps_before_test
from harness.sweep.plan import Plan
from tests.harness.state.stages.test_weak_teacher import complete
from tests.support.sweep_lab import InlineExecutor

USELESS = {"model": "mnist_cnn", "epochs": 1, "batch_size": 32, "optimizer": {"name": "adam", "lr": 1e-9}}


def admitted(gate: TeacherGate, plan: Plan, states: dict[str, RunState]) -> list[str]:
    steps = [
        Step("baseline", plan.baselines()[0]),
        Step("logits", plan.logits),
        Step("compare", plan.finals({})[0]),
    ]
    ready = [step for step in steps if states.get(step.run.id, RunState.NOT_STARTED) == RunState.NOT_STARTED]
    found = gate.admit(ready, {}, lambda run_id: states.get(run_id, RunState.NOT_STARTED))
    return [step.stage for step in found]


def test_with_warn_nothing_waits(lab: Any) -> None:
    plan, folder = lab.open()
    assert admitted(TeacherGate(plan, folder), plan, {}) == ["baseline", "logits", "compare"]


@pytest.mark.parametrize(("teacher", "after"), [(0.1, []), (0.95, ["logits", "compare"])])
def test_with_stop_what_is_taught_waits_for_the_judgement(lab: Any, teacher: float, after: list[str]) -> None:
    plan, folder = lab.open(on_weak_teacher="stop")
    gate = TeacherGate(plan, folder)
    assert admitted(gate, plan, {}) == ["baseline"]
    running = {run.id: RunState.RUNNING for run in [*plan.teachers, *plan.baselines()]}
    assert admitted(gate, plan, running) == []
    assert gate.weak is None
    for run, accuracy in ((plan.teachers[0], teacher), *((run, 0.9) for run in plan.baselines())):
        complete(folder, run, accuracy)
    assert admitted(gate, plan, dict.fromkeys(running, RunState.COMPLETE)) == after
    assert (gate.weak is None) == bool(after)


def test_where_no_baseline_is_complete_nobody_can_tell(lab: Any) -> None:
    plan, folder = lab.open(on_weak_teacher="stop")
    complete(folder, plan.teachers[0], 0.1)
    states = {plan.teachers[0].id: RunState.COMPLETE} | {run.id: RunState.FAILED for run in plan.baselines()}
    gate = TeacherGate(plan, folder)
    assert admitted(gate, plan, states) == ["logits", "compare"]
    assert gate.weak is None


def test_other_trainings_of_the_teacher_wait_until_it_is_judged(lab: Any) -> None:
    plan, folder = lab.open(on_weak_teacher="stop", teacher=USELESS | {"seeds": 3})
    gate = TeacherGate(plan, folder)
    own, *others = (step for step in steps_before_test(plan, {}) if step.stage == "teacher")
    assert [step.run.id for step in others] == [one.teachers[0].id for one in plan.other_teachings]
    assert gate.admit([own, *others], {}, lambda run_id: RunState.NOT_STARTED) == [own]
    over = {run.id: RunState.COMPLETE for run in (*plan.teachers, *plan.baselines())}
    for run in plan.baselines():
        complete(folder, run, 0.9)
    complete(folder, plan.teachers[0], 0.1)
    assert gate.admit(others, {}, lambda run_id: over.get(run_id, RunState.NOT_STARTED)) == []
    assert gate.weak is not None


@pytest.mark.slow
def test_a_sweep_with_a_useless_teacher_stops_and_goes_on_when_told_to(lab: Any) -> None:
    stopped = lab.controller(teacher=USELESS, on_weak_teacher="stop")
    with pytest.raises(
        WeakTeacherError, match=r"not better than .* against .*; as on_weak_teacher is stop, nothing more"
    ):
        stopped.run()
    assert {run_id.partition("-")[0] for run_id in stopped._executor.submitted} == {"teacher", "baseline"}
    again: Controller = lab.controller(teacher=USELESS)
    assert again.run()
    assert isinstance(again._executor, InlineExecutor)
    assert not {"teacher", "baseline"} & {run_id.partition("-")[0] for run_id in again._executor.submitted}
    assert lab.controller(teacher=USELESS, on_weak_teacher="stop").run()  # nothing is left to hold back
