"""Which steps there are by now, and what each waits for."""

from typing import Any

from harness.state.stages import steps_before_test
from harness.sweep.plan import VIEWS_OF_A_PART

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
