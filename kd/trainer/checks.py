"""What cannot train is refused at the start, in one line."""

from typing import get_args

import torch
from torch import nn

from kd.config import Precision
from kd.errors import InputError


def check_optimizer(optimizer: torch.optim.Optimizer, student: nn.Module) -> None:
    """Raises: InputError: It changes nothing of the student."""
    optimized = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    if optimized.isdisjoint(id(parameter) for parameter in student.parameters()):
        raise InputError("the optimizer holds none of the student's parameters")


def check_scheduler(scheduler: object, interval: str) -> None:
    """Raises: InputError: It cannot step so."""
    needs_val_loss = isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)
    allowed = ("epoch",) if needs_val_loss else ("epoch", "step")
    if interval not in allowed:
        raise InputError(f"scheduler_interval must be {' or '.join(allowed)}, got {interval!r}")


def check_numbers(
    precision: str,
    clip_grad_norm: float | None,
    accumulation_steps: int,
    ema_decay: float | None,
    checkpoint_every: int | None,
) -> None:
    """Raises: InputError: One is out of its range."""
    if precision not in get_args(Precision):
        raise InputError(f"precision must be {', '.join(get_args(Precision))}, got {precision!r}")
    if clip_grad_norm is not None and not clip_grad_norm > 0:
        raise InputError(f"clip_grad_norm must be > 0, got {clip_grad_norm}")
    if ema_decay is not None and not 0 < ema_decay < 1:
        raise InputError(f"ema_decay must be between 0 and 1, got {ema_decay}")
    for name, steps in {"accumulation_steps": accumulation_steps, "checkpoint_every": checkpoint_every}.items():
        if steps is not None and steps < 1:
            raise InputError(f"{name} must be at least 1, got {steps}")


def checked_count(num_images: int, loader: str) -> int:
    """The same. Raises: InputError: It is 0."""
    if num_images == 0:
        raise InputError(f"{loader} gave no batch (an iterator can be gone through once only; give a DataLoader)")
    return num_images
