"""Started in hydra's environment: its search of alpha and T, each trial written as its users would.

``tutorial`` asks the teacher in every step and loads image by image, as the document does; ``floor`` keeps the logits
of the teacher, and the images as tensors, as a patient person would. ``FOLDER/data.pt`` holds the images.

    python bench/peers/hydra_search.py teacher FOLDER tutorial|floor
    python bench/peers/hydra_search.py --multirun folder=FOLDER way=tutorial|floor
"""

import sys
from pathlib import Path

import torch
from torch import Tensor

from bench import tutorials
from bench.floor import Floor, kept_logits, train_teacher
from kd.models import BUILT_IN

CPU = torch.device("cpu")
SHAPE, NUM_CLASSES, EPOCHS = (1, 28, 28), 10, 5
VAL_SHARE = 0.1


def load(folder: Path) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Images [N, 1, 28, 28] as bytes and their classes, of train and of val."""
    images, labels = torch.load(folder / "data.pt", weights_only=True)
    num_train = round(len(labels) * (1 - VAL_SHARE))
    return (images[:num_train], labels[:num_train]), (images[num_train:], labels[num_train:])


def as_files(images: Tensor, labels: Tensor) -> tutorials.Images:
    """What the document's data loader takes."""
    return tutorials.Images(images[:, 0].numpy(), labels.tolist(), normalize=False)


def keep_teacher(folder: Path, way: str) -> None:
    """Train the teacher, and keep what the trials need of it."""
    (images, labels), _ = load(folder)
    teacher = BUILT_IN["mnist_cnn"](NUM_CLASSES, SHAPE)
    if way == "tutorial":
        tutorials.train_teacher(teacher, as_files(images, labels), EPOCHS, CPU)
        torch.save(teacher.state_dict(), folder / "teacher.pt")
    else:
        train_teacher(teacher, images.float() / 255, labels, EPOCHS)
        torch.save(kept_logits(teacher, images.float() / 255), folder / "logits.pt")


def trial(folder: Path, way: str, alpha: float, temperature: float) -> float:
    """Val accuracy of a student so taught."""
    (images, labels), (val_images, val_labels) = load(folder)
    student = BUILT_IN["mnist_mlp"](NUM_CLASSES, SHAPE)
    if way == "tutorial":
        teacher = BUILT_IN["mnist_cnn"](NUM_CLASSES, SHAPE)
        teacher.load_state_dict(torch.load(folder / "teacher.pt", weights_only=True))
        tutorials.train_student(teacher, student, as_files(images, labels), EPOCHS, CPU, alpha, temperature)
    else:
        logits = torch.load(folder / "logits.pt", weights_only=True)
        Floor(student, images.float() / 255, labels, logits).train(EPOCHS, alpha, temperature)
    student.eval()
    with torch.no_grad():
        return float((student(val_images.float() / 255).argmax(dim=1) == val_labels).float().mean())


def search() -> None:
    """As a hydra application."""
    import hydra
    from omegaconf import DictConfig

    @hydra.main(version_base="1.3", config_path=".", config_name="hydra_search")
    def carry_out(asked: DictConfig) -> float:
        torch.set_num_threads(1)  # two trials run side by side, on two cores
        return trial(Path(asked.folder), asked.way, asked.alpha, asked.temperature)

    carry_out()


if __name__ == "__main__":
    if sys.argv[1] == "teacher":
        keep_teacher(Path(sys.argv[2]), sys.argv[3])
    else:
        search()
