"""The modules of a network, and what features each gives.

``python -m kd.evaluation.layers REQUEST RESULT`` lists those of a ``LayersRequest``'s model, and writes ``Layers``.
"""

import logging
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from kd.config import ModelTraining
from kd.errors import InputError, one_line
from kd.evaluation.taps import FORMS, features_of, in_evaluation, last_linear
from kd.files import read_record, write_record
from kd.models import ImageModel
from kd.models.start import start_model
from kd.records import Layer, Layers, LayersRequest

NUM_IMAGES = 2  # features tell themselves from other outputs by their first dimension


def list_layers(model: ImageModel, input_shape: tuple[int, int, int]) -> tuple[Layer, ...]:
    """Every module of the network in the order of its definition, with the features that it gives for an image.

    Args:
        model: In any mode, in which it is left.
        input_shape: Channels, height, width of the images.
    """
    images_BCHW = torch.zeros(NUM_IMAGES, *input_shape, dtype=torch.uint8)
    found: dict[str, Layer] = {}

    def note(path: str, module: nn.Module, given: Any, output: Any) -> None:
        kind = type(module).__name__
        try:
            shape = tuple(features_of(output, NUM_IMAGES).shape)
        except InputError as error:
            found[path] = Layer(path=path, kind=kind, reason=str(error))
        else:
            found[path] = Layer(path=path, kind=kind, shape=shape[1:], form=FORMS[len(shape)])

    modules = {path: module for path, module in model.net.named_modules() if path}
    with ExitStack() as hooks:
        for path, module in modules.items():
            hooks.callback(module.register_forward_hook(partial(note, path)).remove)
        in_evaluation(model, images_BCHW)
    not_called = "it is not called while the network computes"
    return tuple(
        found.get(path) or Layer(path=path, kind=type(module).__name__, reason=not_called)
        for path, module in modules.items()
    )


def look_at(training: ModelTraining, input_shape: tuple[int, int, int], class_names: list[str]) -> Layers:
    """The modules of a model as a training finds it, and what it takes where no place is named.

    Raises:
        InputError: It cannot be built.
    """
    model = start_model(training, input_shape, class_names)
    try:
        last = str(last_linear(model, torch.zeros(NUM_IMAGES, *input_shape, dtype=torch.uint8)))
    except InputError:
        last = None
    return Layers(
        model=training.model, input_shape=input_shape, last_features=last, layers=list_layers(model, input_shape)
    )


def main() -> None:
    """List what a file asks for."""
    request_path, result = map(Path, sys.argv[1:])
    logging.disable(logging.WARNING)
    request = read_record(request_path, LayersRequest)
    try:
        found = look_at(request.training, request.input_shape, request.class_names)
    except InputError as error:
        found = Layers(model=request.training.model, input_shape=request.input_shape, failure=str(error))
    except Exception as error:  # the user's code may raise anything
        reason = f"model: {request.training.model}: {one_line(error)}"
        found = Layers(model=request.training.model, input_shape=request.input_shape, failure=reason)
    write_record(result, found)


if __name__ == "__main__":
    main()
