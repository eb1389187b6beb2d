"""A model's training: short forms, and what is refused."""

import re

import pytest
from pydantic import ValidationError

from kd.config import (
    MODEL_FORMS,
    MODELS,
    AugmentConfig,
    DataConfig,
    ModelTraining,
    OptimizerConfig,
    ScheduleConfig,
    is_import_path,
    is_of_library,
)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (OptimizerConfig, {"lr": 0}),
        (OptimizerConfig, {"lr": float("nan")}),
        (OptimizerConfig, {"weight_decay": float("inf")}),
        (OptimizerConfig, {"weight_decay": -1e-4}),
        (OptimizerConfig, {"momentum": 1}),
        (OptimizerConfig, {"name": "lion"}),
        (OptimizerConfig, {"name": "adam", "nesterov": True}),
        (OptimizerConfig, {"name": "sgd", "momentum": 0, "nesterov": True}),
        (ScheduleConfig, {"name": "step"}),
        (ScheduleConfig, {"name": "cosine", "milestones": [1.0]}),
        (ScheduleConfig, {"name": "step", "milestones": [2.0, 1.0]}),
        (ScheduleConfig, {"name": "step", "milestones": [0.0, 1.0]}),
        (ScheduleConfig, {"name": "one_cycle", "warmup_epochs": 1}),
        (ModelTraining, {"model": "mnist_mlp", "epochs": 1, "batch_size": 2, "accumulation_steps": 3}),
        (ModelTraining, {"model": "mnist_mlp", "epochs": 1, "label_smoothing": 1}),
        (ModelTraining, {"model": "mnist_mlp", "epochs": 1, "clip_grad_norm": 0}),
        (ModelTraining, {"model": "mnist_mlp", "epochs": 1, "ema_decay": 1}),
        (ModelTraining, {"model": "mnist_mlp", "epochs": 1, "precision": "fp16"}),
        (ModelTraining, {"model": "mnist_mlp", "epochs": -1, "checkpoint": "x"}),
        (ScheduleConfig, {"warmup_epochs": float("inf")}),
        (ModelTraining, {"model": "mnist_mlp", "epochs": 0}),
        (ModelTraining, {"model": "mnist_mlp", "epochs": 1, "batch_size": 0}),
    ],
)
def test_values_outside_their_range_are_refused(kind, content):
    with pytest.raises(ValidationError):
        kind.model_validate(content)


def test_short_forms():
    training = ModelTraining.model_validate(
        {"model": "mnist_mlp", "epochs": 1, "optimizer": "sgd", "schedule": "cosine"}
    )
    assert training.optimizer == OptimizerConfig(name="sgd")
    assert training.schedule == ScheduleConfig(name="cosine")
    assert DataConfig.model_validate({"source": "x", "augment": "none"}).augment == AugmentConfig()


def stepwise(epochs, milestones):
    content = {"model": "mnist_mlp", "epochs": epochs, "schedule": {"name": "step", "milestones": milestones}}
    return ModelTraining.model_validate(content)


@pytest.mark.parametrize(("epochs", "expected"), [(240, (150, 180, 210)), (60, (37.5, 45, 52.5)), (8, (5, 6, 7))])
def test_milestones_may_be_shares_of_the_training(epochs, expected):
    """They are the same training as the milestones in epochs, and so have the same run's name."""
    shares = stepwise(epochs, ["62.5%", "75 %", "87.5%"])
    assert shares.schedule.milestones == expected
    assert shares == stepwise(epochs, list(expected))
    assert stepwise(epochs, ["62.5%", expected[1]]).schedule.milestones == expected[:2]


@pytest.mark.parametrize("milestone", ["half", "%", "-5%", "0%", "5%%"])
def test_what_is_no_share_is_refused(milestone):
    with pytest.raises(ValidationError, match="milestones"):
        stepwise(10, [milestone])


