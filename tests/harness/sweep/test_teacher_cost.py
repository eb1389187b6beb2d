"""The teacher's logits are kept where that costs less, and whoever plans is told why."""

from typing import Any

import pytest

from harness.report.analysis.attempts import find_progress
from harness.report.analysis.gains import find_rows
from harness.report.build import report_files
from harness.report.results.reader import read_results
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from harness.state.stages import steps_before_test
from harness.sweep.plan import VIEWS_OF_A_PART
from harness.sweep.teacher_cost import explain, find_teacher_cost, with_teacher_mode
from kd.files import read_record
from kd.records import History, Metrics

EN = language("en")
ONE_PASS = {"search": None, "seeds": 1}
SHIFTED = {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100, "augment": {"shift": 1}}


@pytest.mark.parametrize(
    ("changes", "is_online", "says"),
    [
        ({}, False, "kept, for 1 pass over the training images and 0.9 MB; in every step they would take 12"),
        (ONE_PASS | {"data": SHIFTED}, True, "2 passes (1 run(s) × 2 epochs); kept they would take 2 passes"),
        ({"data": SHIFTED}, False, "kept, for 2 passes over the training images and 1.8 MB; in every step"),
        ({"data": SHIFTED, "teacher_logits": {"max_gb": 0.001}}, True, "and 1.8 MB, more than max_gb 0.001."),
        ({"teacher_logits": {"online": True}}, True, "computed in every step, 12 passes"),
        (ONE_PASS | {"data": SHIFTED, "teacher_logits": {"online": False}}, False, "kept, for 2 passes"),
        ({"teacher_logits": {"dtype": "float32"}}, False, "1.8 MB"),
    ],
)
def test_logits_are_kept_where_that_costs_less(lab: Any, changes: dict[str, Any], is_online: bool, says: str) -> None:
    plan, _ = lab.open(**changes)
    cost = find_teacher_cost(plan, 45_000, 10)
    sweep = with_teacher_mode(plan.sweep, cost)
    assert sweep.teacher_logits.online is is_online
    assert says in explain(sweep, cost)


def test_a_long_pass_is_divided_and_sealed_when_all_parts_are_there(lab: Any) -> None:
    plan, _ = lab.open(data=SHIFTED, student={"model": "mnist_mlp", "epochs": 2 * VIEWS_OF_A_PART + 1})
    views = [(part.config.first_view, part.config.num_views) for part in plan.logits_parts]
    assert views == [(0, VIEWS_OF_A_PART), (VIEWS_OF_A_PART, VIEWS_OF_A_PART), (2 * VIEWS_OF_A_PART, 1)]
    assert {part.config.part_of for part in plan.logits_parts} == {plan.logits.id}
    steps = {step.run.id: step for step in steps_before_test(plan, lab.controller().trials)}
    assert set(steps[plan.logits.id].needs) == {plan.teachers[0].id, *(part.id for part in plan.logits_parts)}
    short, _ = lab.open(data=SHIFTED, student={"model": "mnist_mlp", "epochs": VIEWS_OF_A_PART})
    assert short.logits_parts == []


@pytest.mark.thorough
def test_a_sweep_over_many_views_keeps_its_logits_in_parts(lab: Any) -> None:
    student = {"model": "mnist_mlp", "epochs": VIEWS_OF_A_PART + 1, "batch_size": 32}
    controller = lab.controller(data=SHIFTED, student=student, search=None, seeds=1)
    assert controller.run()
    results = read_results(controller.folder.path)
    assert [run.state for run in results.logits_runs] == ["complete"] * 3
    assert find_missing(results, EN) == []
    assert results.other_runs == ()
    assert find_progress(results).num_done == find_progress(results).num_planned


def _accuracies(controller: Any) -> list[list[float]]:
    histories = [read_record(controller.folder.run(run.id) / "history.json", History) for run in _finals(controller)]
    return [[epoch.val_accuracy for epoch in history.epochs] for history in histories]


def _finals(controller: Any) -> Any:
    return controller.plan.finals(controller.plan.sweep.distill)


def test_a_sweep_taught_online_keeps_no_logits_and_comes_to_the_same(lab: Any, tmp_path: Any) -> None:
    changes = {"search": None, "seeds": 2, "data": SHIFTED}
    online = lab.controller(**changes, teacher_logits={"online": True})
    assert online.run()
    assert not (online.folder.path / "teacher_logits").exists()
    assert all(step.stage != "logits" for step in online.steps)
    results = read_results(online.folder.path)
    assert results.logits_runs == ()
    assert find_missing(results, EN) == []
    assert find_progress(results) == (6, 6)
    (tmp_path / "kept").mkdir()
    kept = type(lab)(tmp_path / "kept").controller(**changes, teacher_logits={"online": False, "dtype": "float32"})
    assert kept.run()
    assert _accuracies(online) == _accuracies(kept)


def test_a_failed_part_fails_the_search_and_does_not_hang(lab: Any) -> None:
    student = {"model": "mnist_mlp", "epochs": VIEWS_OF_A_PART + 1, "batch_size": 32}
    controller = lab.controller(data=SHIFTED, student=student, seeds=1)
    part = controller.plan.logits_parts[0]
    controller.folder.run(part.id).mkdir(parents=True)
    (controller.folder.run(part.id) / "failure.json").write_text(
        '{"kind": "code error", "reason": "made for the test"}'
    )
    assert not controller.run()
    holes = {hole.what: hole.why for hole in find_missing(read_results(controller.folder.path), EN)}
    assert part.id in holes[controller.plan.logits.id]


@pytest.mark.thorough
def test_an_ensemble_that_taught_online_has_its_row(lab: Any) -> None:
    teacher = {"model": "mnist_cnn", "epochs": 1, "batch_size": 32}
    controller = lab.controller(
        teacher=None, teachers=[teacher, teacher], search=None, seeds=1, teacher_logits={"online": True}
    )
    assert controller.run()
    results = read_results(controller.folder.path)
    row = find_rows(results)[0]
    assert row.arm.key == "teacher" and row.accuracy is not None and row.size is not None
    sizes = [read_record(controller.folder.run(run.id) / "metrics.json", Metrics).size for run in results.plan.teachers]
    assert row.size.num_parameters == sum(size.num_parameters for size in sizes if size)
    assert "averaged in every step" in report_files(controller.folder.path, controller.folder.data)["index.html"]


def test_plan_says_how_the_teacher_teaches(lab: Any) -> None:
    done = lab.run("plan", "--sweep", str(lab.write()))
    assert "Teacher's logits: kept, for 1 pass over the training images" in done.stdout
