"""Where a sweep stands, counted from what is known of its runs."""

from typing import Any

import pytest

from harness.state.attempts.run_state import RunState
from harness.state.files.records import RepeatRecord, TrialRecord, Trials
from harness.state.stages.graph import known_steps
from harness.state.standing.counts import Standing, find_standing
from harness.sweep.plan import Plan


@pytest.fixture
def plan(lab: Any) -> Plan:
    found, _ = lab.open(search={"num_trials": 3})
    assert isinstance(found, Plan)
    return found


def trial(plan: Plan, number: int, alpha: float) -> TrialRecord:
    record = TrialRecord(number=number, run_id="x", alpha=alpha, temperature=2.0)
    return record.model_copy(update={"run_id": plan.trial(record.params).id})


def stand(plan: Plan, states: dict[str, RunState], trials: Trials, is_controlled: bool = False) -> Standing:
    def state_of(run_id: str) -> RunState:
        return states.get(run_id, RunState.NOT_STARTED)

    steps = known_steps(plan, {"": trials}, state_of)
    return find_standing(plan, steps, {"": trials}, state_of, is_controlled)


def search(plan: Plan, best: int | None, *alphas: float) -> Trials:
    return Trials(trials=tuple(trial(plan, number, alpha) for number, alpha in enumerate(alphas)), best=best)


def test_nothing_was_started(plan: Plan) -> None:
    found = stand(plan, {}, Trials())
    assert (found.done, found.total, found.state, found.is_finished) == (0, 10, "stopped", False)
    assert stand(plan, {}, Trials(), is_controlled=True).state == "running"
    assert stand(plan, {plan.teachers[0].id: RunState.RUNNING}, Trials()).state == "running"


def test_where_the_teacher_failed_nothing_is_left_however_long_a_controller_lives(plan: Plan) -> None:
    states = {plan.teachers[0].id: RunState.FAILED} | {run.id: RunState.COMPLETE for run in plan.baselines()}
    trials = search(plan, None, 0.1, 0.2, 0.3)
    found = stand(plan, states, trials, is_controlled=True)
    assert (found.done, found.is_finished, found.state) == (3, True, "failed")
    blocked = {stage.stage: stage.blocked for stage in found.stages}
    assert (blocked["search"], blocked["baseline"], blocked["teacher"]) == (3, 0, 0)
    assert stand(plan, states, search(plan, None, 0.1, 0.2), is_controlled=True).state == "running"


def test_repeats_of_the_best_are_runs_of_the_search(lab: Any) -> None:
    plan, _ = lab.open(search={"num_trials": 3, "top": 2, "repeats": 2})
    asked = search(plan, None, 0.1, 0.2, 0.3)
    states = {run.id: RunState.COMPLETE for run in [*plan.taught_by, *plan.baselines()]}
    total = {stage.stage: stage.total for stage in stand(plan, states, asked).stages}["search"]
    assert total == 3 + 4
    states |= {each.run_id: RunState.COMPLETE for each in asked.trials}
    repeats = [RepeatRecord(run_id=plan.trial(asked.trials[0].params, repeat=n).id) for n in (1, 2)]
    told = [each.model_copy(update={"state": RunState.COMPLETE}) for each in asked.trials]
    known = Trials(trials=(told[0].model_copy(update={"repeats": tuple(repeats)}), *told[1:]))
    one = stand(plan, states, known.model_copy(update={"trials": known.trials[:1]}))
    assert stages(one)["search"] == (3 + 4, None)  # of the others nothing is known yet
    found = {stage.stage: (stage.done, stage.total) for stage in stand(plan, states, known).stages}
    assert found["search"] == (3, 5)  # of the best one alone, were the others not complete
    assert not stand(plan, states, known).is_finished
    steps = known_steps(plan, {"": known}, lambda _: RunState.NOT_STARTED)
    searched = [step.run for step in steps if step.stage == "search"]
    assert [run.config.seed for run in searched] == [1001, 1002, 1000, 1000, 1000]
    assert [run.id for run in searched[:2]] == [repeat.run_id for repeat in repeats]


