"""A rehearsal: each model and each own loss of a sweep is tried for a moment before anything is trained for hours.

``python -m kd.runs.rehearsal REQUEST DATA RESULT`` tries what a ``RehearsalRequest`` names and writes a
``Rehearsal``. A model is built, takes one step on images of the data, and is saved and loaded again.
"""

import logging
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from kd.config import HF_PREFIX, ModelTraining, is_of_library
from kd.cores import num_cores
from kd.data.decoded.arrays import load_array
from kd.data.division.splits import open_division
from kd.data.images import MappedImages, Split, TrainingData, free_memory
from kd.errors import InputError, one_line
from kd.evaluation.logits import compute_logits, measure_size
from kd.files import read_record, write_record
from kd.models import ImageModel, check_logits
from kd.models.files import card_for, load_model, save_model
from kd.models.pretrained.processing import describe_processing
from kd.records import Rehearsal, RehearsalRequest, RehearsedModel
from kd.runs.pretrained.accuracy import MOST_IMAGES, evenly, inspect_trained
from kd.runs.rehearsal.losses import rehearse_loss
from kd.training.model import prepared_model
from kd.training.teacher.features import FeatureLearning

STUDENTS = ("student", "students")  # their places in a sweep file, without the number in a list
NUM_IMAGES = 2  # of a step; what a batch needs is reckoned from them
TOLERANCE = 1e-4  # of the largest logit, between a model and itself saved and loaded again
_STATES = {"sgd": 0, "adam": 2, "adamw": 2}  # tensors that an optimizer keeps for each parameter


def rehearse(request: RehearsalRequest, root: Path, result: Path, device: torch.device) -> Rehearsal:
    """Try each loss and each model, write what became of it to ``result`` after each, and return the last.

    Args:
        request: The losses, the models and the data.
        root: The folder of decoded data sets.
        result: A file; after a death in the user's own code it tells how far the rehearsal came.
        device: Where the models will be trained.
    """
    began = time.monotonic()
    data = _sample(request, root, device)
    done = Rehearsal(device=device.type)
    write_record(result, done)
    for after in _tries(done, request, data, device):
        done = after.model_copy(update={"seconds": round(time.monotonic() - began, 2)})
        write_record(result, done)
    return done


def _tries(done: Rehearsal, request: RehearsalRequest, data: TrainingData, device: torch.device) -> Iterator[Rehearsal]:
    """The rehearsal after each of its tries, up to the first that failed."""
    try:
        for place, settings in request.losses.items():
            loss = rehearse_loss(place, settings, len(data.class_names), device)
            done = done.model_copy(update={"losses": [*done.losses, loss]})
            yield done
        for place, training in request.models.items():
            model = rehearse_model(place, training, data, device, request.num_sharing, request.accept_weak_teacher)
            if _is_student(place) and request.features:
                rehearse_features(request, place, data, device)
            done = done.model_copy(update={"models": [*done.models, model]})
            yield done
    except InputError as error:
        yield done.model_copy(update={"failure": str(error)})


def rehearse_model(
    place: str,
    training: ModelTraining,
    data: TrainingData,
    device: torch.device,
    num_sharing: int = 1,
    accept_weak: bool = False,
) -> RehearsedModel:
    """Build a model, take one step with it, save it and load it again.

    Args:
        place: Of the model in the sweep file, such as ``student``.
        training: The model, and how it is trained.
        data: Some images of train and val, on ``device``.
        device: Where it will be trained.
        num_sharing: Jobs that share the memory.
        accept_weak: Go on with a model that is used as it is and does no better than chance.

    Raises:
        InputError: It cannot be trained on this data, or is used as it is and knows nothing of it; one line that names
            it.
    """
    with _one_line(place, training.model, "built"):
        torch.manual_seed(0)
        model = prepared_model(training, data, device)
    with _one_line(place, training.model, "trained"):
        needs = _try_step(model, training, data)
    with _one_line(place, training.model, "saved and loaded again"), tempfile.TemporaryDirectory() as name:
        _try_folder(Path(name), model, training, data)
    memory = needs.state + needs.of_image * _images_at_once(training)
    free = free_memory(device) // num_sharing
    if needs.state + needs.of_image > free:
        raise InputError(
            f"{place}.model: {training.model} needs {_gib(needs.state + needs.of_image)} of memory for one image, "
            f"a job gets {_gib(free)}; take a smaller model, fewer jobs at a time or a larger machine"
        )
    says = f", as {model.described_by} says" if model.described_by else ""
    fed = describe_processing(model, data.input_shape) + says
    notes = [*_memory_note(needs, training, free), *_trust_notes(model, training)]
    if training.is_used_as_it_is:
        with _one_line(place, training.model, "tried on val"):
            notes += inspect_trained(place, model, training, data, fed, accept_weak)
    with _one_line(place, training.model, "measured"):
        macs = measure_size(model, data.input_shape).macs
    return RehearsedModel(
        place=place,
        model=training.model,
        num_parameters=sum(parameter.numel() for parameter in model.parameters()),
        macs=macs,
        fed=fed,
        memory_bytes=memory,
        free_bytes=free,
        notes=notes,
    )


