"""The loss of a run, from its configuration."""

import torch
from torch import Tensor

from kd.config import TrainConfig
from kd.errors import InputError
from kd.losses import DistillationLoss, LossSchedule, soft_term
from kd.model_source import source_sha256


def build_loss(
    config: TrainConfig, device: torch.device, class_weights_C: Tensor | None = None
) -> DistillationLoss | None:
    """The loss of a distilled run, on ``device``.

    Args:
        config: The run.
        device: Where it trains.
        class_weights_C: What an image of each class weighs in the hard term; None: 1 each.

    Raises:
        InputError: A loss of the user's own cannot be called, or is not what it was when the sweep was started.
    """
    distill = config.distill
    if distill is None:
        return None
    if distill.loss_sha256 not in (None, source_sha256(distill.loss)):
        raise InputError(f"loss: {distill.loss} changed since the sweep was started; start the sweep again")
    schedule = LossSchedule(
        config.training.epochs, distill.warmup_epochs, distill.temperature_schedule, distill.temperature_end
    )
    soft = soft_term(distill.loss, distill.loss_options)
    smoothing = config.training.label_smoothing
    loss = DistillationLoss(
        distill.temperature,
        distill.alpha,
        soft,
        smoothing,
        scale=distill.scale,
        schedule=schedule,
        class_weights=class_weights_C,
    )
    return loss.to(device)
