"""Distillation in a few lines, for a script or a notebook: own models, own data loaders, no sweep.

    set_seed(42)
    loss = DistillationLoss(temperature=3.0, alpha=0.7)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.1, momentum=0.9)
    trainer = DistillationTrainer(teacher, student, train_loader, test_loader, loss, optimizer, device)
    history = trainer.train(num_epochs=50)

Nothing is searched, checkpointed or resumed here; a sweep does that.
"""

import logging
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kd.errors import NonFiniteLossError
from kd.losses import LossParts, average_logits, heaviest_class
from kd.training.company import needs_company

if TYPE_CHECKING:
    from matplotlib.figure import Figure


log = logging.getLogger(__name__)


Batches = Iterable[Sequence[Tensor]]
"""Of (images, labels), such as a ``DataLoader``; gone through once an epoch.

Labels are classes [batch], or what each class weighs [batch, classes], as torchvision's MixUp and CutMix make them.
"""


LossFunction = Callable[[Tensor, Tensor, Tensor], LossParts]
"""Of student logits, teacher logits and labels, such as a ``DistillationLoss``."""


CURVES = ("train_loss", "soft_loss", "hard_loss", "train_accuracy", "val_loss", "val_accuracy", "lr")


_PANELS = (
    (
        "loss",
        {"train_loss": "training, total", "soft_loss": "soft (T²)", "hard_loss": "hard", "val_loss": "validation"},
    ),
    ("accuracy", {"train_accuracy": "training", "val_accuracy": "validation"}),
)


def set_seed(seed: int) -> None:
    """Seed Python's, numpy's and torch's global generators, on every device."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 code that a script calls may still draw from it
    torch.manual_seed(seed)


class DistillationTrainer:
    """Trains a student on a teacher's outputs.

    Args:
        teacher_model: Frozen and in evaluation mode throughout; of several, the raw logits are averaged.
        student_model: Trained in place.
        train_loader: Batches of (images, labels) to learn from.
        test_loader: Batches to measure on after every epoch; nothing is chosen by them.
        distillation_loss: Of student logits, teacher logits and labels.
        optimizer: Over the student's parameters.
        device: Where to train; the models are moved there.
        scheduler: Its ``step`` is called after every epoch.

    Raises:
        ValueError: The optimizer holds no parameter of the student.
    """

    def __init__(
        self,
        teacher_model: nn.Module | Sequence[nn.Module],
        student_model: nn.Module,
        train_loader: Batches,
        test_loader: Batches,
        distillation_loss: LossFunction,
        optimizer: torch.optim.Optimizer,
        device: torch.device | str = "cpu",
        scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
    ) -> None:
        self.device = torch.device(device)
        self.student = student_model.to(self.device)
        teachers = [teacher_model] if isinstance(teacher_model, nn.Module) else teacher_model
        self.teachers = [teacher.to(self.device) for teacher in teachers]
        optimized = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
        if optimized.isdisjoint(id(parameter) for parameter in student_model.parameters()):
            raise ValueError("the optimizer holds none of the student's parameters")
        self.optimizer = optimizer
        self.scheduler = scheduler
        self._train_loader, self._test_loader = train_loader, test_loader
        self._loss = distillation_loss
        self.history: dict[str, list[float]] = {name: [] for name in CURVES}

    def train(self, num_epochs: int) -> dict[str, list[float]]:
        """Train ``num_epochs`` more epochs.

        Returns:
            One number an epoch, over all calls, for each of ``CURVES``. Losses are means over images:
            ``soft_loss`` with its T², ``val_loss`` plain cross-entropy. Accuracies are fractions, that
            of training as measured on the way, against the class that weighs most.

        Raises:
            NonFiniteLossError: The loss became NaN or infinite.
        """
        for _ in range(num_epochs):
            epoch = self._train_epoch() | self.evaluate()
            for name in CURVES:
                self.history[name].append(epoch[name])
            number = len(self.history["lr"])
            log.info("epoch %d: train_loss %.4f val_accuracy %.4f", number, epoch["train_loss"], epoch["val_accuracy"])
            if self.scheduler is not None:
                self.scheduler.step()
        return self.history

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """``val_loss`` and ``val_accuracy`` of the student on ``test_loader``."""
        self.student.eval()
        sums, num_images = torch.zeros(2, dtype=torch.float64), 0
        for images, labels in self._batches(self._test_loader):
            logits = _logits(self.student, images).float()
            loss = F.cross_entropy(logits, labels, reduction="sum")
            sums += torch.stack([loss, (logits.argmax(1) == heaviest_class(labels)).sum()]).cpu()
            num_images += len(labels)
        loss, accuracy = (sums / _checked(num_images, "test_loader")).tolist()
        return {"val_loss": loss, "val_accuracy": accuracy}

    def _train_epoch(self) -> dict[str, float]:
        self.student.train()
        for teacher in self.teachers:  # after train(), which reaches a teacher that is part of the student
            teacher.eval()
        lr = float(self.optimizer.param_groups[0]["lr"])
        sums, num_images = torch.zeros(4, dtype=torch.float64, device=self.device), 0
        last_images: Tensor | None = None
        for images, labels in self._batches(self._train_loader):
            with torch.no_grad():
                teacher_logits = average_logits([_logits(teacher, images) for teacher in self.teachers])
            if len(images) == 1 and needs_company(self.student, images):
                company = images if last_images is None else last_images
                logits = _logits(self.student, torch.cat([company[-1:], images]))[1:]
            else:
                logits = _logits(self.student, images)
            last_images = images
            parts = self._loss(logits, teacher_logits, labels)
            self.optimizer.zero_grad(set_to_none=True)
            parts.total.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            with torch.no_grad():
                num_correct = (logits.argmax(1) == heaviest_class(labels)).sum()
                sums += torch.stack([*(part * len(labels) for part in parts), num_correct])
            num_images += len(labels)
        total, soft, hard, accuracy = (sums / _checked(num_images, "train_loader")).tolist()
        if not math.isfinite(total):
            raise NonFiniteLossError(f"the training loss is {total} in epoch {len(self.history['lr']) + 1}")
        return {"train_loss": total, "soft_loss": soft, "hard_loss": hard, "train_accuracy": accuracy, "lr": lr}

    def _batches(self, loader: Batches) -> Iterable[tuple[Tensor, Tensor]]:
        for images, labels in loader:
            yield images.to(self.device, non_blocking=True), labels.to(self.device, non_blocking=True)


def _checked(num_images: int, loader: str) -> int:
    if num_images == 0:
        raise ValueError(f"{loader} gave no batch (an iterator can be gone through once only; give a DataLoader)")
    return num_images


def _logits(model: nn.Module, images: Tensor) -> Tensor:
    """Of a model that returns them, or an object that holds them as Hugging Face's do."""
    output: Any = model(images)
    return output if isinstance(output, Tensor) else output.logits


