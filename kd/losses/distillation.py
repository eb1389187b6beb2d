"""The loss of a distilled student, in one convention: ``alpha`` weights the soft (teacher) term."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from kd.losses.hard import label_cross_entropy
from kd.losses.own import Option, OwnLoss, import_loss
from kd.losses.schedule import LearnedTemperature, LossSchedule
from kd.losses.soft import (
    Temperature,
    at_least_float32,
    check_labels,
    decoupled_divergence,
    hard_label_cross_entropy,
    heaviest_class,
    kd_divergence,
    normalized_cross_entropy,
    relation_distance,
    soft_cross_entropy,
    standardized_divergence,
)


class LossParts(NamedTuple):
    """Means over the batch. ``soft`` carries its T² factor; ``total`` is what training minimises."""

    total: Tensor
    soft: Tensor
    hard: Tensor


class _Loss(NamedTuple):
    """A soft term: how it is called, and the options it knows with their defaults."""

    compute: Callable[..., Tensor]
    options: dict[str, float]


LOSSES: dict[str, _Loss] = {
    "kd": _Loss(lambda student, teacher, labels, temperature: kd_divergence(student, teacher, temperature), {}),
    "soft_ce": _Loss(
        lambda student, teacher, labels, temperature: soft_cross_entropy(student, teacher, temperature), {}
    ),
    "kd_zscore": _Loss(
        lambda student, teacher, labels, temperature: standardized_divergence(student, teacher, temperature), {}
    ),
    "dkd": _Loss(decoupled_divergence, {"beta": 8.0}),
    "dist": _Loss(
        lambda student, teacher, labels, temperature, gamma: relation_distance(student, teacher, temperature, gamma),
        {"gamma": 1.0},
    ),
    "nkd": _Loss(normalized_cross_entropy, {"gamma": 1.5}),
    "hard": _Loss(lambda student, teacher, labels, temperature: hard_label_cross_entropy(student, teacher), {}),
}
"""By name, as in a sweep's ``distill.loss``; each is called with student, teacher, labels, T and its options."""


class SoftTerm(NamedTuple):
    """A soft term with its options, the defaults among them: a function of student, teacher, labels and T."""

    name: str
    compute: Callable[..., Tensor]
    options: dict[str, Option]


def soft_term(loss: str | Callable[..., Tensor], options: Mapping[str, Option]) -> SoftTerm:
    """The soft term that ``DistillationLoss`` is asked for.

    Raises:
        ValueError: There is none of that name, or it does not know an option.
        InputError: A function that cannot be imported or called so.
    """
    if not isinstance(loss, str) or ":" in loss:
        own = import_loss(loss, options) if isinstance(loss, str) else OwnLoss(loss, options, _name_of(loss))
        return SoftTerm(own.name, own, own.options)
    if loss not in LOSSES:
        raise ValueError(f"no loss '{loss}'; there are {', '.join(LOSSES)}")
    compute, known = LOSSES[loss]
    unknown = sorted(options.keys() - known.keys())
    if unknown:
        raise ValueError(f"loss {loss} has no option {unknown[0]}; it has {', '.join(known) or 'none'}")
    given = {**known, **options}
    return SoftTerm(loss, partial(compute, **given), given)


