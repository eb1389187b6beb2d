"""A loss of the user's own, tried on random logits before anything is trained with it."""

from collections.abc import Sequence

import torch
from torch import Tensor

from kd.config import DistillConfig
from kd.errors import InputError, one_line
from kd.losses import OwnLoss, import_loss
from kd.records import RehearsedLoss

NUM_IMAGES = 7  # a prime: what reshapes by another number of classes fails
REMEDY = "it must compute logits [images, classes] of any number of images, on the device of the logits"


def rehearse_loss(
    place: str, settings: Sequence[DistillConfig], num_classes: int, device: torch.device
) -> RehearsedLoss:
    """Compute it, and its gradient, for logits of as many classes as the data has.

    Args:
        place: Of the loss in the sweep file, such as ``distill``.
        settings: The loss with each of the temperatures and options to try.
        num_classes: Of the data.
        device: Where it will be computed.

    Raises:
        InputError: It cannot be called, is no finite scalar, or teaches the student nothing; one line that names it.
    """
    try:
        values = [_value_of(import_loss(each.loss, each.options), each, num_classes, device) for each in settings]
    except InputError as error:
        raise InputError(f"{place}.{error}") from error
    return RehearsedLoss(place=place, loss=settings[0].loss, num_classes=num_classes, values=values)


def _value_of(loss: OwnLoss, distill: DistillConfig, num_classes: int, device: torch.device) -> float:
    random = torch.Generator().manual_seed(0)
    student_BC, teacher_BC = (3 * torch.randn(2, NUM_IMAGES, num_classes, generator=random)).to(device)
    labels_B = (torch.arange(NUM_IMAGES) % num_classes).to(device)
    student_BC.requires_grad_()
    options = "".join(f", {name} {value}" for name, value in distill.options.items())
    on = f"on random logits of {num_classes} classes at temperature {distill.temperature:g}{options}"
    try:
        value = loss(student_BC.clone(), teacher_BC, labels_B, distill.temperature)  # a leaf admits no change in place
    except InputError:
        raise
    except Exception as error:  # the user's code may raise anything
        raise InputError(f"loss: {loss.name} fails {on}: {one_line(error)}; {REMEDY}") from error
    if not value.isfinite():
        raise InputError(f"loss: {loss.name} is {value.item()} {on}; keep logarithms and divisions from 0")
    if not value.requires_grad:
        raise InputError(
            f"loss: {loss.name} gives no gradient for the student's logits: they are detached, or used under no_grad"
        )
    try:
        (gradient,) = torch.autograd.grad(value, student_BC, allow_unused=True)
    except RuntimeError as error:
        raise InputError(f"loss: {loss.name} has no gradient {on}: {one_line(error)}") from error
    _check_gradient(loss.name, gradient, on)
    return value.item()


def _check_gradient(name: str, gradient_BC: Tensor | None, on: str) -> None:
    if gradient_BC is None or not gradient_BC.any():
        raise InputError(
            f"loss: {name} has a gradient of 0 for the student's logits {on}: what it computes does not depend on them "
            "smoothly (argmax, sign, a comparison)"
        )
    if not gradient_BC.isfinite().all():
        raise InputError(
            f"loss: {name} has a gradient that is not finite {on}; roots, norms and logarithms are steep at 0"
        )
