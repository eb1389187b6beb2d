"""A network together with what it wants of an image."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kd.config import Arguments, Normalization, Precision
from kd.errors import InputError

Model = TypeVar("Model", bound=nn.Module)
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


def copied(model: Model) -> Model:
    """The model once more, but for results that its modules keep of their last pass: torch copies none.

    Many keep features so, for a loss of their owner's.
    """
    kept = [result for module in model.modules() for result in _results(list(vars(module).values()))]
    return copy.deepcopy(model, {id(result): torch.zeros(()) for result in kept})


def _results(value: object) -> Iterator[Tensor]:
    """The tensors in a value, or in what it holds, that were computed and want a gradient."""
    if isinstance(value, Tensor):
        if not value.is_leaf:
            yield value
    elif isinstance(value, list | tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _results(each)


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
        resize: What images are brought to before the middle of ``input_size`` is cut out of them: the shorter side, or
            height and width; None: ``input_size`` itself, so that nothing is cut off. A side that is then too short is
            given a black edge.
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
        resize: int | tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self.net = net
        self.input_size = input_size
        self.resize = resize
        self.interpolation = interpolation
        self.flip_channels = flip_channels
        self.precision: Precision = "auto"
        self.described_by: str | None = None  # what says how it wants its images
        self.normalize: Normalization | None = None  # what the sweep file says of it, and of the size: for the card
        self.image_size: tuple[int, int] | None = None
        self.arguments: Mapping[str, Any] = Arguments()  # likewise, of its factory
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
        size = self._resized(*pixels.shape[2:])
        if tuple(pixels.shape[2:]) != size:
            antialias = self.interpolation != "nearest-exact"
            pixels = F.interpolate(pixels, size, mode=self.interpolation, antialias=antialias)
            pixels = pixels.clamp(0, 255)  # bicubic weights overshoot at edges
        if self.input_size not in (None, size):
            pixels = _middle(pixels, self.input_size)
        if self.flip_channels:
            pixels = pixels.flip(1)
        return (pixels - self.mean).div_(self.std)

    def _resized(self, height: int, width: int) -> tuple[int, int]:
        """What images of this height and width are resized to."""
        if self.input_size is None or self.resize is None:
            return self.input_size or (height, width)
        if not isinstance(self.resize, int):
            return self.resize
        short = min(height, width)  # the longer side is rounded down, as torchvision does
        return self.resize * height // short, self.resize * width // short


def _middle(pixels_BCHW: Tensor, size: tuple[int, int]) -> Tensor:
    """The centred box of this height and width; of an odd margin the half that torchvision rounds to.

    A side that is shorter is first given a black edge, as by torchvision.
    """
    height, width = (max(part - whole, 0) for whole, part in zip(pixels_BCHW.shape[2:], size, strict=True))
    if height or width:
        pixels_BCHW = F.pad(pixels_BCHW, (width // 2, width - width // 2, height // 2, height - height // 2))
    top, left = (round((whole - part) / 2) for whole, part in zip(pixels_BCHW.shape[2:], size, strict=True))
    return pixels_BCHW[:, :, top : top + size[0], left : left + size[1]]