class DistillationLoss(nn.Module):
    """scale · (alpha · soft(student, teacher) + (1 − alpha) · CE(student, labels)).

    alpha = 0 is exactly cross-entropy and alpha = 1 exactly the soft term, whatever the other is. Two weights that do
    not sum to one, w of the soft term and v of the hard one, are ``scale = w + v`` and ``alpha = w / (w + v)``.

    Args:
        temperature: T > 0. ``hard`` makes no use of it.
        alpha: Weight of the soft (teacher) term, 0 to 1.
        loss: The soft term: one of ``LOSSES``, a ``package.module:function``, or a function of student logits, teacher
            logits, labels, temperature and its options, which returns a scalar (``kd.losses.own``).
        label_smoothing: Share of each label that is spread over all classes, in the hard term.
        scale: Of the whole, above 0. Adam's steps do not depend on it; for SGD it multiplies the learning rate and
            divides the weight decay.
        schedule: What changes from epoch to epoch, where anything does; ``set_epoch`` says which one it is.
        class_weights: How much an image of each class [classes] weighs in the hard term (``label_cross_entropy``). The
            soft term has none: what it says of a rare class is the teacher's, which has weights of its own.
        **options: Of that soft term: ``beta`` of ``dkd``, ``gamma`` of ``dist`` and ``nkd``, of a function its own.

    Raises:
        ValueError: A value out of its range, or an option that the loss does not know.
        InputError: A function that cannot be imported or called so.

    >>> logits, labels = torch.tensor([[2.0, 0.0]]), torch.tensor([0])
    >>> parts = DistillationLoss(temperature=4.0, alpha=1.0)(logits, logits, labels)
    >>> parts.total.item(), round(parts.hard.item(), 4)
    (0.0, 0.1269)
    """

    class_weights_C: Tensor | None

    def __init__(
        self,
        temperature: float = 2.0,
        alpha: float = 0.5,
        loss: "str | Callable[..., Tensor] | SoftTerm" = "kd",
        label_smoothing: float = 0.0,
        *,
        scale: float = 1.0,
        schedule: LossSchedule | None = None,
        class_weights: Tensor | None = None,
        **options: Option,
    ) -> None:
        super().__init__()
        if not 0 <= alpha <= 1:
            raise ValueError(f"alpha must be in [0, 1], got {alpha}")
        if not temperature > 0:
            raise ValueError(f"temperature must be > 0, got {temperature}")
        if not 0 < scale < math.inf:
            raise ValueError(f"scale must be finite and > 0, got {scale}")
        self.temperature = temperature
        self.alpha = alpha
        self.label_smoothing = label_smoothing
        self.scale = scale
        self.schedule = schedule or LossSchedule()
        self.loss, self._compute, self.options = loss if isinstance(loss, SoftTerm) else soft_term(loss, options)
        self.register_buffer("class_weights_C", class_weights, persistent=False)  # of the data: no checkpoint needs it
        self.learned = LearnedTemperature(temperature) if self.schedule.temperature == "learned" else None
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Be the loss of an epoch, counted from 0, as the schedule has it."""
        self._epoch = epoch
        self._soft_share = self.schedule.soft_share(epoch)
        if self.learned is not None:
            self.learned.set_epoch(epoch)

    @property
    def is_temperature_changing(self) -> bool:
        """Whether T is another one from epoch to epoch."""
        return self.schedule.temperature != "constant"

    @property
    def temperature_now(self) -> float:
        """T in the epoch under way; of a learned one after the last step."""
        if self.learned is not None:
            return self.learned.value
        return self.schedule.temperature_at(self.temperature, self._epoch)

    def forward(self, student_logits_BC: Tensor, teacher_logits_BC: Tensor, labels: Tensor) -> LossParts:
        """The loss and its two parts; both are measured even where alpha gives one no weight.

        Args:
            student_logits_BC: Raw logits [batch, classes].
            teacher_logits_BC: Raw logits of the same shape.
            labels: True classes [batch], int64; or, of mixed images, what each class weighs [batch, classes],
                floating. The hard term is then the weighted sum of cross-entropies. A soft term that asks for
                the label (``dkd``, ``nkd``) is given the class that weighs most, as the code of NKD's authors does.

        Raises:
            ValueError: Shapes that do not fit together.
        """
        student_BC = at_least_float32(student_logits_BC)
        if labels.is_floating_point() and labels.shape == student_BC.shape:
            labels = labels.to(student_BC.dtype)
        else:
            check_labels(student_BC, labels)
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.alpha > 0):
            temperature = self.temperature_now if self.learned is None else self.learned()
            soft = self._soft(student_logits_BC, teacher_logits_BC, labels, temperature)
        hard = self._hard(student_BC, labels)
        return LossParts(self._mixed(soft, hard), soft, hard)

    def of_unlabeled(self, student_logits_BC: Tensor, teacher_logits_BC: Tensor) -> LossParts:
        """The loss of images without labels: the soft term alone, as with alpha 1, and 0 for the hard one.

        A soft term that asks for the label (``dkd``, ``nkd``) is given the teacher's first choice.

        Args:
            student_logits_BC: Raw logits [batch, classes].
            teacher_logits_BC: Raw logits of the same shape.
        """
        temperature = self.temperature_now if self.learned is None else self.learned()
        soft = self._soft(student_logits_BC, teacher_logits_BC, teacher_logits_BC.argmax(1), temperature)
        return LossParts(_times(_times(soft, self._soft_share), self.scale), soft, torch.zeros_like(soft))

    def at(
        self,
        alpha: Tensor,
        temperature: Tensor,
        student_logits_BC: Tensor,
        teacher_logits_BC: Tensor,
        labels: Tensor,
    ) -> LossParts:
        """``forward`` with another alpha and T, as scalar tensors: ``torch.func.vmap`` computes it for many at once.

        Args:
            alpha: 0 to 1, not checked.
            temperature: T > 0, not checked; of the first epoch where the schedule changes it.
            student_logits_BC: Raw logits [batch, classes], float32 or float64.
            teacher_logits_BC: Raw logits of the same shape.
            labels: As in ``forward``.
        """
        # a side of weight 0 could be infinite, and 0 · ∞ is no number: no gradient passes through it
        for_soft_BC = torch.where(alpha > 0, student_logits_BC, student_logits_BC.detach())
        for_hard_BC = torch.where(alpha < 1, student_logits_BC, student_logits_BC.detach())
        temperature = self.schedule.temperature_at(temperature, self._epoch)
        soft = self._soft(for_soft_BC, teacher_logits_BC, labels, temperature)
        hard = self._hard(for_hard_BC, labels)
        shared = _times(soft, self._soft_share)
        mixed = alpha * shared + (1 - alpha) * hard
        total = torch.where(alpha == 0, hard, torch.where(alpha == 1, shared, mixed))
        return LossParts(_times(total, self.scale), soft, hard)

    def _soft(self, student_BC: Tensor, teacher_BC: Tensor, labels: Tensor, temperature: Temperature) -> Tensor:
        return self._compute(student_BC, teacher_BC, heaviest_class(labels), temperature)

    def _hard(self, student_BC: Tensor, labels: Tensor) -> Tensor:
        return label_cross_entropy(student_BC, labels, self.label_smoothing, self.class_weights_C)

    def _mixed(self, soft: Tensor, hard: Tensor) -> Tensor:
        """Without the side of weight 0, which could be infinite."""
        if self.alpha == 0:
            return _times(hard, self.scale)
        soft = _times(soft, self._soft_share)
        mixed = soft if self.alpha == 1 else self.alpha * soft + (1 - self.alpha) * hard
        return _times(mixed, self.scale)

    def extra_repr(self) -> str:
        """Shown by ``repr``."""
        shown: dict[str, object] = {"temperature": self.temperature, "alpha": self.alpha}
        if self.loss != "kd":
            shown |= {"loss": repr(self.loss), **self.options}
        if self.scale != 1:
            shown["scale"] = self.scale
        if self.schedule != LossSchedule():
            shown["schedule"] = self.schedule
        if self.label_smoothing:
            shown["label_smoothing"] = self.label_smoothing
        if self.class_weights_C is not None:
            shown["class_weights"] = self.class_weights_C.tolist()
        return ", ".join(f"{name}={value}" for name, value in shown.items())


def _times(value: Tensor, factor: float) -> Tensor:
    return value if factor == 1 else value * factor


def _name_of(function: Callable[..., Tensor]) -> str:
    return getattr(function, "__name__", type(function).__name__)
