"""What a model that comes trained knows of the data, before anything is taught by it.

It is used as it is: whether its classes are the data's and whether it is fed what it was trained on shows in its
accuracy alone.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from kd.config import ModelTraining, is_import_path
from kd.data.images import Split, TrainingData
from kd.errors import InputError
from kd.evaluation.logits import compute_logits, refuse_non_finite
from kd.models import ImageModel
from kd.models.class_order import is_unnamed
from kd.models.start import head_names
from kd.records import Scores
from kd.scores import TRAIN_MARGIN, chance_of, is_at_chance, is_far_above, score

FEW_IMAGES = 200  # enough to tell most models from chance
MOST_IMAGES = 2000  # where they are not
_NAMES_SHOWN = 5


def inspect_trained(
    place: str, model: ImageModel, training: ModelTraining, data: TrainingData, fed: str, accept_weak: bool = False
) -> list[str]:
    """What should be known of a model that is used as it is.

    Args:
        place: Of the model in the sweep file, such as ``teacher``.
        model: On the device of the data.
        training: Where it comes from.
        data: Some images of train and val.
        fed: What it is fed, in words.
        accept_weak: Say that it does no better than chance, instead of stopping.

    Raises:
        InputError: It does no better than chance on val.
    """
    notes = list(_on_trust(training, data.class_names))
    val = score_some(model, data.val, FEW_IMAGES)
    if is_at_chance(val):
        val = score_some(model, data.val, MOST_IMAGES)
    if is_at_chance(val):
        beside = "which so few images cannot tell from" if val.accuracy > chance_of(val) else "no more than"
        line = (
            f"is used as it is and tells {_right(val)} of {val.num_images:,} val images right "
            f"({100 * val.accuracy:.1f} %), {beside} chance ({100 * chance_of(val):.1f} %): is it fed what it was "
            f"trained on (now {fed}; {place}.normalize and {place}.image_size say otherwise), and are its classes in "
            f"this order ({_some_of(data.class_names)})?"
        )
        if not accept_weak:
            raise InputError(f"{line} accept_weak_teacher: true goes on all the same")
        return [*notes, f"it {line}"]
    train = score_some(model, data.train, val.num_images)
    if is_far_above(train, val, TRAIN_MARGIN):
        notes.append(
            f"it tells {100 * train.accuracy:.1f} % of train right and {100 * val.accuracy:.1f} % of val: it has "
            "memorised these training images, and teaches little more than their labels on them"
        )
    return notes


def score_some(model: ImageModel, images: Split, number: int) -> Scores:
    """How a model does on some of the images, evenly spread."""
    rows = torch.from_numpy(evenly(len(images.labels_N), number)).to(images.labels_N.device)
    logits = compute_logits(model, images.images_NCHW[rows])
    refuse_non_finite(logits, "", "images of the data")
    return score(logits.cpu().numpy(), images.labels_N[rows].cpu().numpy())


def evenly(total: int, number: int) -> NDArray[np.int64]:
    """At most ``number`` of ``total`` positions, from the first to the last.

    >>> evenly(9, 3), evenly(2, 5)
    (array([0, 4, 8]), array([0, 1]))
    """
    return np.linspace(0, total - 1, min(number, total)).astype(np.int64)


def _on_trust(training: ModelTraining, class_names: list[str]) -> Iterator[str]:
    """What nobody can check."""
    if training.checkpoint is None and is_import_path(training.model):
        yield (
            "used as it is, with the weights that its factory gives it: they are no part of a run's name, as those of "
            "a file under checkpoint are"
        )
    if training.match_classes is False:
        yield "its classes' names are not compared (match_classes: false)"
        return
    names = head_names(training)
    if names is None:
        order = _some_of(class_names)
        yield f"its weights name no classes: that they are the data's, in order ({order}), is taken on trust"
    elif is_unnamed(names):
        yield "its head names no classes (LABEL_0 …): that they are the data's, in order, is taken on trust"


def _right(val: Scores) -> int:
    return round(val.accuracy * val.num_images)


def _some_of(names: list[str]) -> str:
    return ", ".join(names[:_NAMES_SHOWN]) + (", …" if len(names) > _NAMES_SHOWN else "")
