"""What is left, in hours."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.state.attempts.files import attempt_path, read_attempts
from harness.state.attempts.run_state import read_history
from harness.state.estimate.cards import reckoned_rate
from harness.state.estimate.estimate import Room, estimate_left
from harness.state.standing.snapshot import read_snapshot
from kd.files import write_record
from kd.records import Metrics
from tests.support.sweep_lab import MINI

H100 = "NVIDIA H100 80GB HBM3"
MACS = {"mnist_cnn": 10**9, "mnist_mlp": 10**8}


def one_thread(gpus: int, num_abreast: int | None) -> int:
    return 1


def rooms(number: int) -> Room:
    """As many jobs at a time, whatever they are."""
    return lambda gpus, num_abreast: number


def wide_path(gpus: int, num_abreast: int | None) -> int:
    """Of a machine with eight cores and as many slots."""
    return 1 if num_abreast is None else 8 // num_abreast


def test_of_a_card_that_nobody_used_arithmetic_counts_all_trainings(lab: Any) -> None:
    controller = lab.controller()
    now, sweep = read_snapshot(controller.folder, controller.plan), controller.plan.sweep
    found = estimate_left(now, H100, 1000, MACS, rooms(2), one_thread)
    teacher, student = sweep.teacher, sweep.student
    rates = [reckoned_rate(H100, MACS[each.model], each.batch_size) for each in (teacher, student)]
    of_teacher = (teacher.epochs + controller.plan.num_views / 3) * 1000 / rates[0]
    of_students = (2 + 4 + 2) * student.epochs * 1000 / rates[1]  # baselines, trials, finals
    assert found.device_hours == pytest.approx((of_teacher + of_students) / 3600)
    assert found.wall_hours == pytest.approx((of_teacher + of_students / 2) / 3600)
    assert set(found.rates) == {"mnist_cnn", "mnist_mlp"} and not found.unknown


def test_what_is_done_is_not_counted_and_what_ran_here_is_known(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    now = read_snapshot(controller.folder, controller.plan)
    assert estimate_left(now, "cpu", 1000, {}, rooms(1), one_thread)[:2] == (0.0, 0.0)
    more, folder = lab.open(seeds=4)
    left = estimate_left(read_snapshot(folder, more), "cpu", 1000, {}, rooms(1), one_thread)
    assert left.device_hours is not None and left.device_hours > 0
    assert [rate.source for rate in left.rates.values()] == ["measured in 5 run(s) of this sweep"]


def test_a_model_of_which_nothing_is_known_is_named(lab: Any) -> None:
    plan, folder = lab.open()
    found = estimate_left(read_snapshot(folder, plan), H100, 1000, {"mnist_cnn": 10**9}, rooms(1), one_thread)
    assert (found.device_hours, found.wall_hours, found.unknown) == (None, None, ("mnist_mlp",))


def test_a_run_that_all_others_wait_for_has_the_cores_of_several_slots(lab: Any) -> None:
    """Core-hours are seconds times threads."""
    controller = lab.controller()
    controller.run()
    teacher = controller.plan.teachers[0]
    (controller.folder.run(teacher.id) / "metrics.json").unlink()
    now = read_snapshot(controller.folder, controller.plan)
    wide = _with_threads(controller.folder.run(teacher.id), 8)
    beside = lab.results / "beside"
    shutil.copytree(controller.folder.path, beside)
    write_record(beside / "runs" / teacher.id / "metrics.json", Metrics(run_id=teacher.id))
    found = estimate_left(now, "cpu", 1000, {}, rooms(8), wide_path)
    narrow = estimate_left(now, "cpu", 1000, {}, rooms(8), one_thread)
    assert found.rates["mnist_cnn with 8 threads"].source == "measured in 1 run(s) of beside"
    assert narrow.rates["mnist_cnn"].source == "at least, by runs with 8 thread(s), not measured"
    assert found.wall_hours is not None and found.device_hours == pytest.approx(8 * found.wall_hours)
    assert found.wall_hours == pytest.approx(1000 / wide / 3600)
    assert (narrow.device_hours, narrow.wall_hours) == pytest.approx((8 * found.wall_hours, 8 * found.wall_hours))


def test_the_one_training_left_after_a_search_has_them_too(lab: Any) -> None:
    controller = lab.controller(seeds=1)
    now = read_snapshot(controller.folder, controller.plan)
    asked: list[int | None] = []

    def threads_for(gpus: int, num_abreast: int | None) -> int:
        asked.append(num_abreast)
        return 1

    estimate_left(now, "cpu", 1000, {}, rooms(8), threads_for)
    assert asked == [1, 1, None, None, 1], "teacher, pass, baseline, search, final"


def test_teachers_of_several_gpus_take_turns_where_students_stand_side_by_side(lab: Any) -> None:
    """Two slots of a GPU each: two students at a time, and one teacher that needs both."""
    teachers = [MINI["teacher"] | {"gpus": 2, "epochs": epochs} for epochs in (1, 2)]
    plan, folder = lab.open(teacher=None, teachers=teachers)
    now = read_snapshot(folder, plan)
    found = estimate_left(now, H100, 1000, MACS, lambda gpus, num_abreast: 2 // gpus, one_thread)
    sweep, (rate_t, rate_s) = plan.sweep, (reckoned_rate(H100, MACS[name], 32) for name in ("mnist_cnn", "mnist_mlp"))
    assert rate_t is not None and rate_s is not None
    of_teachers = (1 + 2) * 1000 / (2 * rate_t)
    passes = 2 * plan.num_views / 3 * 1000 / rate_t  # each on one GPU
    of_students = (2 + 4 + 2) * sweep.student.epochs * 1000 / rate_s
    assert found.wall_hours == pytest.approx((of_teachers + passes / 2 + of_students / 2) / 3600)
    assert found.device_hours == pytest.approx((2 * of_teachers + passes + of_students) / 3600)
    assert found.rates["mnist_cnn"].source == "reckoned from operations, not measured"


def test_different_teachers_that_stand_abreast_are_trained_at_a_time(lab: Any) -> None:
    teachers = [MINI["teacher"] | {"epochs": epochs} for epochs in (1, 2, 3)]
    plan, folder = lab.open(teacher=None, teachers=teachers)
    now = read_snapshot(folder, plan)
    wide, narrow = (estimate_left(now, H100, 1000, MACS, rooms(number), one_thread) for number in (3, 1))
    assert wide.wall_hours is not None and narrow.wall_hours is not None and narrow.device_hours is not None
    assert narrow.wall_hours == pytest.approx(narrow.device_hours)
    rate_t, rate_s = (reckoned_rate(H100, MACS[name], 32) for name in ("mnist_cnn", "mnist_mlp"))
    assert rate_t is not None and rate_s is not None
    of_teachers = (6 + 3 * plan.num_views / 3) * 1000 / rate_t
    of_students = (2 / 2 + 4 / 3 + 2 / 2) * 2 * 1000 / rate_s
    assert wide.wall_hours == pytest.approx((of_teachers / 3 + of_students) / 3600)


def test_a_pass_over_images_without_labels_is_as_long_as_they_are_many(lab: Any) -> None:
    plan, folder = lab.open(unlabeled="rest")
    assert plan.sweep.unlabeled is not None and plan.sweep.unlabeled.num_images == 4000 - 200
    found = estimate_left(read_snapshot(folder, plan), H100, 200, MACS, rooms(1), one_thread)
    views = sum(run.config.num_views for passes in plan.unlabeled_passes.values() for run in passes)
    rate_t, rate_s = (reckoned_rate(H100, MACS[name], 32) for name in ("mnist_cnn", "mnist_mlp"))
    assert views >= 1 and rate_t is not None and rate_s is not None
    of_teacher = (200 + plan.num_views / 3 * 200 + views / 3 * 3800) / rate_t
    beside = plan.sweep.unlabeled.taught_by(None).num_drawn(2 * 200)
    of_students = ((2 + 4 + 2 + 2) * 2 * 200 + 2 * beside) / rate_s  # the arm with them too, and what it draws
    assert found.device_hours == pytest.approx((of_teacher + of_students) / 3600)


def _with_threads(run: Path, number: int) -> float:
    """Its attempt as if it had so many; the images a second of its only epoch."""
    attempt, history = read_attempts(run)[-1], read_history(run)
    assert history is not None
    write_record(attempt_path(run, attempt.number), attempt.model_copy(update={"num_threads": number}))
    return history.epochs[0].images_per_s
