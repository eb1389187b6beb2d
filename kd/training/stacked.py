"""Packs: several trainings whose models are stacked and take every step as one.

A small student should leave a GPU nearly idle: each step waits for its kernels to be launched, one by one. The kernels
of a stacked model are as many as those of one student, and do the work of all. No GPU has measured yet what that gains,
so nothing is packed unless the cluster profile asks for it. On a CPU, where nothing waits, stacked convolutions are
slower than separate ones.

All but the step stays each training's own: order, evaluation, history, checkpoint, pruning, failure. Its tensors
become views of the stacked ones, so it may leave at any time, and go on alone or in another pack.

Shape suffixes: K trainings, B batch, C classes.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor
from torch.func import functional_call, vmap

from kd.config import DistillConfig, TrainConfig, is_of_library
from kd.data.images import TrainingData
from kd.errors import PackError, one_line
from kd.evaluation.logits import measure_size
from kd.losses import LossParts, heaviest_class
from kd.models import ImageModel, build_model
from kd.models.pretrained.libraries import without_weights
from kd.training.gradients import Batch
from kd.training.loop import Training
from kd.training.optimization.ema import WeightAverage
from kd.training.optimization.optimizers import build_optimizer

MOST_MACS = (
    2e9  # of a step's forward pass: a tenth of a millisecond of a large GPU's time, reckoned; bench.gpu measures
)
TOLERANCE = 0.05  # of the largest logit: bfloat16 stays within it, another model does not


def pays(config: TrainConfig, data: TrainingData) -> bool:
    """Whether one such run leaves so much of a GPU idle that several should share its steps."""
    training = config.training
    arguments = without_weights(training.arguments) if is_of_library(training.model) else training.arguments
    model = build_model(training.model, len(data.class_names), data.input_shape, data.class_names, arguments=arguments)
    return measure_size(model, data.input_shape).macs * config.training.batch_size <= MOST_MACS


def train_together(trainings: Mapping[str, Training]) -> Iterator[tuple[str, Exception | None]]:
    """Train all to their ends; gives each by name when it has ended, with what it failed of if it did.

    The one that is left when the others have ended goes on by itself, as every training does that is alone.

    Args:
        trainings: At the same step, and of configurations with the same ``kd.config.pack_key``.

    Raises:
        PackError: A step failed that they took together. Those that were not given yet are as good as their
            checkpoints.
    """
    open_trainings = dict(trainings)
    steps = {name: training.steps() for name, training in trainings.items()}
    pack: Pack | None = None
    while steps:
        batches: list[Batch] = []
        ended: dict[str, Exception | None] = {}
        for name, its_steps in steps.items():
            try:
                batches.append(next(its_steps))
            except StopIteration:
                ended[name] = None
            except Exception as error:
                ended[name] = error
        if ended:
            pack = None
            for name, failure in ended.items():
                del steps[name], open_trainings[name]
                yield name, failure
            continue  # the others are asked again before they go on: a signal to stop stops all at the same step
        first, *others = open_trainings.values()
        if not others:
            first.num_sharing = 1
            first.train_step(*batches[0])
            continue
        try:
            pack = pack or Pack([first, *others])
            pack.train_step(batches)
        except Exception as error:
            raise PackError(one_line(error)) from error


class Pack:
    """Trainings that take their steps as one; their tensors become views of stacked ones.

    The optimizers work element by element, so one over the stacked parameters does what K would do.

    Args:
        trainings: As for ``train_together``.
    """

    def __init__(self, trainings: Sequence[Training]) -> None:
        self._trainings = trainings
        self._states = [training.state for training in trainings]
        self._config = trainings[0].config
        self._same_batches = len({training.config.seed for training in trainings}) == 1
        self._model = _stacked([state.model for state in self._states]).train()
        self._average = self._stacked_average()
        self._sums_KS4 = _stack([state.sums for state in self._states])
        self._optimizer = build_optimizer(self._config.training.optimizer, self._model, num_stacked_dims=1)
        self._has_lent = False
        self._take_over_optimizers()
        distills = [training.config.distill or DistillConfig() for training in trainings]  # baselines make no use of it
        device = self._sums_KS4.device
        self._alpha_K = torch.tensor([distill.alpha for distill in distills], device=device)
        self._temperature_K = torch.tensor([distill.temperature for distill in distills], device=device)
        self._is_checked = False
        for training in trainings:
            training.num_sharing = len(trainings)

    def train_step(self, batches: Sequence[Batch]) -> None:
        """Take the step that each training gave its batch of."""
        for training in self._trainings:
            training.set_rate()
        for group, own in zip(self._optimizer.param_groups, self._states[0].optimizer.param_groups, strict=True):
            group["lr"] = own["lr"]
        self._optimizer.zero_grad(set_to_none=True)
        losses_K, num_correct_K, logits_KBC, labels = self._forward(batches)
        losses_K.total.sum().backward()  # type: ignore[no-untyped-call]
        if self._config.training.clip_grad_norm is not None:
            self._clip_gradients(self._config.training.clip_grad_norm)
        self._optimizer.step()
        self._lend_optimizer_state()
        step = self._states[0].step
        if self._average:
            self._average.update(self._model, step)
        with torch.no_grad():
            sums = [*(loss_K * len(batches[0].rows_B) for loss_K in losses_K), num_correct_K]
            self._sums_KS4[:, step] += torch.stack(sums, 1).double()
        for number, (state, batch) in enumerate(zip(self._states, batches, strict=True)):
            state.note_answers(batch.rows_B, logits_KBC[number], labels if self._same_batches else labels[number])
            state.step += 1

    def _forward(self, batches: Sequence[Batch]) -> tuple[LossParts, Tensor, Tensor, Tensor]:
        """Loss [K], number of right answers [K], logits [K, B, C], labels, of each training where batches differ.

        Batches that are the same are made, and first seen, once.
        """
        view, teach = batches[0].view, batches[0].teach  # the order alone depends on the seed
        rows = batches[0].rows_B if self._same_batches else torch.cat([batch.rows_B for batch in batches])
        in_dim = None if self._same_batches else 0

        def split(of_rows: Tensor) -> Tensor:
            return of_rows if self._same_batches else of_rows.view(len(batches), -1, *of_rows.shape[1:])

        seen = view.images(rows)
        images = split(seen)
        logits_KBC = vmap(self._logits, (0, in_dim))(_tensors(self._model), images)
        if not self._is_checked:
            self._check(logits_KBC, images)
        labels = split(view.labels(rows, logits_KBC.shape[2]))
        teacher = split(teach(rows, seen)) if teach else None
        in_dims = (0, None if teacher is None else in_dim, in_dim, 0, 0)
        *losses_K, num_correct_K = vmap(self._measure, in_dims)(
            logits_KBC, teacher, labels, self._alpha_K, self._temperature_K
        )
        return LossParts(*losses_K), num_correct_K, logits_KBC, labels

    def _logits(self, tensors: dict[str, Tensor], images_BCHW: Tensor) -> Tensor:
        logits_BC: Tensor = functional_call(self._model, tensors, (images_BCHW,))
        return logits_BC

    def _measure(
        self, logits_BC: Tensor, teacher_BC: Tensor | None, labels: Tensor, alpha: Tensor, temperature: Tensor
    ) -> tuple[Tensor, ...]:
        loss = self._states[0].loss
        if loss is None:
            parts = self._trainings[0].gradients.losses(logits_BC, None, labels)
        else:
            assert teacher_BC is not None, "a distilled run has a teacher"
            parts = loss.at(alpha, temperature, logits_BC, teacher_BC, labels)
        return *parts, (logits_BC.argmax(1) == heaviest_class(labels)).sum()

    def _check(self, logits_KBC: Tensor, images: Tensor) -> None:
        """Refuse a model whose logits are made of more than its parameters, buffers and images."""
        for number, (state, logits_BC) in enumerate(zip(self._states, logits_KBC, strict=True)):
            with torch.no_grad():
                alone_BC = copy.deepcopy(state.model)(images if self._same_batches else images[number])
            if (logits_BC - alone_BC).abs().max() > TOLERANCE * alone_BC.abs().max():
                raise PackError("stacked, the model does not give the logits that it gives alone")
        self._is_checked = True

    def _clip_gradients(self, largest: float) -> None:
        """As ``clip_grad_norm_``, each training by its own norm."""
        gradients = [each.grad for each in self._model.parameters() if each.grad is not None]
        norms_PK = torch.stack([torch.linalg.vector_norm(grad.flatten(1), dim=1) for grad in gradients])
        factor_K = (largest / (torch.linalg.vector_norm(norms_PK, dim=0) + 1e-6)).clamp(max=1)
        for grad in gradients:
            grad.mul_(factor_K.view(-1, *[1] * (grad.ndim - 1)))

    def _stacked_average(self) -> WeightAverage[ImageModel] | None:
        averages = [state.average for state in self._states if state.average is not None]
        if not averages:
            return None
        together = copy.copy(averages[0])
        together.model = _stacked([average.model for average in averages])
        return together

    def _take_over_optimizers(self) -> None:
        """Stack what the trainings' optimizers know from steps before."""
        for parameter, *own in self._parameters():
            known = [state.optimizer.state[each] for state, each in zip(self._states, own, strict=True)]
            self._optimizer.state[parameter] = {
                key: value.clone() if key == "step" else torch.stack([each[key].contiguous() for each in known])
                for key, value in known[0].items()
            }

    def _lend_optimizer_state(self) -> None:
        """Let the trainings' optimizers know what a step made of it."""
        if self._has_lent:
            return
        self._has_lent = True  # from the first step on torch changes it in place
        for parameter, *own in self._parameters():
            for number, (state, each) in enumerate(zip(self._states, own, strict=True)):
                state.optimizer.state[each] = {
                    key: value if key == "step" else value[number]
                    for key, value in self._optimizer.state[parameter].items()
                }

    def _parameters(self) -> Iterator[tuple[Tensor, ...]]:
        """Each stacked parameter that is trained, with those of the trainings."""
        optimizers = [self._optimizer, *(state.optimizer for state in self._states)]
        for groups in zip(*(optimizer.param_groups for optimizer in optimizers), strict=True):
            yield from zip(*(group["params"] for group in groups), strict=True)


def _stacked(models: Sequence[ImageModel]) -> ImageModel:
    """One model with the tensors of all, each [K, …]; those of ``models`` become views."""
    together = copy.deepcopy(models[0])
    tensors = [_tensors(model) for model in models]
    for name, own in _tensors(together).items():
        own.data = _stack([each[name] for each in tensors])
    return together


def _stack(tensors: Sequence[Tensor]) -> Tensor:
    """All in one [K, …], of which they become views."""
    # Channels last would be the layout of no dimension that vmap's kernels know.
    together = torch.stack([tensor.detach().contiguous() for tensor in tensors])
    for tensor, row in zip(tensors, together, strict=True):
        tensor.data = row
    return together


def _tensors(model: ImageModel) -> dict[str, Tensor]:
    """What differs between models of one configuration: parameters, and the buffers that are kept."""
    kept = model.state_dict().keys()
    buffers = {name: buffer for name, buffer in model.named_buffers() if name in kept}
    return {**dict(model.named_parameters()), **buffers}
