"""The loss's options."""

from typing import get_args

import pytest
import torch
from pydantic import ValidationError

from kd.config import DistillConfig
from kd.losses import LOSSES


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (DistillConfig, {"alpha": -0.1}),
        (DistillConfig, {"alpha": 1.1}),
        (DistillConfig, {"alpha": float("nan")}),
        (DistillConfig, {"temperature": 0}),
        (DistillConfig, {"temperature": float("inf")}),
        (DistillConfig, {"loss": "dkdd"}),
        (DistillConfig, {"loss": "kd", "beta": 2.0}),
        (DistillConfig, {"loss": "dkd", "gamma": 2.0}),
        (DistillConfig, {"loss": "dkd", "beta": -1.0}),
    ],
)
def test_values_outside_their_range_are_refused(kind, content):
    with pytest.raises(ValidationError):
        kind.model_validate(content)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_says_whether_it_makes_use_of_the_temperature(name):
    student, teacher = torch.tensor([[1.0, 0.0, -2.0]]), torch.tensor([[0.0, 2.0, -1.0]])
    options = LOSSES[name].options
    cold, hot = (LOSSES[name].compute(student, teacher, torch.tensor([0]), T, **options) for T in (1.0, 5.0))
    assert DistillConfig(loss=name).uses_temperature == (not torch.equal(cold, hot))


def test_the_losses_of_the_configuration_are_those_there_are():
    assert set(get_args(DistillConfig.model_fields["loss"].annotation)) == set(LOSSES)
    for name, loss in LOSSES.items():
        options = dict.fromkeys(loss.options, 2.0)
        assert DistillConfig(loss=name, **options).options == options
        assert DistillConfig(loss=name).options == {}
