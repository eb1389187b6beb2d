"""How fast trainings take their steps, with compilation and warming up outside."""

import statistics
import time
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import torch

from bench.gpu.asking import Rate, Setting
from bench.trainings import invent, invented_logits, open_training, take
from kd.config import AugmentConfig, ModelTraining
from kd.evaluation.logits import measure_size
from kd.models import build_model
from kd.training.loop import Training
from kd.training.teacher.logits import Teacher

WARM_UP_STEPS = 5
SMALL_BATCH = 8


class Student(NamedTuple):
    """A model and what it is trained on: images (channels, height, width), classes, images of a step.

    ``known_as``: by what name sweep files know it, where the kit makes it itself.
    """

    model: str
    image: tuple[int, int, int]
    num_classes: int
    batch_size: int
    augment: AugmentConfig = AugmentConfig()
    known_as: str = ""


def sized(setting: Setting, student: Student) -> Student:
    """With small batches where everything is small."""
    return student._replace(batch_size=min(student.batch_size, SMALL_BATCH)) if setting.small else student


def seconds_of(setting: Setting, work: Callable[[], object]) -> float:
    """Of some work, until the GPU is done with it."""
    _wait(setting.device)
    began = time.perf_counter()
    work()
    _wait(setting.device)
    return time.perf_counter() - began


def rate_of(
    setting: Setting, student: Student, steps: int, how: str = "eager", teacher: Teacher | None = None
) -> list[float]:
    """Images a second of each round of ``steps``, distilled from kept logits, or taught in every step by ``teacher``.

    Args:
        setting: Where.
        student: What is trained.
        steps: Of a round.
        how: ``eager``, ``compiled``, or ``graphs``: compiled, and each step's kernels launched as one CUDA graph.
        teacher: The teacher itself, instead of its logits.
    """
    torch.compiler.reset()  # what was compiled for another student's shapes would make this one's dynamic
    num_warm = setting.sized(WARM_UP_STEPS, 1)
    num_images = student.batch_size * (1 + num_warm + steps * setting.rounds)
    data = invent(num_images, student.image, student.num_classes, setting.device)
    training = open_training(
        ModelTraining(model=student.model, epochs=1, batch_size=student.batch_size, compile=how == "compiled"),
        data,
        teacher or invented_logits(data),
        augment=student.augment,
    )
    if how == "graphs":
        use_graphs(training)
    batches = training.steps()
    first_s = seconds_of(setting, lambda: take(training, batches, 1))
    take(training, batches, num_warm)
    seconds = [seconds_of(setting, lambda: take(training, batches, steps)) for _ in range(setting.rounds)]
    rates = [steps * student.batch_size / each for each in seconds]
    if teacher is None:
        rate = float(f"{statistics.median(rates):.4g}")
        macs = macs_of(student.model, student.image, student.num_classes)
        setting.tell(
            Rate(
                student.known_as or student.model, how, student.batch_size, rate, round(first_s, 2), macs, student.image
            )
        )
    return rates


def use_graphs(training: Training) -> None:
    """Compile so that the kernels of a pass are launched as one graph; no option of the program's, as yet."""
    training.gradients.forward = torch.compile(training.gradients.forward, mode="reduce-overhead")


@cache
def macs_of(model: str, image: tuple[int, int, int], num_classes: int) -> int:
    """Multiply-accumulates of one image's forward pass."""
    return measure_size(build_model(model, num_classes, image), image).macs


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
