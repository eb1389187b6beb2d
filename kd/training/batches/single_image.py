"""Batches of one image, which a model that normalises over the batch cannot be trained on.

The last batch of an epoch may be of one image, and so may a part of a batch, or what is left of it for one of
several GPUs. Batch normalisation of flat features then has no spread to divide by, and torch refuses. Another
image then goes through the network with it, and counts in nothing else.
"""

import torch
import torch.distributed as dist
from torch import Tensor, nn

from kd.models.image_model import copied


def needs_second_image(model: nn.Module, image_1CHW: Tensor) -> bool:
    """Whether the model can be trained on two images but not on one; it is left as it was.

    What normalises over the images of all ranks is not tried: each rank has one, and a trial would wait for the others.

    Args:
        model: Tried as a copy, in training mode.
        image_1CHW: The one image, as the model takes it.
    """
    devices = [image_1CHW.device] if image_1CHW.device.type == "cuda" else []
    with torch.no_grad(), torch.random.fork_rng(devices=devices):
        trial = copied(model).train()
        if dist.is_available() and dist.is_initialized():
            for module in trial.modules():
                if isinstance(module, nn.SyncBatchNorm):
                    module.eval()
        try:
            trial(image_1CHW)
        except ValueError:  # torch's own, of a batch normalisation; another error is met again where it counts
            return True
    return False
