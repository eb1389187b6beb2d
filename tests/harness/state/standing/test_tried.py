"""Whether a start asks for a rehearsal."""

from typing import Any

import pytest

from harness.state.standing.tried import needs_rehearsal
from kd.files import write_record
from kd.records import Metrics
from tests.support.sweep_lab import MINI


def trained(lab: Any, **changes: Any) -> tuple[Any, Any]:
    """A sweep of which each model was trained once."""
    plan, folder = lab.open(**changes)
    for run in (*plan.teachers, *(member.student for member in plan.members)):
        write_record(folder.add(run) / "metrics.json", Metrics(run_id=run.id))
    return plan, folder


def test_models_that_were_trained_need_none(lab: Any) -> None:
    plan, folder = trained(lab)
    assert not needs_rehearsal(plan, folder)
    (folder.run(plan.student.id) / "metrics.json").unlink()
    assert needs_rehearsal(plan, folder)


@pytest.mark.parametrize("distill", [{"features": [{"loss": "rkd"}]}, {"loss": "some_losses:f"}])
def test_what_a_training_shows_in_part_alone_needs_one(lab: Any, distill: Any) -> None:
    assert needs_rehearsal(*trained(lab, distill=distill))


def test_a_compared_loss_of_ones_own_needs_one(lab: Any) -> None:
    assert needs_rehearsal(*trained(lab, compare=[{"alpha": 1, "temperature": 1, "loss": "some_losses:f"}]))


def test_a_head_used_as_it_is_needs_one_where_classes_are_called_otherwise_now(lab: Any) -> None:
    teacher = {"model": "mnist_cnn", "epochs": 0, "checkpoint": "nowhere.pth"}
    names = [f"digit {number}" for number in range(10)]
    plan, folder = trained(lab, teacher=teacher)
    assert not needs_rehearsal(plan, folder)
    renamed, _ = lab.open(teacher=teacher, data=MINI["data"] | {"class_names": names})
    assert [run.id for run in renamed.teachers] == [run.id for run in plan.teachers]
    assert needs_rehearsal(renamed, folder)


def test_of_trained_heads_the_names_do_not_matter(lab: Any) -> None:
    _, folder = trained(lab)
    names = [f"digit {number}" for number in range(10)]
    renamed, _ = lab.open(data=MINI["data"] | {"class_names": names})
    assert not needs_rehearsal(renamed, folder)
