"""One step of a training: the gradients of a batch, in parts where it is large, and what the optimizer makes of them.

The sweep's loop (``kd.training.loop``) and ``kd.DistillationTrainer`` both take their steps here.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from kd.losses import LossParts, heaviest_class
from kd.phases import BACKWARD, OPTIMIZER
from kd.training.optimization.ema import WeightAverage

Part = TypeVar("Part")


class Trained(NamedTuple):
    """What a step changes, and how far it may go.

    ``average`` follows ``model`` where it is one; ``clip_grad_norm`` is the largest norm of all gradients together,
    those of ``beside`` included: layers that are trained with the model and are no part of it.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    average: WeightAverage[Any] | None = None
    clip_grad_norm: float | None = None
    beside: nn.Module | None = None


def take_step(
    trained: Trained,
    step: int,
    parts: Sequence[Part],
    add_gradients: Callable[[Part], None],
    without_exchange: AbstractContextManager[None] | None = None,
    exchange_others: Callable[[], None] = lambda: None,
) -> None:
    """Change the weights by what the gradients of all parts say together.

    Args:
        trained: What is changed.
        step: Its number, counted from 0, over all epochs.
        parts: Of the batch, at least one.
        add_gradients: Adds those of a part, weighted by its share of the batch.
        without_exchange: Entered for all parts but the last, where several processes share the step.
        exchange_others: Called when all gradients are there, for those that the model's wrapper does not exchange.
    """
    model, optimizer, average, clip_grad_norm, beside = trained
    optimizer.zero_grad(set_to_none=True)
    *first, last = parts
    with without_exchange or nullcontext():
        for part in first:
            add_gradients(part)
    add_gradients(last)
    exchange_others()
    if clip_grad_norm is not None:
        parameters = [*model.parameters(), *(beside.parameters() if beside is not None else ())]
        torch.nn.utils.clip_grad_norm_(parameters, clip_grad_norm)
    with OPTIMIZER:
        optimizer.step()
        if average is not None:
            average.update(model, step)


def backward(losses: LossParts, weight: float) -> None:
    """Add the gradients of the total loss, which is ``weight`` of the step's."""
    with BACKWARD:
        (losses.total if weight == 1 else losses.total * weight).backward()  # type: ignore[no-untyped-call]


@torch.no_grad()
def sums_over_images(losses: LossParts, logits_BC: Tensor, labels: Tensor, beside: Tensor | None = None) -> Tensor:
    """Total, soft and hard loss, and the number of right answers, float64 [4]: a tensor, so that no GPU is waited for.

    With a loss beside them, on features or on unlabelled images, that is a fifth.

    Args:
        losses: Means over the images.
        logits_BC: The student's.
        labels: Classes [batch], or what each class weighs [batch, classes]; the right answer is the heaviest.
        beside: Summed over its images already.
    """
    num_correct = (logits_BC.argmax(1) == heaviest_class(labels)).sum()
    sums = [*(loss * len(labels) for loss in losses), num_correct]
    if beside is not None:
        sums.append(beside)
    return torch.stack(sums).double()
