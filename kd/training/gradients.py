"""The gradients of a training's steps: of labelled images, in parts, and of unlabelled ones beside them.

Several ranks (``kd.training.distributed``) have a part of every batch each, and exchange what they found.

Shape suffixes: B labelled images, U unlabelled ones, C classes.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor

from kd.augment.views import View
from kd.config import TrainConfig
from kd.losses import LossParts, label_cross_entropy
from kd.phases import FORWARD, LOSS
from kd.training.batches.single_image import needs_second_image
from kd.training.distributed import ProcessGroup, is_synchronized
from kd.training.state import TrainState
from kd.training.step import backward, sums_over_images
from kd.training.teacher.features import FeatureLearning
from kd.training.teacher.logits import BatchLogits
from kd.training.teacher.unlabeled import NOTHING, Draw, UnlabeledStream, pooled


class Batch(NamedTuple):
    """What a step trains on: samples [B], the view they are seen in, and what the teacher says of samples in it."""

    rows_B: Tensor
    view: View
    teach: BatchLogits | None


class Part(NamedTuple):
    """What goes through the network at once: samples [B], unlabelled images, and how much of the step both are."""

    rows_B: Tensor
    draw: Draw
    share: float


@dataclass
class Gradients:
    """Adds the gradients of steps to the parameters of a training, and what is measured with them to its ``sums``.

    Args:
        config: The training.
        state: What it changes.
        forward: From images to logits, and with ``features`` to logits and features: the model as it is wrapped for
            several ranks, and compiled.
        num_samples: Labelled images of an epoch.
        class_weights_C: What an image of each class weighs; None: 1 each.
        features: Set where features are learned from.
        unlabeled: Set where images without labels are.
        process_group: The ranks.
    """

    config: TrainConfig
    state: TrainState
    forward: Callable[[Tensor], Any]
    num_samples: int
    class_weights_C: Tensor | None
    features: FeatureLearning | None
    unlabeled: UnlabeledStream | None
    process_group: ProcessGroup
    _needs_second: bool | None = field(default=None, init=False)  # looked into where a part is of one image

    def parts(self, batch: Tensor) -> list[Part]:
        """This rank's part of a batch, with the unlabelled images beside it, in the parts of the configuration."""
        rows = self._in_parts(batch)
        draw, draws = self._draw(len(batch), rows)
        num_images = len(batch) + draw.size
        return [Part(*each, (len(each[0]) + each[1].size) / num_images) for each in zip(rows, draws, strict=True)]

    def _in_parts(self, batch: Tensor) -> Sequence[Tensor]:
        """This rank's part of a batch, divided; where ranks wait for each other's passes, so often on each of them."""
        own, num_steps = self.process_group.part(batch), self.config.training.accumulation_steps
        parts = torch.chunk(own, num_steps)
        if self.process_group.size == 1 or not is_synchronized(self.state.model):
            return parts
        of_all = torch.tensor_split(batch, self.process_group.size)
        number = max(len(torch.chunk(each, num_steps)) for each in of_all if len(each))
        return parts if len(parts) == number else torch.tensor_split(own, number)

    def _draw(self, batch_size: int, rows: Sequence[Tensor]) -> tuple[Draw, list[Draw]]:
        """The unlabelled images beside a batch, and those beside each part of this rank's labelled ones."""
        if self.unlabeled is None:
            return NOTHING, [NOTHING] * len(rows)
        draw = self.unlabeled.draw(self.state.step)
        self.unlabeled.expect(self.state.step + 1)
        num_ranks = min(self.process_group.size, batch_size)  # that have a labelled image: the others stay idle
        rank = self.process_group.rank
        own = draw.parts(num_ranks)[rank] if rank < num_ranks else NOTHING
        num_filled = sum(len(each) > 0 for each in rows) or 1  # parts without a labelled image, the last, stay idle
        return draw, [*own.parts(num_filled), *[NOTHING] * (len(rows) - num_filled)]

    def add(self, part: Part, view: View, teach: BatchLogits | None) -> None:
        """Add the gradients of a part of a step's images to those that are there."""
        batch, draw, share = part
        weight = share * self.process_group.size  # over the ranks the mean is taken, and the sum is meant
        is_idle = len(batch) == 0
        if is_idle:  # every rank takes part in the exchange: without an image of its own, with no weight
            batch = torch.zeros(1, dtype=torch.long, device=batch.device)
        rows = self._with_a_second(batch, view) if len(batch) + draw.size == 1 else batch
        images_BCHW = view.images(rows)
        with self.features.listening() if self.features else nullcontext():
            teacher_BC = teach(rows, images_BCHW) if teach else None
        unlabeled_UCHW = self.unlabeled.images(draw) if self.unlabeled is not None and draw.size else None
        with FORWARD:
            given = self.forward(images_BCHW if unlabeled_UCHW is None else torch.cat([images_BCHW, unlabeled_UCHW]))
        logits_BC, features = (given, []) if self.features is None else given
        if unlabeled_UCHW is not None:
            logits_BC, logits_UC = logits_BC[: len(rows)], logits_BC[len(rows) :]
        if len(rows) > len(batch):
            logits_BC, teacher_BC = logits_BC[1:], teacher_BC if teacher_BC is None else teacher_BC[1:]
        labels = view.labels(batch, logits_BC.shape[1])
        losses = self.losses(logits_BC, teacher_BC, labels)
        total, beside = losses.total, None
        if self.features is not None:
            feature_loss = self.features.loss(features, len(rows) - len(batch))
            losses = losses._replace(total=losses.total + feature_loss)
            total, beside = losses.total, feature_loss * len(labels)
        elif self.unlabeled is not None:
            beside = torch.zeros_like(total)
            if unlabeled_UCHW is not None:
                soft = self._unlabeled_loss(logits_UC, self.unlabeled.teacher_logits(draw, unlabeled_UCHW))
                total, beside = pooled(losses, len(labels), soft, draw.size), soft.soft * draw.size
        backward(losses._replace(total=total), weight)
        if not is_idle:
            self.state.sums[self.state.step] += sums_over_images(losses, logits_BC, labels, beside)
            self.state.note_answers(batch, logits_BC, labels)

    def average_loss_gradients(self) -> None:
        """Of what the loss learns the ranks' mean, as the wrapped model has it of its own."""
        loss = self.state.loss
        has_unlabeled = self.unlabeled is not None and self.unlabeled.draw(self.state.step).size > 0
        for parameter in loss.parameters() if loss is not None else ():
            if parameter.grad is None and has_unlabeled:  # with alpha 0, of a rank that had none of these images
                parameter.grad = torch.zeros_like(parameter)
            if parameter.grad is not None:
                parameter.grad = self.process_group.sum(parameter.grad) / self.process_group.size

    @LOSS
    def losses(self, logits_BC: Tensor, teacher_BC: Tensor | None, labels: Tensor) -> LossParts:
        """The loss of some images; without a teacher cross-entropy alone."""
        if self.state.loss is None or teacher_BC is None:
            smoothing = self.config.training.label_smoothing
            hard = label_cross_entropy(logits_BC, labels, smoothing, self.class_weights_C)
            return LossParts(hard, torch.zeros_like(hard), hard)
        parts: LossParts = self.state.loss(logits_BC, teacher_BC, labels)
        return parts

    @LOSS
    def _unlabeled_loss(self, logits_UC: Tensor, teacher_UC: Tensor) -> LossParts:
        assert self.state.loss is not None, "unlabelled images are for distilled students"
        return self.state.loss.of_unlabeled(logits_UC, teacher_UC)

    def _with_a_second(self, row_1: Tensor, view: View) -> Tensor:
        """The sample, after another one where the model cannot be trained on one alone."""
        if self._needs_second is None:
            self._needs_second = needs_second_image(self.state.model, view.images(row_1))
        return torch.cat([(row_1 + 1) % self.num_samples, row_1]) if self._needs_second else row_1
