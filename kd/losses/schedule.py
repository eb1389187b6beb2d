"""How the weight of the soft term and the temperature go over a training: one value of each an epoch.

Both are functions of the epoch alone, so a training that was cut anywhere goes on with the same ones. What a learned
temperature has learned is a parameter, and travels in the checkpoint.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeVar

import torch
from torch import Tensor, nn

TEMPERATURE_RANGE = (1.0, 21.0)
"""Between which a learned temperature stays: the published code's ``t_start`` and ``t_start + t_end``."""

REVERSAL_EPOCHS = 10
"""After which a learned temperature's gradient is reversed in full: the published code's ``decay_loops``."""

Number = TypeVar("Number", float, Tensor)


@dataclass(frozen=True)
class LossSchedule:
    """What changes in a loss from epoch to epoch.

    Args:
        num_epochs: Of the whole training; asked for by ``linear`` and ``cosine`` alone.
        warmup_epochs: Over which the weight of the soft term rises to alpha. The hard term has its own throughout.
        temperature: ``constant``; ``linear`` or ``cosine``, to ``temperature_end`` in the last epoch; or ``learned``.
        temperature_end: Of the last epoch; of the first it is the loss's own.

    Raises:
        ValueError: A value out of its range, or an end without a way there.
    """

    num_epochs: int = 0
    warmup_epochs: int = 0
    temperature: Literal["constant", "linear", "cosine", "learned"] = "constant"
    temperature_end: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.warmup_epochs < 0:
            raise ValueError(f"warmup_epochs must be at least 0, got {self.warmup_epochs}")
        if (self.temperature in ("linear", "cosine")) != (self.temperature_end is not None):
            raise ValueError("temperature_end goes together with a linear or cosine temperature")
        if self.temperature_end is not None and not self.temperature_end > 0:
            raise ValueError(f"temperature_end must be > 0, got {self.temperature_end}")
        if self.temperature_end is not None and self.num_epochs < 2:
            raise ValueError(f"a {self.temperature} temperature needs num_epochs of at least 2, got {self.num_epochs}")

    def soft_share(self, epoch: int) -> float:
        """How much of its weight the soft term has in an epoch, counted from 0.

        As in DKD's published code, which counts from 1: 1/n in the first epoch, all from the n-th on.

        >>> [LossSchedule(warmup_epochs=4).soft_share(epoch) for epoch in (0, 1, 3, 9)]
        [0.25, 0.5, 1.0, 1.0]
        """
        return min((epoch + 1) / self.warmup_epochs, 1.0) if self.warmup_epochs else 1.0

    def temperature_at(self, start: Number, epoch: int) -> Number:
        """The temperature of an epoch, counted from 0; a learned one is not asked here.

        >>> schedule = LossSchedule(num_epochs=5, temperature="linear", temperature_end=2.0)
        >>> [schedule.temperature_at(8.0, epoch) for epoch in range(5)]
        [8.0, 6.5, 5.0, 3.5, 2.0]
        """
        if self.temperature_end is None:
            return start
        done = min(epoch / (self.num_epochs - 1), 1.0)
        if self.temperature == "cosine":
            done = (1 - math.cos(math.pi * done)) / 2
        return start * (1 - done) + self.temperature_end * done


class LearnedTemperature(nn.Module):
    """T = 1 + 20 · sigmoid(θ), one number for all images, which is trained to make the loss larger.

    θ is trained by the student's own optimizer, with the gradient of the loss times −(1 − cos(π · e / 10)) / 2 in
    epoch e, counted from 1, and times −1 from the tenth on: the student's task becomes harder bit by bit.

    Args:
        start: T to begin with, between 1 and 21. The published one is 1 + 20 · sigmoid(1) = 15.62.

    References:
        Li et al.: Curriculum Temperature for Knowledge Distillation, arXiv:2211.16231, the global version.
    """

    def __init__(self, start: float) -> None:
        super().__init__()
        low, high = TEMPERATURE_RANGE
        if not low < start < high:
            raise ValueError(f"a learned temperature begins between {low:g} and {high:g}, got {start}")
        self.theta = nn.Parameter(torch.logit(torch.tensor((start - low) / (high - low), dtype=torch.float64)).float())
        self.reversal = 0.0

    def set_epoch(self, epoch: int) -> None:
        """Reverse the gradient as much as an epoch, counted from 0, does."""
        done = min((epoch + 1) / REVERSAL_EPOCHS, 1.0)
        self.reversal = -(1 - math.cos(math.pi * done)) / 2

    def forward(self) -> Tensor:
        """T, a scalar."""
        fixed = self.theta.detach()
        reversed_theta = fixed + self.reversal * (self.theta - fixed)  # θ to the bit, with another gradient
        low, high = TEMPERATURE_RANGE
        return low + (high - low) * torch.sigmoid(reversed_theta)

    @property
    def value(self) -> float:
        """T now."""
        with torch.no_grad():
            return float(self())