@pytest.mark.parametrize(
    ("said", "mean", "std"),
    [
        ("imagenet", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ("none", (0.0,), (1.0,)),
        ({"mean": 0.13, "std": 0.31}, (0.13,), (0.31,)),
        ({"mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2]}, (0.5,) * 3, (0.2,) * 3),
    ],
)
def test_what_a_network_is_fed_is_a_name_or_numbers(said, mean, std):
    training = ModelTraining(model="mnist_mlp", epochs=1, normalize=said)
    assert training.normalize is not None
    assert (training.normalize.mean, training.normalize.std) == (mean, std)
    assert ModelTraining.model_validate_json(training.model_dump_json()) == training
    by_numbers = ModelTraining(model="mnist_mlp", epochs=1, normalize={"mean": mean, "std": std})
    assert by_numbers == training  # so the run has the same name


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("imagnet", "must be imagenet, none"),
        ({"mean": [123.7, 116.3, 103.5], "std": [58.4, 57.1, 57.4]}, "got 123.7; divide those of 0…255 by 255"),
        ({"mean": [0.5, 0.5], "std": [0.5, 0.5]}, "one number each, or three"),
        ({"mean": [0.5, 0.5, 0.5], "std": [0.5]}, "one number each, or three"),
        ({"mean": 0.5, "std": 0.0}, "std must be > 0"),
    ],
)
def test_what_no_network_is_fed(said, message):
    with pytest.raises(ValidationError, match=re.escape(message)):
        ModelTraining(model="mnist_mlp", epochs=1, normalize=said)


@pytest.mark.parametrize("model", ["hf:folder", "hf:id/on-the-hub", "acme.nets:teacher"])
def test_what_comes_trained_may_be_used_as_it_is(model):
    assert ModelTraining(model=model, epochs=0).is_used_as_it_is


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"num_classes": 3}, "num_classes is told by the data"),
        ({"input_shape": [1, 2, 3]}, "input_shape is told by the data"),
        ({"a b": 1}, "'a b' is no name that an argument can have"),
        ({"depth": None}, "must be a number, a text, true, false, or a list of these"),
        ({"depth": {"of": 1}}, "must be a number, a text"),
        ({"depth": [[1]]}, "must be a number, a text"),
        ({"rate": float("nan")}, "must be a number, a text"),
    ],
)
def test_arguments_are_plain_values_that_the_data_does_not_tell(arguments, says):
    with pytest.raises(ValidationError, match=re.escape(says)) as caught:
        ModelTraining(model="mnist_mlp", arguments=arguments, epochs=1)
    assert len(caught.value.errors()) == 1


def test_arguments_come_back_as_they_were_and_stand_in_the_title():
    given = {"hidden": 64, "rate": 0.5, "act": "gelu", "bias": True, "widths": [8, 16], "one": 1.0}
    training = ModelTraining(model="nets:make", arguments=given, epochs=1)
    again = ModelTraining.model_validate_json(training.model_dump_json())
    assert again == training and hash(again) == hash(training)
    assert {name: type(value) for name, value in again.arguments.items()} == {
        "hidden": int, "rate": float, "act": str, "bias": bool, "widths": tuple, "one": float,
    }  # fmt: skip
    assert training.title == "nets:make(hidden=64, rate=0.5, act=gelu, bias=True, widths=(8, 16), one=1.0)"
    assert ModelTraining(model="mnist_mlp", epochs=1).title == "mnist_mlp"


@pytest.mark.parametrize("model", ["timm:resnet18", "torchvision:resnet18"])
def test_a_network_of_a_library_comes_trained_unless_it_is_told_otherwise(model):
    assert ModelTraining(model=model, epochs=0).is_used_as_it_is
    with pytest.raises(ValidationError, match="knows nothing"):
        ModelTraining(model=model, arguments={"pretrained": False}, epochs=0)
    assert is_of_library(model) and not is_import_path(model)


def test_the_list_of_models_says_each_family_once():
    assert len(MODELS) == len(set(MODELS))
    assert (
        "cifar_resnet20/32/56/110/8x4/32x4, cifar_wrn_16_2/40_1/40_2, cifar_vgg8/13, cifar_mobilenetv2, " in MODEL_FORMS
    )
    assert len(MODEL_FORMS) < 320
