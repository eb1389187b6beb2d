"""A model's logits over a set of images, and what the model costs."""

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from kd.models import ImageModel
from kd.records import ModelSize

EVALUATION_BATCH_SIZE = 1000


@torch.inference_mode()
def compute_logits(model: nn.Module, images_NCHW: Tensor) -> Tensor:
    """Logits [N, classes] in float32, with the model in evaluation mode (and left in it)."""
    model.eval()
    return torch.cat([model(batch) for batch in torch.split(images_NCHW, EVALUATION_BATCH_SIZE)])


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
