"""Which runs a job is given, and when it is submitted."""

from typing import Any

import pytest

from harness.state.attempts.files import attempt_path
from harness.state.files.records import JobRecord
from kd.files import write_record
from kd.records import Attempt, Failure, Metrics
from tests.support.sweep_lab import HoldingExecutor


@pytest.mark.parametrize(("seconds", "num_runs"), [(None, 4), (1, 32), (10, 6), (25, 2), (1000, 1)])
def test_a_job_gets_runs_for_about_a_minute(lab: Any, seconds: int | None, num_runs: int) -> None:
    executor = HoldingExecutor(num_slots=1)
    controller = _waiting_for_baselines(lab, executor, seconds, num_baselines=40)
    controller.turn()
    [(run_ids, _)] = executor.submitted
    assert len(run_ids) == num_runs


@pytest.mark.parametrize(("busy_with", "sizes"), [(None, [7, 6]), ("teacher", [7]), ("another sweep", [8])])
def test_a_slot_that_is_about_to_fall_free_is_left_its_share(lab: Any, busy_with: str | None, sizes: list[int]) -> None:
    executor = HoldingExecutor(num_slots=2)
    controller = _waiting_for_baselines(lab, executor, 2, num_baselines=14)
    if busy_with is not None:
        run_id = controller.plan.teachers[0].id if busy_with == "teacher" else "search-unfinished"
        controller.jobs["busy"] = JobRecord(job_id="busy", run_ids=(run_id,), submitted_at="2026-01-01T00:00:00Z")
    controller.turn()
    assert [len(run_ids) for run_ids, _ in executor.submitted] == sizes


def _waiting_for_baselines(lab: Any, executor: Any, seconds: int | None, num_baselines: int) -> Any:
    """A controller that has baselines alone to submit, the first of which took so long."""
    executor.runs_per_job = None
    controller = lab.controller(executor, seeds=num_baselines)
    teacher, first = controller.plan.teachers[0], controller.plan.baselines()[0]
    for run in (teacher, first):
        (controller.folder.run(run.id) / "attempts").mkdir(parents=True)
    write_record(controller.folder.run(teacher.id) / "failure.json", Failure(kind="code error", reason="made so"))
    if seconds is not None:
        end = f"2026-01-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"
        times = {"started_at": "2026-01-01T00:00:00Z", "ended_at": end}
        attempt = Attempt(number=1, job_id="1", host="here", pid=1, process_created=0.0, end="complete", **times)
        write_record(attempt_path(controller.folder.run(first.id), 1), attempt)
        write_record(controller.folder.run(first.id) / "metrics.json", Metrics(run_id=first.id))
    return controller


@pytest.mark.parametrize(
    ("num_slots", "teacher_gpus", "student_gpus", "jobs"),
    [
        (3, 2, 1, [(["teacher"], 2), (["baseline", "baseline"], 1)]),
        (4, 2, 1, [(["teacher"], 2), (["baseline"], 1), (["baseline"], 1)]),
        (3, 1, 1, [(["teacher"], 1), (["baseline"], 1), (["baseline"], 1)]),
        (3, 2, 2, [(["teacher", "baseline"], 2)]),
        (3, 1, 3, [(["teacher"], 1)]),
        (2, 3, 1, []),
    ],
)
def test_a_job_has_runs_of_the_same_gpus_and_takes_a_slot_for_each(
    lab: Any, num_slots: int, teacher_gpus: int, student_gpus: int, jobs: Any
) -> None:
    def trained(model: str, gpus: int) -> dict[str, Any]:
        return {"model": model, "epochs": 2, "batch_size": 32, "gpus": gpus}

    executor = HoldingExecutor(num_slots)
    sides = {"teacher": trained("mnist_cnn", teacher_gpus), "student": trained("mnist_mlp", student_gpus)}
    controller = lab.controller(executor, **sides)
    controller.turn()
    submitted = [([run_id.split("-")[0] for run_id in run_ids], gpus) for run_ids, gpus in executor.submitted]
    assert submitted == jobs
    controller.turn()
    assert len(executor.submitted) == len(jobs)


def test_nothing_runs_beside_what_all_wait_for_and_nothing_overtakes_it(lab: Any) -> None:
    executor = HoldingExecutor(num_slots=3, is_wide=True)
    controller = lab.controller(executor)
    controller.jobs["busy"] = JobRecord(job_id="busy", run_ids=("search-x",), submitted_at="2026-01-01T00:00:00Z")
    controller.turn()
    assert executor.submitted == []  # two free slots are too few for the teacher, and are not given to baselines
    executor.over.add("busy")
    controller.turn()
    teacher = controller.plan.teachers[0].id
    assert (executor.submitted, executor.num_slots_of) == ([((teacher,), 1)], {teacher: 3})
    controller.turn()
    assert len(executor.submitted) == 1


def test_a_teacher_whose_job_died_has_its_slots_back_before_others_take_them(lab: Any) -> None:
    executor = HoldingExecutor(num_slots=2, is_wide=True)
    controller = lab.controller(executor)
    controller.turn()
    teacher = controller.plan.teachers[0].id
    executor.over.add(teacher)
    controller.turn()
    assert executor.submitted == [((teacher,), 1)] * 2
    assert controller.jobs[teacher].num_slots == 2


def test_what_a_turn_does_not_submit_the_next_ones_do(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.controller.loop.SUBMIT_SHARE", 1)
    executor = HoldingExecutor(3)
    controller = lab.controller(executor)
    roles_by_turn = []
    for _ in range(4):
        controller.turn()
        roles_by_turn.append([run_id.split("-")[0] for run_ids, _ in executor.submitted for run_id in run_ids])
    whole = ["teacher", "baseline", "baseline"]
    assert roles_by_turn == [whole[:1], whole[:2], whole, whole]


@pytest.mark.parametrize(
    ("num_slots", "pack_size", "sizes"),
    [(4, 1, [1, 1, 2, 2]), (4, 4, [2, 4]), (3, 4, [2, 4]), (4, 3, [1, 2, 3]), (6, 4, [1, 1, 4])],
)
def test_a_pack_goes_into_one_job_though_slots_are_free(
    lab: Any, num_slots: int, pack_size: int, sizes: list[int]
) -> None:
    executor = HoldingExecutor(num_slots)
    executor.runs_per_job, executor.pack_size = 4, pack_size
    controller = lab.controller(executor, seeds=5)
    controller.turn()
    assert sorted(map(len, (run_ids for run_ids, _ in executor.submitted))) == sorted(sizes)
    assert {run_ids[0].split("-")[0] for run_ids, _ in executor.submitted} == {"teacher", "baseline"}