def _is_student(place: str) -> bool:
    return place.partition(".")[0] in STUDENTS


def rehearse_features(request: RehearsalRequest, place: str, data: TrainingData, device: torch.device) -> None:
    """Compare the features of a student and the teacher on a few images, and let the gradient flow back.

    Raises:
        InputError: A place is not there, or two features cannot be compared; one line that names both.
    """
    torch.manual_seed(0)
    (of_teacher,) = (training for other, training in request.models.items() if not _is_student(other))
    teacher, student = (prepared_model(each, data, device) for each in (of_teacher, request.models[place]))
    images_BCHW = _first(data).images_NCHW[:]
    for key, config in request.features.items():
        learning = FeatureLearning({key: config}, student, teacher, images_BCHW, seed=0)
        with torch.no_grad(), learning.listening():
            teacher.eval()(images_BCHW)
        _, features = learning.student.train()(images_BCHW)
        loss = learning.loss(features)
        if not loss.isfinite():
            raise InputError(f"{key}: the loss is {loss.item():g} on images of the data")
        if loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call]
        if not any(parameter.grad is not None for parameter in student.parameters()):
            raise InputError(f"{key}.student: no gradient flows back from there: name another place")
        student.zero_grad(set_to_none=True)


def training_device() -> torch.device:
    """The first GPU that is seen, or the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Needs(NamedTuple):
    """Bytes that training takes: once, and for each image of what is computed at a time."""

    state: int
    of_image: int


def _sample(request: RehearsalRequest, root: Path, device: torch.device) -> TrainingData:
    """Some images of train and of val, of all classes as far as they go; they are read when they are looked at."""
    division, store, labels = open_division(request.data, root)
    folder = root / request.data.digest

    def some(split: str, positions_N: NDArray[np.int64], number: int) -> Split:
        taken = positions_N[evenly(len(positions_N), number)]
        stored = load_array(folder / f"{split}_images.npy", "r")
        assert isinstance(stored, np.memmap)
        return Split(MappedImages(stored, taken, device), torch.from_numpy(labels[split][taken]).to(device))

    return TrainingData(
        some("train", division.train, MOST_IMAGES),
        some(division.val_split, division.val, MOST_IMAGES),
        store.class_names,
    )


def _first(data: TrainingData) -> Split:
    """The first and the last of the training images: the classes of a folder come one after the other."""
    rows = evenly(len(data.train.labels_N), NUM_IMAGES)
    return Split(data.train.images_NCHW[torch.from_numpy(rows)], data.train.labels_N[rows])


def _try_step(model: ImageModel, training: ModelTraining, data: TrainingData) -> Needs:
    """Logits, loss and gradients of a few images; the weights stay as they are."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters and training.epochs:
        raise InputError("has no parameter to train: every requires_grad is off")
    images_BCHW, labels_B = _first(data)
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    model.train(training.epochs > 0)  # one that is used as it is may do more in training, such as give a second output
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        logits_BC = model(images_BCHW)
    check_logits(training.model, logits_BC, len(labels_B), len(data.class_names))
    if not logits_BC.isfinite().all():
        raise InputError("gives logits that are not finite on images of the data")
    if _are_probabilities(logits_BC):
        raise InputError(
            "gives probabilities, whose sum is 1 for each image, where logits are wanted: leave its softmax out, or "
            "return their logarithm"
        )
    loss = F.cross_entropy(logits_BC, labels_B, label_smoothing=training.label_smoothing)
    if training.epochs:
        if not loss.requires_grad:
            raise InputError("gives logits that no gradient flows back from: they are detached, or made under no_grad")
        loss.backward()  # type: ignore[no-untyped-call]
        if not any(parameter.grad is not None for parameter in parameters):
            raise InputError("has parameters, but its logits depend on none of them")
    model.zero_grad(set_to_none=True)
    tensors = [*model.parameters(), *model.buffers()]
    own = {tensor.untyped_storage().data_ptr() for tensor in tensors}
    activations = sum(size for pointer, size in kept.items() if pointer not in own)
    weights = sum(tensor.nbytes for tensor in tensors)
    trained = sum(parameter.nbytes for parameter in parameters) if training.epochs else 0
    optimizer = training.optimizer
    states = int(optimizer.momentum > 0) if optimizer.name == "sgd" else _STATES[optimizer.name]
    copies = weights if training.ema_decay is not None else 0
    return Needs(weights + copies + trained * (1 + states), math.ceil(activations / len(labels_B)))


