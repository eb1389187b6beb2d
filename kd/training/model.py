"""The model that a training begins with, and whether it is compiled."""

import logging

import torch

from kd.config import ModelTraining
from kd.config.compiling import decide_compiling
from kd.data.images import TrainingData
from kd.errors import InputError
from kd.model_source import model_sha256
from kd.models import ImageModel
from kd.models.start import start_model
from kd.records import CPU
from kd.training.distributed import SINGLE_PROCESS, ProcessGroup, synchronized

log = logging.getLogger(__name__)


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


def should_compile(training: ModelTraining, num_steps: int, device: torch.device, *, has_features: bool) -> bool:
    """As the configuration says; where it leaves that open the log says what was decided, and why.

    Args:
        training: How the model is trained.
        num_steps: Over all epochs.
        device: Where.
        has_features: Whether it is taught by its features, which cannot be taken from a compiled model.
    """
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else CPU
    is_on, why = decide_compiling(training, num_steps, card)
    if training.compile == "auto":
        is_on = is_on and not has_features
        log.info("compile: auto, %s: %s", "on" if is_on else "off", why)
    return is_on
