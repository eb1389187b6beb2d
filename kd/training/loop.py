"""One training loop for the teacher, the baseline and every distilled student.

A run is a pure function of its configuration: the seed decides the initial weights, (seed, epoch)
the order, (view, sample) the augmentation. What else changes while it trains is in ``kd.training.state`` and
travels in the checkpoint, so a run cut anywhere goes on to the same bits on CPU.

Several ranks (``kd.training.distributed``) go through the same steps, each with its part of every batch. They
act alike: what one of them alone can know, they agree on.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from kd.augment.views import View
from kd.config import TrainConfig
from kd.data.images import TrainingData
from kd.errors import InterruptedTrainingError, NonFiniteLossError
from kd.evaluation.logits import compute_logits, refuse_non_finite
from kd.models import ImageModel
from kd.phases import EVALUATION
from kd.records import EpochRecord, History
from kd.scores import balanced_accuracy, is_unequal, score
from kd.training.answers import AnswerCount, Answers
from kd.training.batches.balance import class_weights, sample_order
from kd.training.distributed import SINGLE_PROCESS, ProcessGroup, without_exchange
from kd.training.gradients import Batch, Gradients
from kd.training.hooks import RunHooks
from kd.training.loss import build_loss
from kd.training.model import prepared_model, should_compile
from kd.training.optimization.ema import WeightAverage
from kd.training.optimization.optimizers import build_optimizer
from kd.training.optimization.schedules import learning_rate
from kd.training.state import Steps, TrainState, from_checkpoint, mean_of_steps, to_checkpoint
from kd.training.step import Trained, take_step
from kd.training.teacher.controls import controlled
from kd.training.teacher.features import feature_learning
from kd.training.teacher.logits import BatchLogits, Teacher
from kd.training.teacher.unlabeled import UnlabeledStream

log = logging.getLogger(__name__)


class Training:
    """A run in progress.

    Args:
        config: The run.
        data: Train and val images on the device to train on.
        hooks: Keeps checkpoints and history.
        teacher: Required where ``config.distill`` is set.
        process_group: The processes that train the run together. Only rank 0's hooks are given checkpoints and
            history, and asked for a checkpoint; any rank's may ask to stop.
        unlabeled: Required where ``config.unlabeled`` is set.

    Raises:
        InputError: The model cannot be built.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: TrainingData,
        hooks: RunHooks,
        teacher: Teacher | None = None,
        process_group: ProcessGroup = SINGLE_PROCESS,
        unlabeled: UnlabeledStream | None = None,
    ) -> None:
        assert (config.unlabeled is None) == (unlabeled is None), "unlabelled images go with their configuration"
        self.config = config
        self._data = data
        self._hooks = hooks
        self._teacher = teacher
        if teacher is not None and config.distill is not None:
            is_balanced = config.training.sampling == "balanced"
            self._teacher = controlled(teacher, config.distill, data, is_balanced=is_balanced)
        self._unlabeled = unlabeled
        self._world = process_group
        self._device = data.train.labels_N.device
        self._num_samples = len(data.train.labels_N)
        self._steps_per_epoch = math.ceil(self._num_samples / config.training.batch_size)
        num_steps = config.training.epochs * self._steps_per_epoch
        torch.manual_seed(config.seed)
        model = prepared_model(config.training, data, self._device, process_group)
        features = feature_learning(config, data, model, teacher)
        learned = model if features is None else features.student
        self._parallel = process_group.wrap(learned)
        forward: Callable[[Tensor], Any] = self._parallel
        if should_compile(config.training, num_steps, self._device, has_features=features is not None):
            forward = torch.compile(self._parallel)
        if not process_group.is_main:  # other images, so other dropout
            torch.manual_seed(config.seed + (process_group.rank << 32))
        decay = config.training.ema_decay
        average = None if decay is None else WeightAverage(model, decay)
        class_weights_C = class_weights(config.training.class_weights, data.train.labels_N, len(data.class_names))
        loss = build_loss(config, self._device, class_weights_C)
        num_sums = 4 if features is None and unlabeled is None else 5
        # a trial's are never asked for, and of mixed images nobody knows which label they are an answer to; they are
        # counted once an epoch, in which a balanced draw has an image more or less often
        is_asked = config.role != "search" and not config.augment.mixes and config.training.sampling is None
        self.state = TrainState(
            model=model,
            average=average,
            layers=None if features is None else features.student.learned,
            optimizer=build_optimizer(config.training.optimizer, learned, loss),
            loss=loss,
            sums=torch.zeros(num_steps, num_sums, dtype=torch.float64, device=self._device),
            answers=AnswerCount(self._num_samples, self._device) if is_asked else None,
            history=History(num_epochs=config.training.epochs),
        )
        self.gradients = Gradients(
            config, self.state, forward, self._num_samples, class_weights_C, features, unlabeled, process_group
        )
        if config.role == "teacher" and config.training.label_smoothing:
            log.warning(
                "teacher.label_smoothing is %g: a teacher trained so tells its students less (arXiv:1906.02629)",
                config.training.label_smoothing,
            )
        self._looked_at_clock = time.perf_counter()
        self.num_sharing = 1  # trainings that the time is divided among
        self.pruned = False
        self.val_logits: Tensor | None = None
        kept = process_group.broadcast(hooks.load() if process_group.is_main else None, self._device)
        if kept is not None:
            from_checkpoint(self.state, kept, self._device, process_group)

    @property
    def model(self) -> ImageModel:
        """The model to evaluate and to keep: the average of the weights where one is kept."""
        return self.state.average.model if self.state.average else self.state.model

    @property
    def history(self) -> History:
        """What was written down of the whole epochs so far."""
        return self.state.history

    @property
    def answers(self) -> Answers | None:
        """What it said of its training images; None where it was not written down, or there was no epoch."""
        return self.state.answers.answers() if self.state.answers and self.epochs_done else None

    @property
    def epochs_done(self) -> int:
        """Whole epochs trained so far."""
        return len(self.history.epochs)

    @property
    def steps_done(self) -> int:
        """Steps trained so far, over all epochs."""
        return self.state.step

    def run(self) -> bool:
        """Train to the last epoch; False if the run was pruned on the way.

        Raises:
            InterruptedTrainingError: The hooks asked to stop; a checkpoint was written.
            NonFiniteLossError: The loss became NaN or infinite.
        """
        for batch in self.steps():
            self.train_step(*batch)
        return not self.pruned

    def steps(self) -> Iterator[Batch]:
        """All of ``run`` but its steps, which the caller takes; it is given a batch again until it has done so.

        Raises:
            InterruptedTrainingError: As ``run``.
            NonFiniteLossError: As ``run``.
        """
        self.pruned = self.epochs_done > 0 and self._should_prune()
        while not self.pruned and self.epochs_done < self.config.training.epochs:
            yield from self._run_epoch(self.epochs_done)
            self.pruned = self._should_prune()
        if self.val_logits is None and self._world.is_main:  # resumed after the last epoch, or used as it is
            self.val_logits = compute_logits(self.model, self._data.val.images_NCHW)
            refuse_non_finite(self.val_logits, self.config.training.model, "val images")

    def measured_steps(self) -> Steps:
        """What was measured at each step of the whole epochs so far."""
        return mean_of_steps(self.config.training, self.state.sums, self._num_samples, self.epochs_done)

    def _run_epoch(self, epoch: int) -> Iterator[Batch]:
        self._looked_at_clock = time.perf_counter()
        training = self.config.training
        view = View(self.config.view_of_epoch(epoch), self._data.train, self.config.augment)
        order = sample_order(training, self.config.seed, epoch, self._data.train.labels_N).to(self._device)
        teach = self._teacher.of(view, epoch) if self._teacher else None
        self.state.model.train()
        if self.state.loss is not None:
            self.state.loss.set_epoch(epoch)
        batches = torch.split(order, training.batch_size)
        for batch in view.read_ahead(batches[self.state.step - epoch * self._steps_per_epoch :]):
            step = self.state.step
            while self.state.step == step:
                self._count_seconds()
                self._stop_or_save()
                yield Batch(batch, view, teach)
        self._finish_epoch(epoch)

    def set_rate(self) -> None:
        """Give the optimizer the next step's learning rate."""
        for group in self.state.optimizer.param_groups:
            group["lr"] = learning_rate(self.config.training, self.state.step / self._steps_per_epoch)

    def train_step(self, batch: Tensor, view: View, teach: BatchLogits | None) -> None:
        """Take the step that ``steps`` gave the batch of."""
        self.set_rate()
        state, largest = self.state, self.config.training.clip_grad_norm
        take_step(
            Trained(state.model, state.optimizer, state.average, largest, state.layers),
            state.step,
            self.gradients.parts(batch),
            lambda part: self.gradients.add(part, view, teach),
            without_exchange(self._parallel),
            self.gradients.average_loss_gradients,
        )
        state.step += 1

    def _count_seconds(self) -> None:
        now = time.perf_counter()
        self.state.seconds += (now - self._looked_at_clock) / self.num_sharing
        self._looked_at_clock = now

    def _finish_epoch(self, epoch: int) -> None:
        state = self.state
        steps = slice(state.step - self._steps_per_epoch, state.step)
        state.sums[steps] = self._world.sum(state.sums[steps])
        sums = state.sums[steps].sum(0)
        total, soft, hard, accuracy, *features = (sums / self._num_samples).tolist()
        num_unlabeled, unlabeled_loss = 0, None
        if self._unlabeled is not None:
            num_unlabeled = self._unlabeled.num_drawn(epoch + 1) - self._unlabeled.num_drawn(epoch)
            features, unlabeled_loss = [], sums[4].item() / max(num_unlabeled, 1)
        for name, loss in (("training loss", total), ("loss of the unlabelled images", unlabeled_loss)):
            if loss is not None and not math.isfinite(loss):
                raise NonFiniteLossError(f"the {name} is {loss} in epoch {epoch + 1}")
        if state.answers is not None:
            state.answers.finish_epoch(self._data.train.labels_N, self._world)
        on_val = self._world.broadcast(self._evaluate(epoch) if self._world.is_main else None)
        val_loss, val_accuracy, val_balanced_accuracy = on_val
        self._count_seconds()
        record = EpochRecord(
            epoch=epoch + 1,
            lr=state.optimizer.param_groups[0]["lr"],
            train_loss=total,
            soft_loss=soft if state.loss else None,
            hard_loss=hard,
            feature_loss=features[0] if features else None,
            unlabeled_loss=unlabeled_loss,
            temperature=state.loss.temperature_now if state.loss and state.loss.is_temperature_changing else None,
            train_accuracy=accuracy,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            val_balanced_accuracy=val_balanced_accuracy,
            seconds=state.seconds,
            images_per_s=(self._num_samples + num_unlabeled) / state.seconds,
        )
        state.history = state.history.model_copy(update={"epochs": (*state.history.epochs, record)})
        state.seconds = 0.0
        if self.num_sharing > 1 or self._agree(self._world.is_main and self._hooks.should_save(after_epoch=True)):
            self._save()  # of those that share their steps at the same ones, so that they go on together

    @EVALUATION
    def _evaluate(self, epoch: int) -> tuple[float, float, float | None]:
        """Loss and accuracy on val, and balanced accuracy where its classes differ much in size."""
        self.val_logits = compute_logits(self.model, self._data.val.images_NCHW)
        if not self.val_logits.isfinite().all():  # the last step broke the weights
            raise NonFiniteLossError(f"the val logits are not finite after epoch {epoch + 1}")
        val = score(self.val_logits.cpu().numpy(), self._data.val.labels_N.cpu().numpy())
        return val.nll, val.accuracy, balanced_accuracy(val.confusion) if is_unequal(val) else None

    def _should_prune(self) -> bool:
        return self._agree(self._world.is_main and self._hooks.should_prune(self.history))

    def _agree(self, word: bool) -> bool:
        """Rank 0's word, on every rank."""
        agreed: bool = self._world.broadcast(word)
        return agreed

    def _stop_or_save(self) -> None:
        is_old = self._world.is_main and self._hooks.should_save(after_epoch=False)
        stop, save = self._world.any(self._hooks.should_stop(), is_old)
        if stop or save:
            self._save()
        if stop:
            raise InterruptedTrainingError(f"stopped after step {self.state.step}, in epoch {self.epochs_done + 1}")

    def _save(self) -> None:
        kept = to_checkpoint(self.state, self._device, self._world)
        if self._world.is_main:
            self._hooks.save(self.state.step, kept)
            if self.epochs_done:
                self._hooks.record(self.history)
