"""What a search may look for, and what it says of the rest."""

import pytest

from harness.sweep.search.searchable import REFUSED, check_name, searchable_names
from kd.config import DistillConfig, ModelTraining

NAMES = ["alpha", "distill.alpha", "student.optimizer.lr", "student.schedule.warmup_epochs", "features.0.weight"]


@pytest.mark.parametrize("name", [*NAMES, "distill.features.1.angle"])
def test_names_of_the_loss_and_of_the_student(name: str) -> None:
    check_name(name)


def test_a_loss_of_ones_own_has_options_of_any_name() -> None:
    check_name("sharpness")
    with pytest.raises(ValueError, match="no dimension 'sharpness'"):
        check_name("sharpness", may_be_own=False)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("alhpa", "no dimension 'alhpa' (did you mean alpha?); allowed: alpha, temperature"),
        ("student.optimizer.rl", "did you mean student.optimizer.lr?"),
        ("lr", "did you mean student.optimizer.lr?"),
        ("student", "no dimension 'student'"),
        ("student.", "no dimension 'student.'"),
        ("", "no dimension ''"),
        ("distill.loss", "distill.loss cannot be searched: it is what trials are compared within"),
        ("features", "features cannot be searched: it is what trials are compared within; only the weights in it can"),
        ("features.0.loss", "features.0.loss cannot be searched: it is what trials"),
        ("features.weight", "features.weight cannot be searched"),
        ("student.epochs", "student.epochs cannot be searched: it is the budget"),
        ("student.augment.shift", "student.augment.shift cannot be searched: it decides the views"),
        ("student.normalize.mean", "cannot be searched: it belongs to what the student is"),
        ("data.val_fraction", "no dimension 'data.val_fraction'"),
    ],
)
def test_others_are_refused_with_the_reason_or_the_nearest_name(name: str, says: str) -> None:
    with pytest.raises(ValueError) as refusal:
        check_name(name, may_be_own=False)
    assert says in str(refusal.value)


def test_every_key_of_loss_and_student_is_either_searchable_or_refused() -> None:
    fields = {f"student.{name}" for name in ModelTraining.model_fields} | {
        f"distill.{name}" for name in DistillConfig.model_fields
    }
    assert REFUSED.keys() <= fields
    searchable = {name if name.startswith("student.") else f"distill.{name}" for name in searchable_names()}
    assert fields - REFUSED.keys() == {".".join(name.split(".")[:2]) for name in searchable}
