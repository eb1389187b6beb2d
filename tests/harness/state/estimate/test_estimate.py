"""What is left, in hours."""

from typing import Any

import pytest

from harness.state.estimate.cards import reckoned_rate
from harness.state.estimate.estimate import estimate_left
from harness.state.snapshot import read_snapshot

H100 = "NVIDIA H100 80GB HBM3"
MACS = {"mnist_cnn": 10**9, "mnist_mlp": 10**8}


def test_of_a_card_that_nobody_used_arithmetic_counts_all_trainings(lab: Any) -> None:
    controller = lab.controller()
    now, sweep = read_snapshot(controller.folder, controller.plan), controller.plan.sweep
    found = estimate_left(now, H100, num_jobs=2, num_images=1000, macs=MACS)
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
    assert estimate_left(now, "cpu", 1, 1000, {})[:2] == (0.0, 0.0)
    more, folder = lab.open(seeds=4)
    left = estimate_left(read_snapshot(folder, more), "cpu", 1, 1000, {})
    assert left.device_hours is not None and left.device_hours > 0
    assert [rate.source for rate in left.rates.values()] == ["measured in 5 run(s) of this sweep"]


def test_a_model_of_which_nothing_is_known_is_named(lab: Any) -> None:
    plan, folder = lab.open()
    found = estimate_left(read_snapshot(folder, plan), H100, 1, 1000, {"mnist_cnn": 10**9})
    assert (found.device_hours, found.wall_hours, found.unknown) == (None, None, ("mnist_mlp",))
