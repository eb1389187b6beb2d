"""One training loop for the teacher, the baseline and every distilled student.

A run is a pure function of its configuration: the seed decides the initial weights, (seed, epoch)
the order, (view, sample) the augmentation. What else changes while it trains is in ``_state`` and
travels in the checkpoint, so a run cut anywhere goes on to the same bits on CPU.

Several ranks (``kd.training.distributed``) go through the same steps, each with its part of every batch. They
act alike: what one of them alone can know, they agree on.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kd.augment.views import View
from kd.config import ModelTraining, TrainConfig
from kd.config.compiling import decide_compiling
from kd.data.images import TrainingData
from kd.errors import InputError, InterruptedTrainingError, NonFiniteLossError
from kd.evaluation.logits import compute_logits
from kd.losses import DistillationLoss, LossParts, label_cross_entropy
from kd.model_source import model_sha256
from kd.models import ImageModel
from kd.models.start import start_model
from kd.phases import EVALUATION, FORWARD, LOSS
from kd.records import CPU, EpochRecord, History
from kd.scores import balanced_accuracy, is_unequal, score
from kd.training.answers import AnswerCount, Answers
from kd.training.batches.balance import class_weights, sample_order
from kd.training.batches.company import needs_company
from kd.training.distributed import SINGLE_PROCESS, ProcessGroup, synchronized, without_exchange
from kd.training.loss import build_loss
from kd.training.optimization.ema import WeightAverage
from kd.training.optimization.optimizers import build_optimizer, load_state
from kd.training.optimization.schedules import learning_rate
from kd.training.step import Trained, backward, sums_over_images, take_step
from kd.training.teacher.controls import controlled
from kd.training.teacher.features import feature_learning
from kd.training.teacher.logits import BatchLogits, Teacher
from kd.training.teacher.unlabeled import NOTHING, Draw, UnlabeledStream, pooled

log = logging.getLogger(__name__)


class RunHooks(Protocol):
    """Where a training keeps what must survive it, and who may ask it to stop."""

    def load(self) -> dict[str, Any] | None:
        """The newest good checkpoint, if any."""

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Keep a checkpoint."""

    def record(self, history: History) -> None:
        """Publish the history after an epoch."""

    def should_stop(self) -> bool:
        """Looked at between steps: checkpoint and stop now?"""

    def should_save(self) -> bool:
        """Looked at between steps: has the last checkpoint grown old?"""

    def should_prune(self, history: History) -> bool:
        """Looked at between epochs: is this run not worth finishing?"""


class Steps(NamedTuple):
    """Means over each step's batch, float32 [steps]; without a teacher ``soft_loss`` is 0."""

    train_loss: NDArray[np.float32]
    soft_loss: NDArray[np.float32]
    hard_loss: NDArray[np.float32]
    train_accuracy: NDArray[np.float32]
    lr: NDArray[np.float32]


class Batch(NamedTuple):
    """What a step trains on: samples [B], the view they are seen in, and what the teacher says of samples in it."""

    rows_B: Tensor
    view: View
    teach: BatchLogits | None


class Parts(NamedTuple):
    """What a step computes with and changes. ``sums``: measured at each step, float64 [steps, 4]."""

    model: ImageModel
    average: WeightAverage[ImageModel] | None
    optimizer: torch.optim.Optimizer
    loss: DistillationLoss | None
    sums: Tensor


