"""Runs that are trained together come to what they come to alone, within the rounding of float32."""

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from kd.augment.views import View
from kd.config import DistillConfig, OptimizerConfig, TrainConfig
from kd.data.images import Split, TrainingData
from kd.errors import InterruptedTrainingError, NonFiniteLossError
from kd.losses import LOSSES, DistillationLoss
from kd.training.loop import Training
from kd.training.stacked import train_together
from kd.training.teacher.logits import BatchLogits
from tests.kd.run_lab import MIXED, SHIFT, Memory

CLOSE = 1e-4  # of a tensor's length. Sums are added up in another order: 1e-6 after a dozen steps
SGD = OptimizerConfig(name="sgd", lr=0.01)


@dataclasses.dataclass
class SameInEveryView:
    """A teacher whose logits [N, classes] do not depend on the view."""

    logits_NC: Tensor

    def of(self, view: View, epoch: int) -> BatchLogits:
        return lambda rows_B, images_BCHW: self.logits_NC[rows_B]


def noise() -> tuple[TrainingData, Tensor]:
    """26 random images to train on, 10 for val, and a teacher's logits."""
    random = torch.Generator().manual_seed(0)
    splits = [
        Split(
            torch.randint(0, 256, (number, 1, 28, 28), generator=random, dtype=torch.uint8),
            torch.randint(0, 10, (number,), generator=random),
        )
        for number in (26, 10)
    ]
    return TrainingData(*splits, tuple("0123456789")), (torch.randn(26, 10, generator=random) * 3).half()


def open_all(configs: list[TrainConfig], keepers: list[Memory] | None = None) -> list[Training]:
    """The trainings of some runs on noise."""
    data, teacher_NC = noise()
    keepers = keepers or [Memory() for _ in configs]
    return [
        Training(config, data, hooks, SameInEveryView(teacher_NC) if config.distill else None)
        for config, hooks in zip(configs, keepers, strict=True)
    ]


def together(trainings: list[Training]) -> list[Exception | None]:
    """How each of them ended."""
    ends = dict(train_together({str(number): training for number, training in enumerate(trainings)}))
    return [ends[str(number)] for number in range(len(trainings))]


def assert_close(one: Any, other: Any) -> None:
    """Tensors in dictionaries differ by little of their length."""
    if isinstance(one, Tensor):
        one, other = one.double(), other.double()
        assert (one - other).norm() <= CLOSE * other.norm() + 1e-6
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_close(value, other[key])
    else:
        assert one == other


def measured(training: Training) -> list[dict[str, float]]:
    """The history without times and what is not measured."""
    return [
        epoch.model_dump(exclude={"seconds", "images_per_s"}, exclude_none=True) for epoch in training.history.epochs
    ]


def assert_same(one: Training, other: Training) -> None:
    """History, weights, averaged weights, optimizer and val logits are close."""
    for mine, others in zip(measured(one), measured(other), strict=True):
        assert mine == pytest.approx(others, rel=CLOSE, abs=1e-6)
    assert_close(one.val_logits, other.val_logits)
    assert_close(one.state.model.state_dict(), other.state.model.state_dict())
    assert_close(one.model.state_dict(), other.model.state_dict())
    assert_close(one.state.optimizer.state_dict(), other.state.optimizer.state_dict())
    assert_close(one.state.sums, other.state.sums)


@pytest.fixture
def make(taught: Any) -> Callable[..., list[TrainConfig]]:
    """Runs of one training: as many as there are settings, or seeds."""

    def make(
        settings: Any = ((0.0, 1.0), (0.3, 4.0), (1.0, 2.0), (0.9, 6.0)), seeds: Any = (0, 0, 0, 0), **changes: Any
    ) -> list[TrainConfig]:
        training = {"epochs": 3, "batch_size": 8, "optimizer": SGD} | changes.pop("training", {})
        loss = changes.pop("distill", {})

        def distill(alpha: float, temperature: float) -> DistillConfig:
            return DistillConfig(alpha=alpha, temperature=temperature, **loss)

        return [
            taught.distilled(distill=distill(alpha, temperature), seed=seed, training=training, **changes)
            for (alpha, temperature), seed in zip(settings, seeds, strict=False)
        ]

    return make


# The same numbers.


