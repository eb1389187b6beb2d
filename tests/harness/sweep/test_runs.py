"""Runs by themselves: their names, their parts, who teaches."""

import pytest

from harness.sweep.runs import VIEWS_OF_A_PART, Run, Teaching, parts_of, planned
from kd.config import AugmentConfig, LogitsConfig, run_id
from tests.kd.config.test_runs import BASELINE, DATA, LOGITS


def test_a_run_has_the_name_of_its_configuration() -> None:
    assert planned(BASELINE) == Run(run_id(BASELINE), BASELINE)


def test_a_training_says_how_many_gpus_it_takes_and_a_pass_takes_one() -> None:
    training = BASELINE.training.model_copy(update={"gpus": 4})
    assert planned(BASELINE.model_copy(update={"training": training})).gpus == 4
    assert planned(LOGITS).gpus == 1


@pytest.mark.parametrize(
    ("num_views", "sizes"),
    [(1, []), (VIEWS_OF_A_PART, []), (VIEWS_OF_A_PART + 1, [VIEWS_OF_A_PART, 1]), (24, [VIEWS_OF_A_PART] * 3)],
)
def test_the_parts_of_a_pass_are_its_views_once_each(num_views: int, sizes: list[int]) -> None:
    config = LogitsConfig(data=DATA, teacher="teacher-1-s0", augment=AugmentConfig(shift=1), num_views=num_views)
    whole = planned(config)
    parts = [part.config for part in parts_of(whole)]
    assert [part.num_views for part in parts if isinstance(part, LogitsConfig)] == sizes
    views = [part.first_view + n for part in parts if isinstance(part, LogitsConfig) for n in range(part.num_views)]
    assert views == (list(range(num_views)) if sizes else [])
    assert all(isinstance(part, LogitsConfig) and part.part_of == whole.id for part in parts)


def test_the_order_of_the_teachers_decides_nothing() -> None:
    one, other = planned(BASELINE), planned(BASELINE.model_copy(update={"seed": 4}))
    there, back = Teaching((one, other), ()), Teaching((other, one), (planned(LOGITS),))
    assert there.teacher_ids == back.teacher_ids == tuple(sorted((one.id, other.id)))
    assert back.runs == (other, one, planned(LOGITS))
