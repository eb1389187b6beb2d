"""What the tested models say of train and val, as far as their runs have written it down."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Answers(NamedTuple):
    """What a model answered of its training images [N] while it learned them (``kd.training.answers``)."""

    label_probability_N: NDArray[np.floating]
    num_wrong_N: NDArray[np.integer]
    rival_N: NDArray[np.integer]
    num_epochs: int


class LabelEvidence(NamedTuple):
    """By run id. ``val``: logits [N, C]; ``val_labels_N``: what they are to be compared with."""

    train: Mapping[str, Answers] = MappingProxyType({})
    val: Mapping[str, NDArray[np.floating]] = MappingProxyType({})
    val_labels_N: NDArray[np.int64] | None = None


NO_EVIDENCE = LabelEvidence()