def test_two_trials_of_one_setting_are_two_of_the_search_and_a_sweep_can_be_complete_with_them(plan: Plan) -> None:
    trials = search(plan, 0, 0.1, 0.1, 0.3)
    runs = [*plan.taught_by, *plan.baselines(), *plan.finals(trials.trials[0].params)]
    states = {run.id: RunState.COMPLETE for run in runs} | {t.run_id: RunState.COMPLETE for t in trials.trials}
    assert stand(plan, states, trials).state == "stopped"
    (test,) = (
        step
        for step in known_steps(plan, {"": trials}, lambda run_id: states.get(run_id, RunState.NOT_STARTED))
        if step.stage == "test"
    )
    found = stand(plan, states | {test.run.id: RunState.COMPLETE}, trials, is_controlled=True)
    assert (found.done, found.total, found.state) == (10, 10, "complete")


def test_a_search_that_is_about_to_choose_is_not_over(plan: Plan) -> None:
    trials = search(plan, None, 0.1, 0.2, 0.3)
    runs = [*plan.taught_by, *plan.baselines()]
    states = {run.id: RunState.COMPLETE for run in runs} | {t.run_id: RunState.COMPLETE for t in trials.trials}
    assert stand(plan, states, trials, is_controlled=True).state == "running"
    pruned = states | {t.run_id: RunState.PRUNED for t in trials.trials}
    assert stand(plan, pruned, trials, is_controlled=True).is_finished


def test_of_a_damaged_run_nobody_can_tell(plan: Plan) -> None:
    assert stand(plan, {plan.baselines()[0].id: RunState.UNREADABLE}, Trials()).state == "unreadable"


def stages(found: Standing) -> dict[str, tuple[int, int | None]]:
    """Of each stage how many runs there will be, and may be."""
    return {stage.stage: (stage.total, stage.most) for stage in found.stages}


def test_only_what_a_sweep_has_is_counted_and_a_failed_run_is_no_success(plan: Plan) -> None:
    first, second = plan.baselines()
    found = stand(plan, {first.id: RunState.COMPLETE, second.id: RunState.FAILED}, Trials())
    assert (found.done, found.succeeded, found.failed) == (2, 1, [second.id])
    assert (found.stages[2].stage, found.stages[2].succeeded) == ("baseline", 1)
    assert stages(found) == {
        "teacher": (1, None), "logits": (1, None), "baseline": (2, None), "search": (3, None), "final": (2, None),
        "test": (1, None),
    }  # fmt: skip


def test_where_seeds_may_be_added_it_is_said_how_many_there_may_be_and_nothing_is_finished(lab: Any) -> None:
    plan, _ = lab.open(search=None, seeds={"min": 2, "max": 8})
    runs = [*plan.taught_by, *plan.baselines(), *plan.finals({})]
    found = stand(plan, {run.id: RunState.COMPLETE for run in runs}, Trials())
    assert (stages(found)["baseline"], stages(found)["final"]) == ((2, 8), (2, 8))
    assert stages(found)["teacher"] == (1, None)
    assert not found.is_finished
    most, _ = lab.open(search=None, seeds={"min": 8, "max": 8})
    assert stages(stand(most, {}, Trials()))["final"] == (8, None)


def test_a_sweep_is_queued_by_its_jobs_or_by_its_controller(plan: Plan) -> None:
    waiting = stand(plan, {plan.teachers[0].id: RunState.QUEUED}, Trials())
    assert waiting.state == "queued"
    assert stand(plan, {}, Trials())._replace(is_controller_queued=True).state == "queued"


def test_of_a_searched_student_the_searches_with_and_without_a_teacher_are_counted_apart(lab: Any) -> None:
    space = {"alpha": {"low": 0.0, "high": 1.0}, "student.optimizer.lr": {"low": 1e-4, "high": 1e-2}}
    plan, _ = lab.open(search={"num_trials": 3, "space": space})
    found = stand(plan, {}, Trials())
    assert (stages(found)["tuning"], stages(found)["search"]) == ((3, None), (3, None))


def test_two_methods_that_chose_one_setting_share_its_runs(lab: Any) -> None:
    same = [{"name": name, "loss": "kd"} for name in ("one", "other")]
    plan, _ = lab.open(methods=same, compare=[], search={"num_trials": 1})
    trials = {method.key: search(plan, None, 0.5) for method in plan.methods}
    state_of = {trials["one"].trials[0].run_id: RunState.COMPLETE}.get

    def count(best: int | None) -> int:
        known = {key: each.model_copy(update={"best": best}) for key, each in trials.items()}
        found = find_standing(plan, [*known_steps(plan, known, at)], known, at, False)
        return stages(found)["final"][0]

    def at(run_id: str) -> RunState:
        return state_of(run_id) or RunState.NOT_STARTED

    assert (count(None), count(0)) == (4, 2)
