"""The training loops of the source documents, as those have them: one image at a time, the teacher in every step.

torchvision is not installed with every build of torch, so its ``ToTensor`` and ``Normalize`` are
written out here with the same operations on the same types; nothing else differs from the documents.
"""

import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from kd.models import BUILT_IN

BATCH_SIZE = 128


class Images(Dataset[tuple[Tensor, int]]):
    """What ``torchvision.datasets.MNIST`` and ``CIFAR10`` do for each image: an array, to PIL, to a tensor."""

    def __init__(self, arrays: NDArray[np.uint8], labels: list[int], normalize: bool) -> None:
        self.arrays, self.labels, self.normalize = arrays, labels, normalize

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = to_tensor(Image.fromarray(self.arrays[index]))
        if self.normalize:
            image = image.sub_(torch.full((3, 1, 1), 0.5)).div_(torch.full((3, 1, 1), 0.5))
        return image, self.labels[index]


def to_tensor(picture: Image.Image) -> Tensor:
    """``torchvision.transforms.ToTensor``."""
    image = torch.from_numpy(np.array(picture, np.uint8, copy=True))
    image = image.view(picture.size[1], picture.size[0], len(picture.getbands()))
    return image.permute((2, 0, 1)).contiguous().to(dtype=torch.get_default_dtype()).div(255)


def load(folder: Path, split: str, column: str, limit: int | None = None) -> Images:
    """A split of a data set in Hub layout; decoded beforehand, as torchvision keeps it."""
    import datasets  # not needed by those who make their images themselves

    rows = datasets.load_dataset(str(folder), split=split)
    rows = rows.select(range(min(limit or len(rows), len(rows))))
    arrays = np.stack([np.asarray(image) for image in rows[column]])
    return Images(arrays, list(rows["label"]), normalize=arrays.ndim == 4)


class TutorialLoss(nn.Module):
    """Document 004's."""

    def __init__(self, temperature: float, alpha: float) -> None:
        super().__init__()
        self.temperature, self.alpha = temperature, alpha
        self.ce_loss, self.kl_loss = nn.CrossEntropyLoss(), nn.KLDivLoss(reduction="batchmean")

    def forward(self, student_logits: Tensor, teacher_logits: Tensor, labels: Tensor) -> Tensor:
        """As the document has it."""
        soft_teacher = F.softmax(teacher_logits / self.temperature, dim=1)
        soft_student = F.log_softmax(student_logits / self.temperature, dim=1)
        soft = self.kl_loss(soft_student, soft_teacher) * (self.temperature**2)
        return self.alpha * soft + (1 - self.alpha) * self.ce_loss(student_logits, labels)  # type: ignore[no-any-return]


def network(name: str, images: Images) -> nn.Module:
    """One of the documents' models, which the built-in ones are."""
    shape = images[0][0].shape
    return BUILT_IN[name](10, (shape[0], shape[1], shape[2]))


def train_teacher(teacher: nn.Module, images: Images, epochs: int, device: torch.device) -> None:
    """Document 004's ``train_teacher``."""
    loader = DataLoader(images, batch_size=BATCH_SIZE, shuffle=True)
    optimizer = torch.optim.Adam(teacher.parameters(), lr=0.001)
    criterion = nn.CrossEntropyLoss()
    teacher.train()
    for _ in range(epochs):
        total_loss = 0.0
        for batch, targets in loader:
            batch, targets = batch.to(device), targets.to(device)
            optimizer.zero_grad()
            loss = criterion(teacher(batch), targets)
            loss.backward()
            optimizer.step()
            total_loss += loss.item()


def train_student(
    teacher: nn.Module,
    student: nn.Module,
    images: Images,
    epochs: int,
    device: torch.device,
    alpha: float = 0.5,
    temperature: float = 2.0,
) -> list[float]:
    """Document 004's ``train_student``; document 002's differs in its optimizer alone. Seconds of each epoch."""
    loader = DataLoader(images, batch_size=BATCH_SIZE, shuffle=True)
    optimizer = torch.optim.Adam(student.parameters(), lr=0.001)
    criterion = TutorialLoss(temperature, alpha)
    teacher.eval()
    student.train()
    seconds = []
    for _ in range(epochs):
        began = time.perf_counter()
        total_loss = 0.0
        for batch, targets in loader:
            batch, targets = batch.to(device), targets.to(device)
            with torch.no_grad():
                teacher_logits = teacher(batch)
            student_logits = student(batch)
            loss = criterion(student_logits, teacher_logits, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total_loss += loss.item()
        seconds.append(time.perf_counter() - began)
    return seconds
