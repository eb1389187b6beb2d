"""The project's own trainings over images that are only invented, for what is timed: no files, no evaluation asked."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import torch

from kd.config import AugmentConfig, DistillConfig, ModelTraining, StoredData, TrainConfig
from kd.data.images import Split, TrainingData
from kd.records import History
from kd.training.gradients import Batch
from kd.training.loop import Training
from kd.training.teacher.logits import Teacher

NOTHING = StoredData(
    source="synthetic", digest="", val_fraction=0.1, test_fraction=0.1, split_seed=0, max_train=None, max_test=None
)


class NoHooks:
    """Keeps nothing and never interrupts."""

    def load(self) -> None:
        """Nothing."""

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Not wanted."""

    def record(self, history: History) -> None:
        """Not wanted."""

    def should_stop(self) -> bool:
        """Never."""
        return False

    def should_save(self, after_epoch: bool) -> bool:
        """Never."""
        return False

    def should_prune(self, history: History) -> bool:
        """Never."""
        return False


def invent(
    num_images: int, image: tuple[int, int, int], num_classes: int, device: torch.device, num_val: int | None = None
) -> TrainingData:
    """Random pixels and classes; as many of val as of train, where nobody says how many."""

    def split(number: int) -> Split:
        pixels = torch.randint(0, 256, (number, *image), dtype=torch.uint8, device=device)
        return Split(pixels, torch.randint(0, num_classes, (number,), device=device))

    train = split(num_images)
    return TrainingData(train, train if num_val is None else split(num_val), tuple(map(str, range(num_classes))))


def invented_logits(data: TrainingData) -> Teacher:
    """A teacher whose logits of each image are kept, in float16."""
    number, device = len(data.train.labels_N), data.train.labels_N.device
    logits_NC = torch.randn(number, len(data.class_names), device=device).half()
    teacher: Teacher = SimpleNamespace(of=lambda view, epoch: lambda rows_B, images_BCHW: logits_NC[rows_B])
    return teacher


def open_training(
    training: ModelTraining,
    data: TrainingData,
    teacher: Teacher | None,
    seed: int = 0,
    distill: DistillConfig | None = None,
    augment: AugmentConfig | None = None,
) -> Training:
    """A distilled training; without a teacher, the student alone."""
    config = TrainConfig(
        role="baseline" if teacher is None else "search",
        seed=seed,
        data=NOTHING,
        training=training,
        augment=augment or AugmentConfig(),
        distill=None if teacher is None else distill or DistillConfig(alpha=0.5, temperature=4.0),
        logits=None if teacher is None else "synthetic",
    )
    return Training(config, data, NoHooks(), teacher)


def take(training: Training, batches: Iterator[Batch], steps: int) -> None:
    """So many steps more."""
    for _ in range(steps):
        training.train_step(*next(batches))
