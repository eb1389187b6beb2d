"""Which steps there are by now, and what each waits for."""

from typing import Any

import pytest

from harness.state.attempts.run_state import RunState
from harness.state.files.records import RepeatRecord, TrialRecord, Trials
from harness.state.stages.graph import last_steps, steps_before_test, trial_runs_of
from harness.sweep.runs import VIEWS_OF_A_PART

SHIFTED = {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100, "augment": {"shift": 1}}


def test_a_long_pass_is_divided_and_sealed_when_all_parts_are_there(lab: Any) -> None:
    plan, _ = lab.open(data=SHIFTED, student={"model": "mnist_mlp", "epochs": 2 * VIEWS_OF_A_PART + 1})
    views = [(part.config.first_view, part.config.num_views) for part in plan.logits_parts]
    assert views == [(0, VIEWS_OF_A_PART), (VIEWS_OF_A_PART, VIEWS_OF_A_PART), (2 * VIEWS_OF_A_PART, 1)]
    assert {part.config.part_of for part in plan.logits_parts} == {plan.logits.id}
    steps = {step.run.id: step for step in steps_before_test(plan, lab.controller().searches)}
    assert set(steps[plan.logits.id].needs) == {plan.teachers[0].id, *(part.id for part in plan.logits_parts)}
    short, _ = lab.open(data=SHIFTED, student={"model": "mnist_mlp", "epochs": VIEWS_OF_A_PART})
    assert short.logits_parts == []


def _abreast(plan: Any, stage: str, searches: Any) -> list[int | None]:
    return [step.num_abreast for step in steps_before_test(plan, searches) if step.stage == stage]


ADAM = {"model": "mnist_mlp", "epochs": 1, "batch_size": 32}
CHOSEN = {"": Trials(trials=(TrialRecord(number=0, run_id="search-a", params={"alpha": 0.5}, alpha=0.5),), best=0)}


@pytest.mark.parametrize(
    ("changes", "teachers", "logits"),
    [
        ({}, [1], [1]),
        ({"teacher": None, "teachers": [ADAM, ADAM, ADAM]}, [3, 3, 3], [1]),
        ({"teacher": ADAM | {"seeds": 3}}, [1, None, None], [1, None, None]),  # the other two beside the search
        ({"teacher_logits": {"online": True}}, [1], []),
        ({"data": SHIFTED, "student": ADAM | {"epochs": VIEWS_OF_A_PART + 1}}, [1], [2, 2, 1]),
    ],
)
def test_the_critical_path_is_the_teachers_and_their_pass(lab: Any, changes: Any, teachers: Any, logits: Any) -> None:
    plan, _ = lab.open(**changes)
    assert _abreast(plan, "teacher", {}) == teachers
    assert _abreast(plan, "logits", {}) == logits
    assert set(_abreast(plan, "baseline", {})) == {None}


def test_a_pass_for_another_student_is_not_what_the_first_waits_for(lab: Any) -> None:
    students = [{"name": name, **ADAM, "augment": {"shift": shift}} for name, shift in (("one", 1), ("two", 2))]
    plan, _ = lab.open(student=None, students=students)
    assert _abreast(plan, "teacher", {}) == [1]
    assert _abreast(plan, "logits", {}) == [1, None]


@pytest.mark.parametrize(
    ("changes", "finals"),
    [
        ({"seeds": 1}, [1]),
        ({"seeds": 2}, [None, None]),
        ({"seeds": 1, "compare": [{"alpha": 0.9, "temperature": 4.0}]}, [None]),
        ({"seeds": 1, "controls": ["smoothed_labels"]}, [None]),
        ({"seeds": 1, "search": None}, [None]),  # it begins with the baseline
    ],
)
def test_a_final_run_is_critical_where_it_is_the_last_training(lab: Any, changes: Any, finals: Any) -> None:
    plan, _ = lab.open(**changes)
    assert _abreast(plan, "final", CHOSEN) == finals


def test_readings_of_test_share_the_slots(lab: Any) -> None:
    plan, _ = lab.open(search=None, seeds=1)
    searched = steps_before_test(plan, {})
    (test,) = last_steps(plan, {}, searched, lambda run_id: RunState.COMPLETE)
    assert test.num_abreast == 1
    plan, _ = lab.open(search=None, seeds=1, corruptions=True)
    both = last_steps(plan, {}, steps_before_test(plan, {}), lambda run_id: RunState.COMPLETE)
    assert [step.num_abreast for step in both] == [2, 2]


def test_of_several_students_those_with_both_sides_are_read_where_another_failed(lab: Any) -> None:
    students = [ADAM | {"name": name, "epochs": epochs} for name, epochs in (("one", 1), ("two", 2))]
    plan, _ = lab.open(student=None, students=students, search=None, seeds=1)
    steps = steps_before_test(plan, {})
    one, two = [step.run.id for step in steps if step.stage == "final"]
    (test,) = last_steps(plan, {}, steps, lambda run: RunState.FAILED if run == two else RunState.COMPLETE)
    assert one in test.run.config.models and two not in test.run.config.models
    assert last_steps(plan, {}, steps, lambda run: RunState.FAILED if run in (one, two) else RunState.COMPLETE) == []


def test_a_search_has_each_trial_once_and_before_them_the_repeats_of_its_best(lab: Any) -> None:
    plan, _ = lab.open()
    (method,) = plan.methods
    settings = [{"alpha": alpha, "temperature": 2.0} for alpha in (0.1, 0.9)]
    first, second = (plan.trial(params, method).id for params in settings)
    again = [plan.trial(settings[1], method, number).id for number in (1, 2)]
    repeats = tuple(RepeatRecord(run_id=each) for each in again)
    trials = Trials(
        trials=(
            TrialRecord(number=0, run_id=first, params=settings[0]),
            TrialRecord(number=1, run_id=second, params=settings[1], repeats=repeats),
            TrialRecord(number=2, run_id=first, params=settings[0]),
        )
    )
    assert [run.id for run in trial_runs_of(plan, method, {method.key: trials})] == [*again, first, second]
