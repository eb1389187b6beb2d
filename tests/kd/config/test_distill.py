"""The loss's options."""

import pytest
import torch
from pydantic import ValidationError

from kd.config import LOSS_NAMES, DistillConfig
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
        (DistillConfig, {"scale": 0}),
        (DistillConfig, {"warmup_epochs": -1}),
        (DistillConfig, {"temperature_schedule": "linear", "temperature_end": 0}),
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
    assert set(LOSS_NAMES) == set(LOSSES)
    for name, loss in LOSSES.items():
        options = dict.fromkeys(loss.options, 2.0)
        assert DistillConfig(loss=name, **options).loss_options == options
        assert DistillConfig(loss=name).loss_options == {}


OWN = "acme.losses:smooth"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            {"loss": "dkdd"},
            r"no such loss \(did you mean dkd\?\); there are kd, soft_ce, .*, or package.module:function",
        ),
        ({"loss": "hf:google/vit"}, "no such loss; there are"),
        ({"loss": OWN, "beta": 2.0}, "beta is an option of dkd, not of acme.losses:smooth; its own go under options"),
        ({"options": {"delta": 1}}, "options are for a loss of your own, package.module:function; kd has none"),
        ({"loss": "dkd", "options": {"beta": 1}}, "dkd has beta, beside loss"),
        ({"loss_sha256": "ab"}, "loss_sha256 is of a loss of your own, not of kd"),
        ({"loss": OWN, "options": {"delta": "1e-3"}}, "is a text to YAML; write a number with a point, 1.0e-3"),
        ({"loss": OWN, "options": {"delta": [1]}}, "an option is a number, a text, true or false"),
        ({"loss": OWN, "options": {"delta": None}}, "an option is a number, a text, true or false"),
        ({"loss": OWN, "options": {"delta": float("nan")}}, "an option is a finite number"),
        ({"loss": OWN, "options": {"alpha": 1}}, "alpha is a key beside options"),
        ({"loss": OWN, "options": {"top-k": 1}}, "'top-k' cannot be the name of an argument"),
        ({"loss": OWN, "options": {"lambda": 1}}, "'lambda' cannot be the name of an argument"),
        ({"temperature_end": 1.0}, "temperature_end goes together with temperature_schedule linear or cosine"),
        ({"temperature_schedule": "cosine"}, "temperature_end goes together with"),
        ({"temperature_schedule": "learned", "temperature_end": 2.0}, "temperature_end goes together with"),
        ({"temperature_schedule": "learned", "temperature": 21.0}, "stays between 1 and 21"),
        ({"temperature_schedule": "learned", "loss": "hard"}, "learned is for built-in losses with a T, not for hard"),
        ({"temperature_schedule": "learned", "loss": OWN}, "not for acme.losses:smooth"),
    ],
)
def test_what_does_not_go_together_is_refused_with_a_remedy(content, said):
    with pytest.raises(ValidationError, match=said):
        DistillConfig.model_validate(content)


def test_a_loss_of_ones_own_is_called_with_its_options_as_they_stand():
    options = {"sharp": True, "depth": 2, "delta": 0.5, "kind": "soft", "beta": 3.0}
    own = DistillConfig(loss=OWN, options=options)
    assert own.is_own
    assert own.loss_options == options
    assert [type(value) for value in own.loss_options.values()] == [bool, int, float, str, float]
    assert DistillConfig.model_validate_json(own.model_dump_json()) == own


def test_values_go_under_the_key_of_their_name_or_among_the_options_of_a_loss_of_ones_own():
    own = DistillConfig(loss=OWN, options={"depth": 1, "delta": 0.1}, loss_sha256="ab")
    found = own.with_values({"alpha": 0.9, "delta": 0.5, "beta": 2.0, "warmup_epochs": 3})
    assert (found.alpha, found.warmup_epochs, found.beta) == (0.9, 3, None)
    assert found.options == {"depth": 1, "delta": 0.5, "beta": 2.0}
    assert (found.loss, found.loss_sha256) == (OWN, "ab")
    assert DistillConfig(loss="dkd").with_values({"beta": 2, "temperature": 4}).beta == 2.0


@pytest.mark.parametrize("values", [{"beta": 2.0}, {"delta": 1.0}, {"alpha": 1.5}])
def test_a_value_that_the_loss_does_not_know_or_that_is_out_of_range_is_refused(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        DistillConfig().with_values(values)
