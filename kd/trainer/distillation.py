"""The training loop for models and data loaders of one's own, on the sweep's engine (``kd.training``)."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kd.config import Precision
from kd.errors import InputError, NonFiniteLossError
from kd.losses import DistillationLoss, LossParts, heaviest_class
from kd.losses.soft import at_least_float32
from kd.models.image_model import ImageModel, autocast, logits_of
from kd.trainer.batches import Batch, RawBatch, read_batch, skip
from kd.trainer.checks import check_numbers, check_optimizer, check_scheduler, checked_count
from kd.trainer.random_state import RandomState, get_random_state, set_random_state
from kd.trainer.teaching import TeacherModel, Teaching
from kd.training.batches.single_image import needs_second_image
from kd.training.checkpoint import Stateful, load_checkpoint, load_states, save_checkpoint
from kd.training.optimization.ema import WeightAverage
from kd.training.step import Trained, backward, sums_over_images, take_step

log = logging.getLogger(__name__)


Batches = Iterable[RawBatch]
"""Such as a ``DataLoader``; gone through once an epoch."""


LossFunction = Callable[[Tensor, Tensor, Tensor], LossParts]
"""Of student logits, teacher logits and labels, such as a ``DistillationLoss``."""


CURVES = ("train_loss", "soft_loss", "hard_loss", "train_accuracy", "val_loss", "val_accuracy", "lr")


class Callback:
    """What is told how a training goes; override what you need.

    ``trainer.stop()`` ends the training. One that decides by ``trainer.history`` alone, which is in the checkpoint,
    decides the same after a resume.
    """

    def on_step_end(self, trainer: "DistillationTrainer", losses: LossParts) -> None:
        """After a step; ``losses`` are means over its images, on the device (``.item()`` waits for a GPU)."""

    def on_epoch_end(self, trainer: "DistillationTrainer", epoch: dict[str, float]) -> None:
        """After an epoch, before its checkpoint; ``epoch`` has a number for each of ``CURVES``."""


@dataclass
class _Progress:
    """How far the epoch under way is."""

    random_before: RandomState
    lr: float
    sums: Tensor
    num_batches: int = 0
    num_images: int = 0


class DistillationTrainer:
    """Trains a student on a teacher's outputs.

    Args:
        teacher_model: Frozen and in evaluation mode throughout, in its own precision; of several, the raw logits are
            averaged. A tensor [samples, classes]: logits that were kept, of which each batch names its rows. None:
            every batch brings its own (``kd.trainer.batches.RawBatch``). Logits that come with a batch are used
            instead of a teacher.
        student_model: Trained in place.
        train_loader: Batches to learn from: (images, labels), with a third item for the teacher's logits [batch,
            classes] or sample numbers [batch]; or dicts with ``pixel_values`` and ``labels``.
        test_loader: Batches to measure on after every epoch; nothing is chosen by them.
        distillation_loss: Of student logits, teacher logits and labels. A ``DistillationLoss`` is told each epoch, for
            its schedule; give the optimizer the parameters of one that learns too.
        optimizer: Over the student's parameters.
        device: Where to train; the models are moved there.
        scheduler: Its ``step`` is called after every epoch, or step; ``ReduceLROnPlateau``'s with the ``val_loss``.
        scheduler_interval: ``epoch`` or ``step``.
        precision: ``bf16``, ``fp32``, or ``auto``: bfloat16 autocast on a GPU, float32 elsewhere, or what the student
            of ``build_model`` has as its own. Of the student in training; it is evaluated in float32.
        clip_grad_norm: Largest norm of all gradients together.
        accumulation_steps: Parts that each batch is computed in, to need less memory.
        ema_decay: Evaluate, and keep as ``model``, the running average of the weights; such as 0.999.
        checkpoints: Folder of the newest two checkpoints. One is written after every epoch; where there is one, the
            training goes on from it. On a CPU with the same bits, if all that draws is one of the global generators or
            the loader's own (workers that persist between epochs go on with their own).
        checkpoint_every: Write one after so many steps too; the batches of an epoch begun are then read again.
        callbacks: Told after every step and epoch.

    Raises:
        InputError: The optimizer holds no parameter of the student, a value is out of its range, or the checkpoint
            is of another training.
    """

    def __init__(
        self,
        teacher_model: TeacherModel,
        student_model: nn.Module,
        train_loader: Batches,
        test_loader: Batches,
        distillation_loss: LossFunction,
        optimizer: torch.optim.Optimizer,
        device: torch.device | str = "cpu",
        scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
        *,
        scheduler_interval: Literal["epoch", "step"] = "epoch",
        precision: Precision = "auto",
        clip_grad_norm: float | None = None,
        accumulation_steps: int = 1,
        ema_decay: float | None = None,
        checkpoints: Path | str | None = None,
        checkpoint_every: int | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        check_optimizer(optimizer, student_model)
        check_scheduler(scheduler, scheduler_interval)
        check_numbers(precision, clip_grad_norm, accumulation_steps, ema_decay, checkpoint_every)
        if checkpoint_every is not None and checkpoints is None:
            raise InputError("checkpoint_every needs checkpoints, the folder to write them to")
        self.device = torch.device(device)
        self.student = student_model.to(self.device)
        self._teaching = Teaching(teacher_model, self.device)
        self.optimizer = optimizer
        self.scheduler = scheduler
        average = None if ema_decay is None else WeightAverage(self.student, ema_decay)
        self._trained = Trained(self.student, optimizer, average, clip_grad_norm)
        self._train_loader, self._test_loader = train_loader, test_loader
        self._loss = (
            distillation_loss.to(self.device) if isinstance(distillation_loss, nn.Module) else distillation_loss
        )
        self._steps_scheduler = scheduler_interval == "step"
        self._precision: Precision = precision
        self._accumulation_steps = accumulation_steps
        self._folder = None if checkpoints is None else Path(checkpoints)
        self._checkpoint_every = checkpoint_every
        self._callbacks = callbacks
        self.history: dict[str, list[float]] = {name: [] for name in CURVES}
        self.steps_done = 0
        self._epochs_wanted = 0  # by all calls of train
        self._epochs_waived = 0  # wanted, but stopped before
        self._is_stopped = False
        self._progress: _Progress | None = None
        self._random: RandomState | None = None  # of the checkpoint, to go on with
        self._last_image: Tensor | None = None  # [1, …], to go with a batch of one
        if isinstance(student_model, ImageModel) and precision != "auto":
            student_model.precision = precision
        if self._folder is not None:
            self._resume(self._folder)

    @property
    def model(self) -> nn.Module:
        """The student to evaluate and to keep: the average of its weights where one is kept."""
        return self._trained.average.model if self._trained.average else self.student

    @property
    def epochs_done(self) -> int:
        """Whole epochs trained, by earlier attempts too."""
        return len(self.history["lr"])

    def stop(self) -> None:
        """End the training after the epoch under way; a later ``train`` does not make up for what was left."""
        self._is_stopped = True

    def train(self, num_epochs: int) -> dict[str, list[float]]:
        """Train ``num_epochs`` more epochs, but for those of them that are in the checkpoint already.

        Returns:
            One number an epoch, over all calls and attempts, for each of ``CURVES``. Losses are means over images:
            ``soft_loss`` with its T², ``val_loss`` plain cross-entropy. Accuracies are fractions, that of training as
            measured on the way, against the class that weighs most. ``lr`` is the epoch's first.

        Raises:
            NonFiniteLossError: The loss became NaN or infinite.
            InputError: A loader gave no batch, or one that is of no known form.
        """
        self._epochs_wanted += num_epochs
        self._is_stopped = False
        self._draw_on()
        try:
            while self._num_left > 0:
                self._finish_epoch(self._train_epoch() | self.evaluate())
        finally:  # after an error or Ctrl-C, the next call trains what it is asked for, from the start of an epoch
            if self._num_left > 0:
                self._epochs_waived += self._num_left
                self._progress = None
        return self.history

    def _finish_epoch(self, epoch: dict[str, float]) -> None:
        for name in CURVES:
            self.history[name].append(epoch[name])
        loss, accuracy = epoch["train_loss"], epoch["val_accuracy"]
        log.info("epoch %d: train_loss %.4f val_accuracy %.4f", self.epochs_done, loss, accuracy)
        if not self._steps_scheduler:
            self._step_scheduler(epoch["val_loss"])
        for callback in self._callbacks:
            callback.on_epoch_end(self, epoch)
        if self._is_stopped:
            self._epochs_waived += self._num_left
        self._save()

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """``val_loss`` and ``val_accuracy`` of ``model`` on ``test_loader``."""
        self.student.eval()
        model = self.model.eval()
        sums, num_images = torch.zeros(2, dtype=torch.float64), 0
        for images, labels, _ in self._batches(self._test_loader, "test_loader"):
            logits = logits_of(model(images)).float()
            loss = F.cross_entropy(logits, labels, reduction="sum")
            sums += torch.stack([loss, (logits.argmax(1) == heaviest_class(labels)).sum()]).cpu()
            num_images += len(labels)
        loss, accuracy = (sums / checked_count(num_images, "test_loader")).tolist()
        return {"val_loss": loss, "val_accuracy": accuracy}

    @property
    def _num_left(self) -> int:
        return self._epochs_wanted - self._epochs_waived - self.epochs_done

    def _train_epoch(self) -> dict[str, float]:
        self.student.train()
        if isinstance(self._loss, DistillationLoss):
            self._loss.set_epoch(self.epochs_done)
        self._teaching.eval()  # after train(), which reaches a teacher that is part of the student
        batches = iter(self._batches(self._train_loader, "train_loader"))
        progress = self._progress = self._begin_epoch(batches)
        for batch in batches:
            losses = self._train_step(batch, progress)
            if self._steps_scheduler:
                self._step_scheduler(None)
            for callback in self._callbacks:
                callback.on_step_end(self, losses)
            if self._checkpoint_every and self.steps_done % self._checkpoint_every == 0:
                self._save()
        total, soft, hard, accuracy = (progress.sums / checked_count(progress.num_images, "train_loader")).tolist()
        self._check_finite(total)
        self._progress = None
        losses_of_epoch = {"train_loss": total, "soft_loss": soft, "hard_loss": hard}
        return losses_of_epoch | {"train_accuracy": accuracy, "lr": progress.lr}

    def _begin_epoch(self, batches: Iterator[Batch]) -> _Progress:
        """Of a new epoch; or of one that the checkpoint is within, whose batches so far are read again."""
        if self._progress is None:
            lr = float(self.optimizer.param_groups[0]["lr"])
            sums = torch.zeros(4, dtype=torch.float64, device=self.device)
            self._last_image = None
            return _Progress(self._get_random(), lr, sums)
        now = self._get_random()
        self._set_random(self._progress.random_before)
        last = skip(batches, self._progress.num_batches)
        self._last_image = last.images[-1:] if last else None
        self._set_random(now)
        return self._progress

    def _train_step(self, batch: Batch, progress: _Progress) -> LossParts:
        """Take a step; the means of the losses over its images."""
        sums = torch.zeros_like(progress.sums)

        def add_gradients(part: Batch) -> None:
            losses, logits = self._forward(part)
            backward(losses, part.num_images / batch.num_images)
            sums.add_(sums_over_images(losses, logits, part.labels))

        take_step(self._trained, self.steps_done, batch.split(self._accumulation_steps), add_gradients)
        self.steps_done += 1
        progress.sums += sums
        progress.num_batches += 1
        progress.num_images += batch.num_images
        return LossParts(*(sums[:3] / batch.num_images))

    def _forward(self, part: Batch) -> tuple[LossParts, Tensor]:
        images = part.images
        teacher_BC = self._teaching.logits(part)
        is_alone = part.num_images == 1 and needs_second_image(self.student, images)
        if is_alone:
            images = torch.cat([images if self._last_image is None else self._last_image, images])
        precision = "fp32" if isinstance(self.student, ImageModel) else self._precision  # an ImageModel has its own
        with autocast(precision, self.device):
            logits = logits_of(self.student(images))
        logits = at_least_float32(logits[1:] if is_alone else logits)
        self._last_image = images[-1:]
        return self._loss(logits, teacher_BC, part.labels), logits

    def _batches(self, loader: Batches, name: str) -> Iterator[Batch]:
        for raw in loader:
            yield read_batch(raw, self._teaching.kept_logits_NC, name).to(self.device)

    def _step_scheduler(self, val_loss: float | None) -> None:
        if isinstance(self.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            assert val_loss is not None, "its interval is the epoch"
            self.scheduler.step(val_loss)
        elif self.scheduler is not None:
            self.scheduler.step()

    def _check_finite(self, total: float) -> None:
        if not math.isfinite(total):
            raise NonFiniteLossError(f"the training loss is {total} in epoch {self.epochs_done + 1}")

    def _get_random(self) -> RandomState:
        return get_random_state(self.device, self._train_loader, self._test_loader)

    def _set_random(self, state: RandomState) -> None:
        set_random_state(state, self.device, self._train_loader, self._test_loader)

    @property
    def _parts(self) -> dict[str, Stateful | None]:
        loss = self._loss
        return {
            "student": self.student,
            "optimizer": self.optimizer,
            "scheduler": self.scheduler,
            "ema_decay": self._trained.average.model if self._trained.average else None,
            "distillation_loss": loss if isinstance(loss, nn.Module) and loss.state_dict() else None,
        }

    def _save(self) -> None:
        if self._folder is None:
            return
        if self._progress is not None:
            self._check_finite(float(self._progress.sums[0]))
        state = {
            **{name: part and part.state_dict() for name, part in self._parts.items()},
            "history": self.history,
            "steps_done": self.steps_done,
            "epochs_waived": self._epochs_waived,
            "random": self._get_random(),
            "progress": self._progress and vars(self._progress),
        }
        save_checkpoint(self._folder, self.steps_done, state)

    def _resume(self, folder: Path) -> None:
        """Go on from the newest checkpoint of a folder, which is made if it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        state = load_checkpoint(folder, self.device)
        if state is None:
            return
        load_states(self._parts, state, f"checkpoints: {folder}")
        self.history, self.steps_done = state["history"], state["steps_done"]
        self._epochs_waived, self._random = state["epochs_waived"], state["random"]
        self._progress = state["progress"] and _Progress(**state["progress"])
        log.info("%s: going on after %d epochs, %d steps", folder, self.epochs_done, self.steps_done)

    def _draw_on(self) -> None:
        """Draw from where the generators stood at the checkpoint, in the call of ``train`` that reaches it."""
        is_reached = self._num_left >= 0 if self._progress is None else self._num_left > 0
        if self._random is not None and is_reached:
            self._set_random(self._random)
            self._random = None
