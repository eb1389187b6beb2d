"""A problem of four by four pixels, for the trainer's tests."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from kd import DistillationLoss, DistillationTrainer


def data(num=70, seed=0):
    """Images whose brightest corner is their class."""
    generator = torch.Generator().manual_seed(seed)
    images, labels = torch.randn(num, 1, 4, 4, generator=generator), torch.arange(num) % 3
    for image, label in zip(images, labels, strict=True):
        image[0, label, label] += 4
    return TensorDataset(images, labels)


def net(width=16, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(16, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 3))


def loaders():
    return DataLoader(data(), batch_size=32), DataLoader(data(30, seed=1), batch_size=16)


def trainer(teacher=None, student=None, loss=None, lr=0.1, **changes):
    """With what is not given as the tutorial has it."""
    student = student or net(8, seed=1)
    train_loader, test_loader = loaders()
    return DistillationTrainer(
        teacher_model=net() if teacher is None else teacher,
        student_model=student,
        **{
            "train_loader": train_loader,
            "test_loader": test_loader,
            "distillation_loss": loss or DistillationLoss(temperature=3.0, alpha=0.7),
            "optimizer": torch.optim.SGD(student.parameters(), lr=lr, momentum=0.9),
            **changes,
        },
    )