def _are_probabilities(logits_BC: Tensor) -> bool:
    """Losses would take a softmax of them once more, and the network would learn next to nothing."""
    sums_B = logits_BC.sum(1)
    return bool((logits_BC >= 0).all() and torch.allclose(sums_B, torch.ones_like(sums_B), atol=1e-3))


def _try_folder(folder: Path, model: ImageModel, training: ModelTraining, data: TrainingData) -> None:
    """What was saved and loaded again must give the same logits: students learn from a teacher that was.

    Raises:
        InputError: It gives others, then or already when it is asked twice.
    """
    images_BCHW = _first(data).images_NCHW
    expected, repeated = (compute_logits(model, images_BCHW) for _ in range(2))
    if _differ(expected, repeated):
        raise InputError(
            "gives other logits when it is asked again for the same images: something in it is random, or counts, in "
            "evaluation too, such as a dropout that does not look at self.training"
        )
    card = card_for(training.model, model, data.input_shape, data.class_names)
    save_model(folder / "model", model, card)
    again = load_model(folder / "model", data.train.labels_N.device, factory=training.model)
    if _differ(expected, compute_logits(again, images_BCHW)):
        raise InputError(
            "gives other logits after it was saved and loaded again: something that decides them is neither a "
            "parameter nor a buffer (register_buffer keeps a tensor)"
        )


def _differ(expected: Tensor, found: Tensor) -> bool:
    return bool((found - expected).abs().max() > TOLERANCE * max(1.0, float(expected.abs().max())))


def _images_at_once(training: ModelTraining) -> int:
    return math.ceil(training.batch_size / (training.accumulation_steps * training.gpus))


def _memory_note(needs: Needs, training: ModelTraining, free: int) -> Iterator[str]:
    at_once = _images_at_once(training)
    if not training.epochs or needs.state + needs.of_image * at_once <= free:
        return
    fitting = max(1, (free - needs.state) // needs.of_image)
    steps = math.ceil(training.batch_size / (fitting * training.gpus))
    yield (
        f"{at_once} images at once need about {_gib(needs.state + needs.of_image * at_once)}, a job gets {_gib(free)}: "
        f"accumulation_steps: {steps} computes each batch in parts that fit"
    )


def _trust_notes(model: ImageModel, training: ModelTraining) -> Iterator[str]:
    """What nobody could check of a pretrained model."""
    if training.model.startswith(HF_PREFIX) and model.described_by is None:
        yield "it has no preprocessor_config.json: mean and std of 0.5 are taken (normalize says otherwise)"
    if training.arguments.get("pretrained") is False and is_of_library(training.model):
        return  # as is asked for
    if (training.model.startswith(HF_PREFIX) or is_of_library(training.model)) and model.fresh_weights:
        yield f"trained from random numbers: {', '.join(model.fresh_weights[:4])}"


@contextmanager
def _one_line(place: str, model: str, done: str) -> Iterator[None]:
    """Name the place of what goes wrong."""
    try:
        yield
    except InputError as error:
        text = str(error)
        is_named = text.startswith(("model:", "checkpoint:", "normalize:"))
        raise InputError(f"{place}.{text}" if is_named else f"{place}.model: {model} {text}") from error
    except Exception as error:  # the user's code may raise anything
        raise InputError(f"{place}.model: {model} cannot be {done}: {one_line(error)}") from error


def _gib(num_bytes: int) -> str:
    return f"{num_bytes / 2**30:.2g} GiB" if num_bytes >= 2**27 else f"{num_bytes / 2**20:.2g} MiB"


def main() -> None:
    """Rehearse what a file asks for, on the first GPU that is seen, or the CPU."""
    request, root, result = map(Path, sys.argv[1:])
    # what loaded torch for one thread this process may be a fork of
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0] or num_cores()))
    logging.disable(logging.WARNING)
    rehearse(read_record(request, RehearsalRequest), root, result, training_device())