class ModelComparison(NamedTuple):
    """Sizes of two models; bytes are of all parameters in their dtype."""

    teacher_parameters: int
    student_parameters: int
    teacher_bytes: int
    student_bytes: int

    @property
    def compression(self) -> float:
        """How many times fewer parameters the student has."""
        return self.teacher_parameters / self.student_parameters

    def __str__(self) -> str:
        rows = [
            ("teacher", self.teacher_parameters, self.teacher_bytes, 1.0),
            ("student", self.student_parameters, self.student_bytes, self.compression),
        ]
        lines = [f"{'model':<8} {'parameters':>13} {'MiB':>8} {'times smaller':>14}"]
        lines += [f"{name:<8} {count:>13,} {size / 2**20:>8.2f} {ratio:>14.1f}" for name, count, size, ratio in rows]
        return "\n".join(lines)


def compare_models(teacher_model: nn.Module, student_model: nn.Module) -> ModelComparison:
    """Print and return how large the two models are."""
    teacher, student = ([*model.parameters()] for model in (teacher_model, student_model))
    comparison = ModelComparison(
        teacher_parameters=sum(parameter.numel() for parameter in teacher),
        student_parameters=sum(parameter.numel() for parameter in student),
        teacher_bytes=sum(parameter.nbytes for parameter in teacher),
        student_bytes=sum(parameter.nbytes for parameter in student),
    )
    print(comparison)  # noqa: T201 what it is called for
    return comparison


def plot_training_curves(history: Mapping[str, Sequence[float]], save_path: str | Path | None = None) -> "Figure":
    """Losses and accuracies by epoch, side by side.

    Args:
        history: As ``DistillationTrainer.train`` returns it; curves that it lacks are left out.
        save_path: Where to keep the picture, in the format of its ending; folders are made.

    Raises:
        ImportError: matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    for axes, (name, curves) in zip(figure.subplots(1, 2), _PANELS, strict=True):
        for key, label in curves.items():
            if history.get(key):
                axes.plot(range(1, len(history[key]) + 1), history[key], label=label)
        axes.set(xlabel="epoch", ylabel=name)
        axes.grid(alpha=0.3)
        axes.legend()
    if save_path is not None:
        Path(save_path).parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(save_path, dpi=150)
    return figure