@pytest.mark.parametrize("seeds", [(0, 0, 0, 0), (0, 1, 1, 2)], ids=["trials", "seeds"])
@pytest.mark.parametrize(
    ("model", "number"),
    [
        ("mnist_mlp", 1),
        ("mnist_mlp", 2),
        ("mnist_mlp", 4),
        ("users_nets:exact_mnist_cnn", 2),
        ("users_nets:exact_mnist_cnn", 4),
        ("users_nets:exact_plain_conv", 2),
        pytest.param("users_nets:exact_plain_conv", 4, marks=pytest.mark.thorough),
        pytest.param("users_nets:exact_cifar_light_cnn", 2, marks=pytest.mark.thorough),
        pytest.param("users_nets:exact_cifar_light_cnn", 4, marks=pytest.mark.thorough),
        pytest.param("users_nets:exact_small_resnet", 2, marks=pytest.mark.thorough),
        pytest.param("users_nets:exact_small_resnet", 4, marks=pytest.mark.thorough),
    ],
)
def test_each_student_learns_in_company_what_it_learns_alone(make: Any, model: str, number: int, seeds: Any) -> None:
    """Nets with batch normalisation in float64.

    In float32 one bit of the first weights makes 1e-3 of the logits within a few steps, where a ReLU turns over.
    """
    lengths = {"epochs": 3, "batch_size": 8} if "mnist" in model else {"epochs": 1, "batch_size": 9}
    configs = make(seeds=seeds[:number], training={"model": model, **lengths})
    alone, packed = open_all(configs), open_all(configs)
    for training in alone:
        assert training.run()
    assert together(packed) == [None] * number
    for one, other in zip(packed, alone, strict=True):
        assert_same(one, other)
    for one, other in itertools.combinations(packed, 2):  # none got another's setting or seed
        assert (one.val_logits - other.val_logits).norm() > 100 * CLOSE * other.val_logits.norm()


RECIPES: dict[str, dict[str, Any]] = {
    "adam": {"training": {"optimizer": OptimizerConfig()}},
    "adamw, decayed": {"training": {"optimizer": OptimizerConfig(name="adamw", weight_decay=0.5)}},
    "nesterov, decayed, clipped": {
        "training": {
            "optimizer": OptimizerConfig(name="sgd", lr=0.05, nesterov=True, weight_decay=0.1),
            "clip_grad_norm": 0.1,
        }
    },
    "one cycle, averaged, smoothed": {
        "training": {"schedule": "one_cycle", "ema_decay": 0.8, "label_smoothing": 0.1},
    },
    "views": {"augment": SHIFT},
    "scaled, warmed up, cooled down": {
        "distill": {"scale": 3.0, "warmup_epochs": 2, "temperature_schedule": "linear", "temperature_end": 1.0},
    },
    "dkd, warmed up, cooled down": {
        "distill": {"loss": "dkd", "warmup_epochs": 3, "temperature_schedule": "cosine", "temperature_end": 5.0},
    },
    "mixed views, smoothed, clipped": {"augment": MIXED, "training": {"label_smoothing": 0.1, "clip_grad_norm": 0.5}},
}


@pytest.mark.parametrize("seeds", [(0, 0, 0), (3, 4, 5)], ids=["trials", "seeds"])
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_each_recipe_gives_in_company_what_it_gives_alone(make: Any, recipe: Any, seeds: Any) -> None:
    configs = make(seeds=seeds, **recipe)
    alone, packed = open_all(configs), open_all(configs)
    for training in alone:
        training.run()
    together(packed)
    for one, other in zip(packed, alone, strict=True):
        assert_same(one, other)


def test_weights_that_are_normalised_are_averaged_and_clipped_with_their_own(make: Any) -> None:
    configs = make(
        seeds=(0, 1), training={"model": "users_nets:exact_plain_conv", "ema_decay": 0.5, "clip_grad_norm": 0.2}
    )
    alone, packed = open_all(configs), open_all(configs)
    for training in alone:
        training.run()
    together(packed)
    for one, other in zip(packed, alone, strict=True):
        assert_same(one, other)


def test_students_without_a_teacher_share_their_steps_too(taught: Any) -> None:
    training = {"epochs": 2, "batch_size": 8, "optimizer": SGD}
    configs = [taught.config(seed=seed, training=training) for seed in range(3)]
    alone, packed = open_all(configs), open_all(configs)
    for training in alone:
        training.run()
    together(packed)
    for one, other in zip(packed, alone, strict=True):
        assert_same(one, other)
        assert [epoch.soft_loss for epoch in one.history.epochs] == [None, None]


