"""Classes of unequal size: what an image of each weighs, and how an epoch draws as many of each.

Both are functions of the training labels and, for the order, of (seed, epoch): an interrupted training needs nothing
of them in its checkpoint.
"""

from typing import Literal

import numpy as np
import torch
from torch import Tensor

from kd.augment.transforms import epoch_order
from kd.config import ModelTraining
from kd.phases import DATA

_POWERS = {"balanced": 1.0, "sqrt": 0.5}


def class_weights(kind: Literal["balanced", "sqrt"] | None, labels_N: Tensor, num_classes: int) -> Tensor | None:
    """What an image of each class weighs [num_classes], float32; on average over the images 1.

    So the loss stays as large as it is without, and a learning rate fits as well. ``balanced`` is scikit-learn's
    N / (C · n): all classes together weigh alike. ``sqrt`` goes half the way, for classes so small that a few images
    would decide the whole training.

    Args:
        kind: None: no weights.
        labels_N: Of the training images.
        num_classes: Each of which has an image; of one without, nothing is weighed.

    >>> class_weights("balanced", torch.tensor([0, 0, 0, 1]), 2)
    tensor([0.6667, 2.0000])
    """
    if kind is None:
        return None
    counts_C = torch.bincount(labels_N.cpu(), minlength=num_classes).double()
    weights_C = counts_C.clamp(min=1) ** -_POWERS[kind]
    weights_C *= counts_C.sum() / (counts_C * weights_C).sum()
    return weights_C.float().to(labels_N.device)


def sample_order(training: ModelTraining, seed: int, epoch: int, labels_N: Tensor) -> Tensor:
    """The order [N] int64 in which an epoch visits its samples: each once, or as many of each class."""
    if training.sampling is None:
        return epoch_order(seed, epoch, len(labels_N))
    return balanced_order(seed, epoch, labels_N)


@DATA
def balanced_order(seed: int, epoch: int, labels_N: Tensor) -> Tensor:
    """N draws of N samples, as many of each class, in random order.

    What an epoch is stays what it was to schedule and steps: N images. Within a class no sample is drawn a second time
    before each was drawn once, so a large class shows other samples from epoch to epoch and a small one shows each
    several times, always in the epoch's view: view v of a sample is one image, and the teacher's kept logits are of it.
    Where N is no multiple of the number of classes, chance gives the draws that are left to as many classes.

    Args:
        seed: Of the run.
        epoch: Counted from 0.
        labels_N: Of the training images; classes without one are not drawn.

    >>> labels = torch.tensor([0, 0, 0, 0, 0, 1])
    >>> labels[balanced_order(0, 0, labels)].bincount().tolist()
    [3, 3]
    """
    random = np.random.Generator(np.random.Philox(key=[seed, epoch]))
    labels = labels_N.cpu().numpy()
    present = np.unique(labels)
    quotas = np.full(len(present), len(labels) // len(present))
    quotas[random.permutation(len(present))[: len(labels) % len(present)]] += 1
    drawn = []
    for label, quota in zip(present, quotas, strict=True):
        members = np.flatnonzero(labels == label)
        rounds = -(-quota // len(members))
        drawn.append(np.concatenate([random.permutation(members) for _ in range(rounds)])[:quota])
    return torch.from_numpy(random.permutation(np.concatenate(drawn)))
