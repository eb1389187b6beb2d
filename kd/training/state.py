"""What the steps of a training change, and its way into a checkpoint and back.

A checkpoint holds all of it, so a training that was cut anywhere goes on to the same bits on a CPU.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kd.config import ModelTraining
from kd.losses import DistillationLoss
from kd.models import ImageModel
from kd.records import History
from kd.training.answers import AnswerCount
from kd.training.distributed import ProcessGroup
from kd.training.optimization.ema import WeightAverage
from kd.training.optimization.optimizers import load_state
from kd.training.optimization.schedules import learning_rate


@dataclass
class TrainState:
    """A training between two steps.

    Args:
        model: That is trained.
        average: Of its weights, where one is kept.
        layers: What is trained beside the model and is no part of it, if anything.
        optimizer: Of all of them.
        loss: Of a distilled student; it may learn its temperature.
        sums: Measured at each step, float64 [steps, 4 or 5]: total loss, soft loss, hard loss, right answers, and where
            features or unlabelled images are learned from their loss, summed over images. In the epoch that is under
            way over this rank's alone.
        answers: What the model said of its training images; None where it is not written down.
        history: Of the whole epochs.
        step: Steps done, over all epochs.
        seconds: Spent on the current epoch, also by earlier attempts.
    """

    model: ImageModel
    average: WeightAverage[ImageModel] | None
    layers: nn.Module | None
    optimizer: torch.optim.Optimizer
    loss: DistillationLoss | None
    sums: Tensor
    answers: AnswerCount | None
    history: History
    step: int = 0
    seconds: float = 0.0

    def note_answers(self, rows_B: Tensor, logits_BC: Tensor, labels_B: Tensor) -> None:
        """Write down what a step's model says of its images."""
        if self.answers is not None:
            self.answers.note(rows_B, logits_BC, labels_B)


class Steps(NamedTuple):
    """Means over each step's batch, float32 [steps]; without a teacher ``soft_loss`` is 0."""

    train_loss: NDArray[np.float32]
    soft_loss: NDArray[np.float32]
    hard_loss: NDArray[np.float32]
    train_accuracy: NDArray[np.float32]
    lr: NDArray[np.float32]


def mean_of_steps(training: ModelTraining, sums: Tensor, num_images: int, num_epochs: int) -> Steps:
    """The means over the batches of whole epochs.

    Args:
        training: How the model was trained.
        sums: Of a training's state, with those of all ranks.
        num_images: Of an epoch.
        num_epochs: How many were trained.
    """
    sizes = [len(batch) for batch in torch.split(torch.arange(num_images), training.batch_size)]
    num_steps = num_epochs * len(sizes)
    means = sums[:num_steps].cpu() / torch.tensor(sizes * num_epochs)[:, None]
    rates = [learning_rate(training, step / len(sizes)) for step in range(num_steps)]
    total, soft, hard, accuracy = means[:, :4].float().T.numpy()
    return Steps(total, soft, hard, accuracy, np.array(rates, np.float32))


def to_checkpoint(state: TrainState, device: torch.device, process_group: ProcessGroup) -> dict[str, Any]:
    """All of a training and of its random numbers, to be kept; every rank takes part."""
    kept = {
        "model": state.model.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "step": state.step,
        "sums": process_group.gather(state.sums),
        "seconds": state.seconds,
        "history": state.history.model_dump_json(),
        "random": process_group.gather(torch.get_rng_state()),
    }
    if state.average:
        kept["average"] = state.average.model.state_dict()
    if state.layers is not None:
        kept["features"] = state.layers.state_dict()
    if state.loss is not None and (learned := state.loss.state_dict()):
        kept["loss"] = learned
    if state.answers is not None:
        kept["answers"] = state.answers.state_dict(process_group)
    if device.type == "cuda":
        kept["cuda_random"] = process_group.gather(torch.cuda.get_rng_state(device))
    return kept


def from_checkpoint(state: TrainState, kept: dict[str, Any], device: torch.device, process_group: ProcessGroup) -> None:
    """Bring a new training, and the random numbers of the process, to where ``to_checkpoint`` found them."""
    state.model.load_state_dict(kept["model"])
    if state.average:
        state.average.model.load_state_dict(kept["average"])
    if state.layers is not None:
        state.layers.load_state_dict(kept["features"])
    if state.loss is not None:
        state.loss.load_state_dict(kept.get("loss", {}))
    load_state(state.optimizer, kept["optimizer"])
    state.step, state.sums, state.seconds = kept["step"], process_group.own(kept["sums"]), kept["seconds"]
    state.history = History.model_validate_json(kept["history"])
    if state.answers is not None and "answers" in kept:
        state.answers.load_state_dict(kept["answers"], process_group)
    else:  # begun by an older version, which wrote none down
        state.answers = None
    torch.set_rng_state(process_group.own(kept["random"].cpu()))
    if "cuda_random" in kept:
        torch.cuda.set_rng_state(process_group.own(kept["cuda_random"].cpu()), device)
