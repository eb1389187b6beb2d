"""The running average of a model's weights over its training steps."""

from typing import Generic, TypeVar

import torch
from torch import nn

from kd.models.image_model import copied

Model = TypeVar("Model", bound=nn.Module)


class WeightAverage(Generic[Model]):
    """Keeps ``average ← d · average + (1 − d) · weights`` after every step.

    The decay d starts at 1/10 and grows with the number of steps t as (1 + t) / (10 + t) up to
    ``decay``, so that the first random weights are soon forgotten. Floating buffers, such as the running
    statistics of batch normalisation, are averaged alike, as those of the last few batches are of other
    weights. Others, such as a count of batches, are copied.

    Args:
        model: In training; not changed.
        decay: 0 < decay < 1, such as 0.999.
    """

    def __init__(self, model: Model, decay: float) -> None:
        self.decay = decay
        self.model = copied(model).requires_grad_(False)

    @torch.no_grad()
    def update(self, model: Model, step: int) -> None:
        """Take in the weights after step ``step``, counted from 0."""
        weight = 1 - min(self.decay, (1 + step) / (10 + step))
        for average, parameter in zip(self.model.parameters(), model.parameters(), strict=True):
            average.lerp_(parameter, weight)
        for kept, buffer in zip(self.model.buffers(), model.buffers(), strict=True):
            if buffer.is_floating_point():
                kept.lerp_(buffer, weight)
            else:
                kept.copy_(buffer)
