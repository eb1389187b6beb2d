"""The distillation loss, in one convention: ``alpha`` weights the soft (teacher) term.

Shape suffixes: B batch, C classes.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LossParts(NamedTuple):
    """Means over the batch. ``soft`` carries its T² factor; ``total`` is what training minimises."""

    total: Tensor
    soft: Tensor
    hard: Tensor


def kd_divergence(student_logits_BC: Tensor, teacher_logits_BC: Tensor, temperature: float) -> Tensor:
    """T² · KL(softmax(teacher/T) ‖ softmax(student/T)), summed over classes, mean over the batch.

    The T² keeps the gradient's size independent of T: with respect to the student's logits it is
    ``T · (softmax(student/T) − softmax(teacher/T)) / B``. Computed in float32 whatever the inputs'
    dtype. Gradients flow to the student only.

    Args:
        student_logits_BC: Raw logits [batch, classes].
        teacher_logits_BC: Raw logits of the same shape.
        temperature: T > 0.

    Returns:
        A scalar, at least 0; exactly 0 at equal logits.

    Raises:
        ValueError: The shapes differ (torch itself would broadcast) or T is not positive.

    References:
        Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, arXiv:1503.02531.
    """
    if student_logits_BC.shape != teacher_logits_BC.shape or student_logits_BC.ndim != 2:
        raise ValueError(
            f"student and teacher logits must both be [batch, classes], got "
            f"{list(student_logits_BC.shape)} and {list(teacher_logits_BC.shape)}"
        )
    if not temperature > 0:
        raise ValueError(f"temperature must be > 0, got {temperature}")
    student = F.log_softmax(_at_least_float32(student_logits_BC) / temperature, dim=1)
    teacher = F.log_softmax(teacher_logits_BC.detach().to(student.dtype) / temperature, dim=1)
    return F.kl_div(student, teacher, reduction="batchmean", log_target=True) * temperature**2


def _at_least_float32(logits: Tensor) -> Tensor:
    return logits if logits.dtype is torch.float64 else logits.float()


class DistillationLoss(nn.Module):
    """alpha · T² · KL(teacher ‖ student) + (1 − alpha) · CE(student, labels).

    >>> logits, labels = torch.tensor([[2.0, 0.0]]), torch.tensor([0])
    >>> parts = DistillationLoss(temperature=4.0, alpha=1.0)(logits, logits, labels)
    >>> parts.total.item(), round(parts.hard.item(), 4)
    (0.0, 0.1269)
    """

    def __init__(self, temperature: float = 2.0, alpha: float = 0.5) -> None:
        super().__init__()
        if not 0 <= alpha <= 1:
            raise ValueError(f"alpha must be in [0, 1], got {alpha}")
        if not temperature > 0:
            raise ValueError(f"temperature must be > 0, got {temperature}")
        self.temperature = temperature
        self.alpha = alpha

    def forward(self, student_logits_BC: Tensor, teacher_logits_BC: Tensor, labels_B: Tensor) -> LossParts:
        """The loss and its two parts; both are measured even where alpha gives one no weight.

        Raises:
            ValueError: Shapes that do not fit together.
        """
        if labels_B.shape != student_logits_BC.shape[:1]:
            raise ValueError(
                f"labels must be [batch], got {list(labels_B.shape)} for logits {list(student_logits_BC.shape)}"
            )
        soft = kd_divergence(student_logits_BC, teacher_logits_BC, self.temperature)
        hard = F.cross_entropy(_at_least_float32(student_logits_BC), labels_B)
        return LossParts(self.alpha * soft + (1 - self.alpha) * hard, soft, hard)

    def extra_repr(self) -> str:
        """Shown by ``repr``."""
        return f"temperature={self.temperature}, alpha={self.alpha}"