class Training:
    """A run in progress.

    Args:
        config: The run.
        data: Train and val images on the device to train on.
        hooks: Keeps checkpoints and history.
        teacher: Required where ``config.distill`` is set.
        process_group: The processes that train the run together. Only rank 0's keeper is given checkpoints and
            history, and asked for a checkpoint; any rank's keeper may ask to stop.
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
        self._keeper = hooks
        self._teacher = teacher
        if teacher is not None and config.distill is not None:
            is_balanced = config.training.sampling == "balanced"
            self._teacher = controlled(teacher, config.distill, data, is_balanced=is_balanced)
        self._unlabeled = unlabeled
        self._world = process_group
        self._device = data.train.labels_N.device
        torch.manual_seed(config.seed)
        self._trained = prepared_model(config.training, data, self._device, process_group)
        self._features = feature_learning(config, data, self._trained, teacher)
        learned = self._trained if self._features is None else self._features.student
        self._parallel = process_group.wrap(learned)
        self._num_samples = len(data.train.labels_N)
        self._steps_per_epoch = math.ceil(self._num_samples / config.training.batch_size)
        self._forward: Callable[[Tensor], Any] = self._parallel
        if self._is_compiled():
            self._forward = torch.compile(self._parallel)
        if not process_group.is_main:  # other images, so other dropout
            torch.manual_seed(config.seed + (process_group.rank << 32))
        decay = config.training.ema_decay
        self._average = None if decay is None else WeightAverage(self._trained, decay)
        self._class_weights_C = class_weights(config.training.class_weights, data.train.labels_N, len(data.class_names))
        self._loss = build_loss(config, self._device, self._class_weights_C)
        self._optimizer = build_optimizer(config.training.optimizer, learned, self._loss)
        if config.role == "teacher" and config.training.label_smoothing:
            log.warning(
                "teacher.label_smoothing is %g: a teacher trained so tells its students less (arXiv:1906.02629)",
                config.training.label_smoothing,
            )
        self.history = History(num_epochs=config.training.epochs)
        self._step = 0  # steps done, over all epochs
        # of every step: total loss, soft loss, hard loss, right answers, and where features or unlabelled images are
        # learned from their loss, summed over images; in the epoch that is under way over this rank's alone
        num_steps = config.training.epochs * self._steps_per_epoch
        num_sums = 4 if self._features is None and unlabeled is None else 5
        self._sums = torch.zeros(num_steps, num_sums, dtype=torch.float64, device=self._device)
        # a trial's are never asked for, and of mixed images nobody knows which label they are an answer to; they are
        # counted once an epoch, in which a balanced draw has an image more or less often
        is_asked = config.role != "search" and not config.augment.mixes and config.training.sampling is None
        self._answers = AnswerCount(self._num_samples, self._device) if is_asked else None
        self._seconds = 0.0  # spent on the current epoch, also by earlier attempts
        self._looked_at_clock = time.perf_counter()
        self.num_sharing = 1  # trainings that the time is divided among
        self.pruned = False
        self._needs_company: bool | None = None  # looked into where a batch or a part of one is of one image
        self.val_logits: Tensor | None = None
        state = process_group.broadcast(hooks.load() if process_group.is_main else None, self._device)
        if state is not None:
            self._restore(state)

    @property
    def _learned_layers(self) -> nn.Module | None:
        """What is trained beside the model and is no part of it."""
        return None if self._features is None else self._features.student.learned

    @property
    def model(self) -> ImageModel:
        """The model to evaluate and to keep: the average of the weights where one is kept."""
        return self._average.model if self._average else self._trained

    @property
    def answers(self) -> Answers | None:
        """What it said of its training images; None where it was not written down, or there was no epoch."""
        return self._answers.answers() if self._answers and self.epochs_done else None

    @property
    def parts(self) -> Parts:
        """For ``kd.training.stacked``, which takes the steps of several trainings at once."""
        return Parts(self._trained, self._average, self._optimizer, self._loss, self._sums)

    @property
    def epochs_done(self) -> int:
        """Whole epochs trained so far."""
        return len(self.history.epochs)

    @property
    def steps_done(self) -> int:
        """Steps trained so far, over all epochs."""
        return self._step

    def run(self) -> bool:
        """Train to the last epoch; False if the run was pruned on the way.

        Raises:
            InterruptedTrainingError: The keeper asked to stop; a checkpoint was written.
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
        if self.val_logits is None and self._world.is_main:  # resumed after the last epoch
            self.val_logits = compute_logits(self.model, self._data.val.images_NCHW)

    def _is_compiled(self) -> bool:
        """As the configuration says; where it leaves that open the log says what was decided, and why."""
        training = self.config.training
        device = torch.cuda.get_device_name(self._device) if self._device.type == "cuda" else CPU
        is_on, why = decide_compiling(training, training.epochs * self._steps_per_epoch, device)
        if training.compile == "auto":
            is_on = is_on and self._features is None  # which cannot be taken from a compiled model
            log.info("compile: auto, %s: %s", "on" if is_on else "off", why)
        return is_on

    def measured_steps(self) -> Steps:
        """What was measured at each step of the whole epochs so far."""
        sizes = [self.config.training.batch_size] * self._steps_per_epoch
        sizes[-1] = self._num_samples - sum(sizes[:-1])
        num_steps = self.epochs_done * self._steps_per_epoch
        means = self._sums[:num_steps].cpu() / torch.tensor(sizes * self.epochs_done)[:, None]
        rates = [learning_rate(self.config.training, step / self._steps_per_epoch) for step in range(num_steps)]
        total, soft, hard, accuracy = means[:, :4].float().T.numpy()
        return Steps(total, soft, hard, accuracy, np.array(rates, np.float32))

    def _run_epoch(self, epoch: int) -> Iterator[Batch]:
        self._looked_at_clock = time.perf_counter()
        training = self.config.training
        view = View(self.config.view_of_epoch(epoch), self._data.train, self.config.augment)
        order = sample_order(training, self.config.seed, epoch, self._data.train.labels_N).to(self._device)
        teach = self._teacher.of(view, epoch) if self._teacher else None
        self._trained.train()
        if self._loss is not None:
            self._loss.set_epoch(epoch)
        batches = torch.split(order, training.batch_size)
        for batch in view.read_ahead(batches[self._step - epoch * self._steps_per_epoch :]):
            step = self._step
            while self._step == step:
                self._count_seconds()
                self._stop_or_save()
                yield Batch(batch, view, teach)
        self._finish_epoch(epoch)

    def set_rate(self) -> None:
        """Give the optimizer the next step's learning rate."""
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate(self.config.training, self._step / self._steps_per_epoch)

    def count_step(self) -> None:
        """Note that the next step was taken."""
        self._step += 1

    def train_step(self, batch: Tensor, view: View, teach: BatchLogits | None) -> None:
        """Take the step that ``steps`` gave the batch of."""
        training = self.config.training
        self.set_rate()
        parts = torch.chunk(self._world.part(batch), training.accumulation_steps)
        draw, draws = self._draw(len(batch), len(parts))
        num_images = len(batch) + draw.size
        take_step(
            Trained(self._trained, self._optimizer, self._average, training.clip_grad_norm, self._learned_layers),
            self._step,
            list(zip(parts, draws, strict=True)),
            lambda part: self._add_gradients(*part, (len(part[0]) + part[1].size) / num_images, view, teach),
            without_exchange(self._parallel),
            self._exchange_loss_gradients,
        )
        self.count_step()

    def _draw(self, batch_size: int, num_parts: int) -> tuple[Draw, list[Draw]]:
        """The unlabelled images beside a batch, and those beside each part of this rank's labelled ones."""
        if self._unlabeled is None:
            return NOTHING, [NOTHING] * num_parts
        draw = self._unlabeled.draw(self._step)
        self._unlabeled.expect(self._step + 1)
        num_ranks = min(self._world.size, batch_size)  # that have a labelled image: the others stay idle
        own = draw.parts(num_ranks)[self._world.rank] if self._world.rank < num_ranks else NOTHING
        return draw, own.parts(num_parts)

    def _add_gradients(self, batch: Tensor, draw: Draw, share: float, view: View, teach: BatchLogits | None) -> None:
        """Those of a part of a step's images; ``share`` is how much of the step it is."""
        weight = share * self._world.size  # over the ranks the mean is taken, and the sum is meant
        is_idle = len(batch) == 0
        if is_idle:  # every rank takes part in the exchange: without an image of its own, with no weight
            batch = torch.zeros(1, dtype=torch.long, device=self._device)
        rows = self._in_company(batch, view) if len(batch) + draw.size == 1 else batch
        images_BCHW = view.images(rows)
        with self._features.listening() if self._features else nullcontext():
            teacher_BC = teach(rows, images_BCHW) if teach else None
        unlabeled_UCHW = self._unlabeled.images(draw) if self._unlabeled is not None and draw.size else None
        with FORWARD:
            given = self._forward(images_BCHW if unlabeled_UCHW is None else torch.cat([images_BCHW, unlabeled_UCHW]))
        logits_BC, features = (given, []) if self._features is None else given
        if unlabeled_UCHW is not None:
            logits_BC, logits_UC = logits_BC[: len(rows)], logits_BC[len(rows) :]
        if len(rows) > len(batch):
            logits_BC, teacher_BC = logits_BC[1:], teacher_BC if teacher_BC is None else teacher_BC[1:]
        labels = view.labels(batch, logits_BC.shape[1])
        losses = self.losses(logits_BC, teacher_BC, labels)
        total, beside = losses.total, None
        if self._features is not None:
            feature_loss = self._features.loss(features, len(rows) - len(batch))
            losses = losses._replace(total=losses.total + feature_loss)
            total, beside = losses.total, feature_loss * len(labels)
        elif self._unlabeled is not None:
            beside = torch.zeros_like(total)
            if unlabeled_UCHW is not None:
                soft = self.unlabeled_loss(logits_UC, self._unlabeled.teacher_logits(draw, unlabeled_UCHW))
                total, beside = pooled(losses, len(labels), soft, draw.size), soft.soft * draw.size
        backward(losses._replace(total=total), weight)
        if not is_idle:
            self._sums[self._step] += sums_over_images(losses, logits_BC, labels, beside)
            self.note_answers(batch, logits_BC, labels)

    def note_answers(self, rows_B: Tensor, logits_BC: Tensor, labels_B: Tensor) -> None:
        """Write down what a step's model says of its images."""
        if self._answers is not None:
            self._answers.note(rows_B, logits_BC, labels_B)

    def _exchange_loss_gradients(self) -> None:
        """Of what the loss learns the ranks' mean, as the wrapped model has it of its own."""
        has_unlabeled = self._unlabeled is not None and self._unlabeled.draw(self._step).size > 0
        for parameter in self._loss.parameters() if self._loss is not None else ():
            if parameter.grad is None and has_unlabeled:  # with alpha 0, of a rank that had none of these images
                parameter.grad = torch.zeros_like(parameter)
            if parameter.grad is not None:
                parameter.grad = self._world.sum(parameter.grad) / self._world.size

    def _in_company(self, row_1: Tensor, view: View) -> Tensor:
        """The sample, after another one where the model cannot be trained on one alone."""
        if self._needs_company is None:
            self._needs_company = needs_company(self._trained, view.images(row_1))
        return torch.cat([(row_1 + 1) % self._num_samples, row_1]) if self._needs_company else row_1

    @LOSS
    def losses(self, logits_BC: Tensor, teacher_BC: Tensor | None, labels: Tensor) -> LossParts:
        """The loss of some images; without a teacher cross-entropy alone."""
        if self._loss is None or teacher_BC is None:
            smoothing = self.config.training.label_smoothing
            hard = label_cross_entropy(logits_BC, labels, smoothing, self._class_weights_C)
            return LossParts(hard, torch.zeros_like(hard), hard)
        parts: LossParts = self._loss(logits_BC, teacher_BC, labels)
        return parts

    @LOSS
    def unlabeled_loss(self, logits_UC: Tensor, teacher_UC: Tensor) -> LossParts:
        """The loss of some images without labels."""
        assert self._loss is not None, "unlabelled images are for distilled students"
        return self._loss.of_unlabeled(logits_UC, teacher_UC)

    def _count_seconds(self) -> None:
        now = time.perf_counter()
        self._seconds += (now - self._looked_at_clock) / self.num_sharing
        self._looked_at_clock = now

    def _finish_epoch(self, epoch: int) -> None:
        steps = slice(self._step - self._steps_per_epoch, self._step)
        self._sums[steps] = self._world.sum(self._sums[steps])
        sums = self._sums[steps].sum(0)
        total, soft, hard, accuracy, *features = (sums / self._num_samples).tolist()
        num_unlabeled, unlabeled_loss = 0, None
        if self._unlabeled is not None:
            num_unlabeled = self._unlabeled.num_drawn(epoch + 1) - self._unlabeled.num_drawn(epoch)
            features, unlabeled_loss = [], sums[4].item() / max(num_unlabeled, 1)
        if not math.isfinite(total + (unlabeled_loss or 0)):
            raise NonFiniteLossError(f"the training loss is {total} in epoch {epoch + 1}")
        if self._answers is not None:
            self._answers.finish_epoch(self._data.train.labels_N, self._world)
        on_val = self._world.broadcast(self._evaluate(epoch) if self._world.is_main else None)
        val_loss, val_accuracy, val_balanced_accuracy = on_val
        self._count_seconds()
        record = EpochRecord(
            epoch=epoch + 1,
            lr=self._optimizer.param_groups[0]["lr"],
            train_loss=total,
            soft_loss=soft if self._loss else None,
            hard_loss=hard,
            feature_loss=features[0] if features else None,
            unlabeled_loss=unlabeled_loss,
            temperature=self._loss.temperature_now if self._loss and self._loss.is_temperature_changing else None,
            train_accuracy=accuracy,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            val_balanced_accuracy=val_balanced_accuracy,
            seconds=self._seconds,
            images_per_s=(self._num_samples + num_unlabeled) / self._seconds,
        )
        self.history = self.history.model_copy(update={"epochs": (*self.history.epochs, record)})
        self._seconds = 0.0
        self._save()
        if self._world.is_main:
            self._keeper.record(self.history)

    @EVALUATION
    def _evaluate(self, epoch: int) -> tuple[float, float, float | None]:
        """Loss and accuracy on val, and balanced accuracy where its classes differ much in size."""
        self.val_logits = compute_logits(self.model, self._data.val.images_NCHW)
        if not self.val_logits.isfinite().all():  # the last step broke the weights
            raise NonFiniteLossError(f"the val logits are not finite after epoch {epoch + 1}")
        val = score(self.val_logits.cpu().numpy(), self._data.val.labels_N.cpu().numpy())
        return val.nll, val.accuracy, balanced_accuracy(val.confusion) if is_unequal(val) else None

    def _should_prune(self) -> bool:
        pruned: bool = self._world.broadcast(self._world.is_main and self._keeper.should_prune(self.history))
        return pruned

    def _stop_or_save(self) -> None:
        stop, save = self._world.any(self._keeper.should_stop(), self._world.is_main and self._keeper.should_save())
        if stop or save:
            self._save()
        if stop:
            raise InterruptedTrainingError(f"stopped after step {self._step}, in epoch {self.epochs_done + 1}")

    def _save(self) -> None:
        state = self._state()
        if self._world.is_main:
            self._keeper.save(self._step, state)

    def _state(self) -> dict[str, Any]:
        state = {
            "model": self._trained.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self._step,
            "sums": self._world.gather(self._sums),
            "seconds": self._seconds,
            "history": self.history.model_dump_json(),
            "random": self._world.gather(torch.get_rng_state()),
        }
        if self._average:
            state["average"] = self._average.model.state_dict()
        if self._learned_layers is not None:
            state["features"] = self._learned_layers.state_dict()
        if self._loss is not None and (learned := self._loss.state_dict()):
            state["loss"] = learned
        if self._answers is not None:
            state["answers"] = self._answers.state_dict(self._world)
        if self._device.type == "cuda":
            state["cuda_random"] = self._world.gather(torch.cuda.get_rng_state(self._device))
        return state

    def _restore(self, state: dict[str, Any]) -> None:
        self._trained.load_state_dict(state["model"])
        if self._average:
            self._average.model.load_state_dict(state["average"])
        if self._learned_layers is not None:
            self._learned_layers.load_state_dict(state["features"])
        if self._loss is not None:
            self._loss.load_state_dict(state.get("loss", {}))
        load_state(self._optimizer, state["optimizer"])
        self._step, self._sums, self._seconds = state["step"], self._world.own(state["sums"]), state["seconds"]
        self.history = History.model_validate_json(state["history"])
        if self._answers is not None and "answers" in state:
            self._answers.load_state_dict(state["answers"], self._world)
        else:  # begun by an older version, which wrote none down
            self._answers = None
        torch.set_rng_state(self._world.own(state["random"].cpu()))
        if "cuda_random" in state:
            torch.cuda.set_rng_state(self._world.own(state["cuda_random"].cpu()), self._device)


def prepared_model(
    training: ModelTraining, data: TrainingData, device: torch.device, process_group: ProcessGroup = SINGLE_PROCESS
) -> ImageModel:
    """New, or from a checkpoint; on the device in the layout and precision to train in.

    Raises:
        InputError: It cannot be built, or is not what it was when the sweep was started.
    """
    if training.model_sha256 not in (None, model_sha256(training.model)):
        raise InputError(f"model: {training.model} changed since the sweep was started; start the sweep again")
    model = start_model(training, data.input_shape, data.class_names)
    model.precision = training.precision
    return synchronized(model.to(device), device, process_group)
