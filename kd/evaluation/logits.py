"""A model's logits over a set of images, and what the model costs."""

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from kd.data.images import Images, in_batches
from kd.models import ImageModel
from kd.phases import EVALUATION
from kd.records import ModelSize

EVALUATION_BATCH_SIZE = 1000  # of images up to 128×128 pixels; fewer of larger ones
_PIXELS_AT_ONCE = EVALUATION_BATCH_SIZE * 128 * 128


def evaluation_batch_size(model: nn.Module, images_NCHW: Images) -> int:
    """How many images go through ``model`` at once, by the size that it resizes them to."""
    height, width = getattr(model, "input_size", None) or images_NCHW.shape[2:]
    return max(1, min(EVALUATION_BATCH_SIZE, _PIXELS_AT_ONCE // (height * width)))


@torch.inference_mode()
def compute_logits(model: nn.Module, images_NCHW: Images) -> Tensor:
    """Logits [N, classes] in float32, with the model in evaluation mode (and left in it)."""
    model.eval()
    batches = in_batches(images_NCHW, evaluation_batch_size(model, images_NCHW))
    return torch.cat([model(batch) for batch in batches])


@EVALUATION
def measure_size(model: ImageModel, input_shape: tuple[int, int, int]) -> ModelSize:
    """Parameters, and multiply-accumulates of convolutions and matrix products for one image."""
    device = next(model.parameters()).device
    counter = FlopCounterMode(display=False)
    with counter, torch.inference_mode():
        model.eval()(torch.zeros(1, *input_shape, dtype=torch.uint8, device=device))
    return ModelSize(
        num_parameters=sum(parameter.numel() for parameter in model.parameters()),
        macs=counter.get_total_flops() // 2,
    )
