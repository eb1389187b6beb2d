"""The teacher's logits are kept where that costs less, and whoever plans is told why."""

from typing import Any

import pytest

from harness.sweep.preparation.teacher_cost import explain, find_teacher_cost, with_teacher_mode
from kd.errors import InputError

ONE_PASS = {"search": None, "seeds": 1}
SHIFTED = {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100, "augment": {"shift": 1}}


@pytest.mark.parametrize(
    ("changes", "is_online", "says"),
    [
        ({}, False, "kept, for 1 pass over the training images and 900 kB; in every step they would take 12"),
        (ONE_PASS | {"data": SHIFTED}, True, "2 passes (1 run(s) × 2 epochs); kept they would take 2 passes"),
        ({"data": SHIFTED}, False, "kept, for 2 passes over the training images and 1.8 MB; in every step"),
        ({"data": SHIFTED, "teacher_logits": {"max_gb": 0.001}}, True, "and 1.8 MB, more than max_gb 0.001."),
        ({"teacher_logits": {"online": True}}, True, "computed in every step, 12 passes"),
        (ONE_PASS | {"data": SHIFTED, "teacher_logits": {"online": False}}, False, "kept, for 2 passes"),
        ({"teacher_logits": {"dtype": "float32"}}, False, "1.8 MB"),
        (
            {"distill": {"features": [{"loss": "rkd"}]}},
            True,
            "computed in every step, 12 passes (6 run(s) × 2 epochs): features are taken from the teacher itself",
        ),
        (
            {"methods": ["kd", {"features": [{"loss": "rkd"}]}], "search": None},
            False,
            "kept, for 1 pass over the training images and 900 kB; in every step they would take 4 passes (2 run(s) × "
            "2 epochs). Runs with features take 4 passes (2 run(s) × 2 epochs) besides: features are taken from the",
        ),
    ],
)
def test_logits_are_kept_where_that_costs_less(lab: Any, changes: dict[str, Any], is_online: bool, says: str) -> None:
    plan, _ = lab.open(**changes)
    cost = find_teacher_cost(plan, 45_000, 10)
    sweep = with_teacher_mode(plan.sweep, cost)
    assert sweep.teacher_logits.online is is_online
    assert says in explain(sweep, cost)


def test_plan_says_how_the_teacher_teaches(lab: Any) -> None:
    done = lab.run("plan", "--sweep", str(lab.write()))
    assert "Teacher's logits: kept, for 1 pass over the training images" in done.stdout


def test_a_control_of_all_logits_does_not_turn_them_into_kept_ones(lab: Any) -> None:
    """It would train every finished student again, under other names."""
    plan, _ = lab.open(data=SHIFTED, teacher_logits={"max_gb": 0.001}, controls=["smoothed_labels"])
    open_again = plan.sweep.model_copy(
        update={"teacher_logits": plan.sweep.teacher_logits.model_copy(update={"online": None})}
    )
    with pytest.raises(InputError, match=r"set teacher_logits\.online=false, and they are kept"):
        with_teacher_mode(open_again, find_teacher_cost(plan, 60_000, 10))
