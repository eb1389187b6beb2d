"""A network together with what it wants of an image."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kd.config import Normalization, Precision
from kd.errors import InputError

Interpolation = Literal["nearest-exact", "bilinear", "bicubic"]


def logits_of(output: Any) -> Tensor:
    """What a network returns, or what stands under ``logits`` in it, as in transformers' outputs.

    Raises:
        InputError: It is something else.
    """
    logits = output if isinstance(output, Tensor) else getattr(output, "logits", None)
    if isinstance(logits, Tensor):
        return logits
    raise InputError(
        f"returns a {type(output).__name__}; wanted are logits [batch, classes], or an object with logits: "
        "wrap the network in a module that returns them alone"
    )


def autocast(precision: Precision, device: torch.device) -> AbstractContextManager[object]:
    """Matrix products and convolutions in bfloat16; ``auto``: on a GPU alone."""
    is_narrow = precision == "bf16" or (precision == "auto" and device.type == "cuda")
    return torch.autocast(device.type, torch.bfloat16) if is_narrow else nullcontext()


class ImageModel(nn.Module):
    """A network with its own input size and normalisation: takes uint8 images, gives float32 logits.

    Images are resized, repeated to the network's channels and normalised on their device, so that
    teacher and student see the same pixels each in its own way. Evaluation is in float32 always.

    Args:
        net: From normalised float images [B, C, H, W] to logits [B, classes], or to an object with ``logits``.
        mean: Of pixels in 0…1, per channel of the network, or one for all.
        std: The same.
        input_size: Height and width that images are resized to; None leaves them as they are.
        interpolation: How, with antialiasing where it is not the nearest pixel.
        flip_channels: Give the channels in the opposite order: to a network that was trained on blue, green, red.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        net: nn.Module,
        mean: Sequence[float] = (0.0,),
        std: Sequence[float] = (1.0,),
        input_size: tuple[int, int] | None = None,
        interpolation: Interpolation = "bilinear",
        flip_channels: bool = False,
    ) -> None:
        super().__init__()
        self.net = net
        self.input_size = input_size
        self.interpolation = interpolation
        self.flip_channels = flip_channels
        self.precision: Precision = "auto"
        self.described_by: str | None = None  # what says how it wants its images
        self.normalize: Normalization | None = None  # what the sweep file says of it, and of the size: for the card
        self.image_size: tuple[int, int] | None = None
        self.fresh_weights: tuple[str, ...] = ()  # of a pretrained model, those that did not come with it
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1) * 255, persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1) * 255, persistent=False)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        """Logits [B, classes] of uint8 images [B, C, H, W]."""
        pixels = self.prepare(images_BCHW)
        with autocast(self.precision if self.training else "fp32", pixels.device):
            output: Any = self.net(pixels)
        return logits_of(output).float()

    def prepare(self, images_BCHW: Tensor) -> Tensor:
        """What the network sees of uint8 images: resized, repeated to its channels, normalised."""
        pixels = images_BCHW.float()
        if self.input_size is not None and tuple(pixels.shape[2:]) != self.input_size:
            antialias = self.interpolation != "nearest-exact"
            pixels = F.interpolate(pixels, self.input_size, mode=self.interpolation, antialias=antialias)
            pixels = pixels.clamp(0, 255)  # bicubic weights overshoot at edges
        if self.flip_channels:
            pixels = pixels.flip(1)
        return (pixels - self.mean).div_(self.std)