@pytest.mark.parametrize("are_mixed", [False, True], ids=["labels", "mixed labels"])
@pytest.mark.parametrize("name", LOSSES)
def test_each_loss_is_the_same_for_many_settings_at_once(name: str, are_mixed: bool) -> None:
    random = torch.Generator().manual_seed(1)
    student_KBC = torch.randn(4, 7, 5, generator=random, requires_grad=True)
    teacher_BC = torch.randn(7, 5, generator=random).half()
    weights_BC = torch.randn(7, 5, generator=random).softmax(1)
    labels = weights_BC if are_mixed else weights_BC.argmax(1)
    alpha_K, temperature_K = torch.tensor([0.0, 0.3, 0.8, 1.0]), torch.tensor([1.0, 4.0, 0.5, 20.0])
    loss = DistillationLoss(loss=name, label_smoothing=0.1)

    def measure(student_BC: Tensor, alpha: Tensor, temperature: Tensor) -> tuple[Tensor, ...]:
        return tuple(loss.at(alpha, temperature, student_BC, teacher_BC, labels))

    parts_K = torch.func.vmap(measure)(student_KBC, alpha_K, temperature_K)
    (gradient_KBC,) = torch.autograd.grad(parts_K[0].sum(), student_KBC)
    for number, (alpha, temperature) in enumerate(zip(alpha_K.tolist(), temperature_K.tolist(), strict=True)):
        student_BC = student_KBC[number].detach().requires_grad_()
        alone = DistillationLoss(temperature, alpha, name, 0.1)(student_BC, teacher_BC, labels)
        torch.testing.assert_close([part[number] for part in parts_K], list(alone), rtol=1e-5, atol=1e-6)
        (gradient_BC,) = torch.autograd.grad(alone.total, student_BC)
        torch.testing.assert_close(gradient_KBC[number], gradient_BC, rtol=1e-5, atol=1e-6)


def test_a_side_of_weight_0_may_be_infinite() -> None:
    student_BC = torch.tensor([[1.0, 0.0]], requires_grad=True)
    infinite_BC, labels_B = torch.tensor([[float("inf"), 0.0]]), torch.tensor([0])
    parts = DistillationLoss().at(torch.tensor(0.0), torch.tensor(2.0), student_BC, infinite_BC, labels_B)
    assert not parts.soft.isfinite()
    (gradient_BC,) = torch.autograd.grad(parts.total, student_BC)
    expected_BC = torch.tensor([[1.0, 0.0]]).softmax(1) - torch.tensor([[1.0, 0.0]])
    torch.testing.assert_close(gradient_BC, expected_BC)


# Who may join.


# Leaving.


def test_one_that_is_pruned_leaves_and_the_others_go_on(make: Any) -> None:
    configs = make()
    alone = open_all(configs)
    packed = open_all(configs, [Memory(), Memory(prune_after=1), Memory(prune_after=2), Memory()])
    for training in alone:
        training.run()
    assert together(packed) == [None] * 4
    assert [training.pruned for training in packed] == [False, True, True, False]
    assert [training.epochs_done for training in packed] == [3, 1, 2, 3]
    for number in (0, 3):
        assert_same(packed[number], alone[number])
    assert measured(packed[1])[0] == pytest.approx(measured(alone[1])[0], rel=CLOSE)


def test_one_that_diverges_leaves_and_the_others_never_knew(make: Any) -> None:
    configs = make(settings=((0.5, 2.0), (1.0, 1e25), (0.5, 4.0)))
    alone, packed = open_all(configs), open_all(configs)
    ends = together(packed)
    assert [type(end) for end in ends] == [type(None), NonFiniteLossError, type(None)]
    for number in (0, 2):
        alone[number].run()
        assert_same(packed[number], alone[number])


@pytest.mark.parametrize("optimizer", [SGD, OptimizerConfig()], ids=["sgd", "adam"])
@pytest.mark.parametrize("step", [0, 5, 8])
def test_stopped_together_they_go_on_alone_or_in_other_company(make: Any, optimizer: Any, step: int) -> None:
    configs = make(seeds=(0, 0, 1, 1), training={"optimizer": optimizer, "ema_decay": 0.8})
    alone = open_all(configs)
    for training in alone:
        training.run()
    # the signal comes when two of them have been asked already
    keepers = [Memory(stop_at=step + (number < 2)) for number in range(4)]
    ends = together(open_all(configs, keepers))
    assert {type(end) for end in ends} == {InterruptedTrainingError}
    assert [hooks.state["step"] for hooks in keepers] == [step] * 4
    resumed = open_all(configs, [Memory(hooks.state) for hooks in keepers])
    resumed[0].run()
    assert together(resumed[1:]) == [None] * 3
    for one, other in zip(resumed, alone, strict=True):
        assert_same(one, other)


def test_one_that_alone_is_asked_to_stop_leaves_alone(make: Any) -> None:
    configs = make()
    alone = open_all(configs)
    packed = open_all(configs, [Memory(), Memory(stop_at=5), Memory(), Memory()])
    ends = together(packed)
    assert [type(end) for end in ends] == [type(None), InterruptedTrainingError, type(None), type(None)]
    for number in (0, 2, 3):
        alone[number].run()
        assert_same(packed[number], alone[number])


# In their folders.


# What cannot be stacked.
