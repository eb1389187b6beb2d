"""What a trial was asked, in the loss and in the student's training."""

import pytest
from pydantic import ValidationError

from harness.sweep.search.params import own_params, student_with, with_params
from kd.config import DistillConfig, ModelTraining

STUDENT = ModelTraining.model_validate({"model": "mnist_mlp", "epochs": 3, "optimizer": "sgd"})
DKD = DistillConfig(loss="dkd", alpha=0.25)


def test_each_value_goes_where_its_name_says() -> None:
    params = {"alpha": 1, "beta": 2.5, "student.optimizer.lr": 0.1, "student.label_smoothing": 0.2}
    loss, student = with_params(DKD, params), student_with(STUDENT, params)
    assert loss == DistillConfig(loss="dkd", alpha=1.0, beta=2.5)
    assert isinstance(loss.alpha, float)
    assert (student.optimizer.name, student.optimizer.lr, student.label_smoothing) == ("sgd", 0.1, 0.2)
    assert student.epochs == STUDENT.epochs
    assert own_params(params, loss, student) == params


def test_without_values_both_are_what_they_were() -> None:
    assert with_params(DKD, {"student.optimizer.lr": 0.1}) is DKD
    assert student_with(STUDENT, {"alpha": 0.1}) is STUDENT


def test_what_was_not_given_stays_so() -> None:
    changed = student_with(STUDENT, {"student.optimizer.lr": 0.1})
    assert changed.optimizer.model_fields_set == {"name", "lr"}
    assert changed.model_fields_set == STUDENT.model_fields_set


@pytest.mark.parametrize("params", [{"alpha": 2}, {"gamma": 1.0}, {"student.optimizer.lr": 0.0}, {"student.no": 1}])
def test_values_that_cannot_be_are_refused(params: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        with_params(DKD, params)
        student_with(STUDENT, params)


def test_what_a_sweep_leaves_open_has_no_value_of_its_own() -> None:
    assert own_params(["beta", "temperature", "student.clip_grad_norm"], DKD, STUDENT) == {"temperature": 2.0}


def test_a_weight_of_features_is_one_of_those_that_there_are() -> None:
    loss = DistillConfig.model_validate({"alpha": 0, "features": [{"loss": "rkd"}, {"loss": "pooled", "weight": 3}]})
    params = {"alpha": 0.5, "features.0.angle": 10.0, "features.1.weight": 7}
    changed = with_params(loss, params)
    assert [(each.loss, each.weight, each.angle) for each in changed.features] == [("rkd", 1, 10), ("pooled", 7, None)]
    assert changed.alpha == 0.5
    names = [*params, "features.0.weight", "features.2.weight", "features.1.angle"]
    assert own_params(names, loss, STUDENT) == {"alpha": 0.0, "features.1.weight": 3.0, "features.0.weight": 1.0}
    with pytest.raises(ValidationError):
        with_params(loss, {"features.0.weight": -1})
    with pytest.raises(ValidationError):
        with_params(loss, {"features.1.angle": 1.0})
