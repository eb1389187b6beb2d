"""What ``bench.speed`` starts in processes of their own: the tutorial script, and the floor."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from bench import tutorials
from bench.floor import Floor, kept_logits, train_teacher
from bench.speed import CPU, EPOCHS, VAL_FRACTION
from kd.cores import num_cores
from kd.models import BUILT_IN

SHAPE = (1, 28, 28)


def tutorial(data: str) -> None:
    """Document 004's script: teacher, student, evaluation."""
    images = tutorials.load(Path(data), "train", "image")
    teacher, student = (tutorials.network(name, images) for name in ("mnist_cnn", "mnist_mlp"))
    tutorials.train_teacher(teacher, images, EPOCHS, CPU)
    tutorials.train_student(teacher, student, images, EPOCHS, CPU)


def prepare(data: str, folder: str, most: str) -> None:
    """The images that a sweep trains on as tensors on disk; not timed, as our decoding is not."""
    images = tutorials.load(Path(data), "train", "image", int(most))
    number = round(len(images) * (1 - VAL_FRACTION))
    arrays, labels = torch.from_numpy(images.arrays)[:number, None], torch.tensor(images.labels[:number])
    torch.save((arrays, labels), Path(folder) / "data.pt")


def teacher(folder: str) -> None:
    """Train the teacher and keep its logits, on all cores: nothing else is to be done meanwhile."""
    torch.set_num_threads(num_cores())
    pixels, labels, net = *_load(folder), BUILT_IN["mnist_cnn"](10, SHAPE)
    train_teacher(net, pixels, labels, EPOCHS)
    torch.save(kept_logits(net, pixels), Path(folder) / "logits.pt")


def students(folder: str, process: str, num_trials: str, num_others: str) -> None:
    """Train students on the kept logits, one after the other, and note when those are done that are trials."""
    pixels, labels = _load(folder)
    logits = torch.load(Path(folder) / "logits.pt", weights_only=True)

    def train(numbers: range) -> None:
        for number in numbers:
            floor = Floor(BUILT_IN["mnist_mlp"](10, SHAPE), pixels, labels, logits)
            floor.train(EPOCHS, alpha=(number + 1) / 20, temperature=1.0 + number)

    trials = range(int(num_trials))
    train(trials)
    # by a clock that on Linux is one for all processes
    (Path(folder) / f"{process}.trials-done").write_text(str(time.perf_counter()))
    train(range(len(trials), len(trials) + int(num_others)))


def _load(folder: str) -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = torch.load(Path(folder) / "data.pt", weights_only=True)
    return images.float() / 255, labels


if __name__ == "__main__":
    torch.set_num_threads(1)
    commands: dict[str, Callable[..., None]] = {each.__name__: each for each in (tutorial, prepare, teacher, students)}
    commands[sys.argv[1]](*sys.argv[2:])
