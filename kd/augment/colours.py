"""Colours of whole batches, pixel by pixel: brightness, contrast, saturation and hue.

References:
    torchvision's ``ColorJitter``, whose order is drawn; here it is fixed.
"""

import torch
from torch import Tensor


def color_jitter(images_BCHW: Tensor, uniform_B3: Tensor, strength: float) -> Tensor:
    """Brightness, contrast (about the mean grey) and saturation, each times 1 ± ``strength``, in this order."""
    factors_B3 = 1 + strength * (2 * uniform_B3 - 1)
    brightness, contrast, saturation = (factor[:, None, None, None] for factor in factors_B3.unbind(1))
    pixels = (images_BCHW * brightness).clamp(0, 255)
    mean = _grey(pixels).mean((2, 3), keepdim=True)
    pixels = (mean + contrast * (pixels - mean)).clamp(0, 255)
    if pixels.shape[1] == 3:
        grey = _grey(pixels)
        pixels = (grey + saturation * (pixels - grey)).clamp(0, 255)
    return pixels.round().to(torch.uint8)


def turn_hue(images_BCHW: Tensor, uniform_B1: Tensor, largest: float) -> Tensor:
    """The hue of each image turned by up to ``largest`` of its circle, each way; only colours have one."""
    if images_BCHW.shape[1] != 3:
        return images_BCHW
    turn_B11 = largest * (2 * uniform_B1[:, :, None] - 1)
    pixels = images_BCHW.float()
    value, lowest = pixels.amax(1), pixels.amin(1)
    chroma = value - lowest
    sixth = _sixth_of_circle(pixels, value, chroma) + 6 * turn_B11
    # Each channel is at full value for a third of the circle, at the lowest for another, and on its way between.
    starts = torch.tensor([5.0, 3.0, 1.0], device=pixels.device)[:, None, None]
    place = (sixth[:, None] + starts).remainder(6)
    down = torch.minimum(place, 4 - place).clamp(0, 1)
    return (value[:, None] - chroma[:, None] * down).round().to(torch.uint8)


def _sixth_of_circle(pixels_BCHW: Tensor, value_BHW: Tensor, chroma_BHW: Tensor) -> Tensor:
    """Where the hue stands: 0 is red, 2 green, 4 blue; a grey pixel, which has none, is at 0."""
    red, green, blue = pixels_BCHW.unbind(1)
    of_red, of_green, of_blue = ((minuend - less) / chroma_BHW.clamp(min=1) for minuend, less in (
        (green, blue), (blue, red), (red, green)
    ))  # fmt: skip
    return torch.where(value_BHW == red, of_red, torch.where(value_BHW == green, of_green + 2, of_blue + 4))


def _grey(pixels_BCHW: Tensor) -> Tensor:
    """Luma [B, 1, H, W] (ITU-R 601) of three channels; any other number is averaged."""
    if pixels_BCHW.shape[1] != 3:
        return pixels_BCHW.mean(1, keepdim=True)
    red_BHW, green_BHW, blue_BHW = pixels_BCHW.unbind(1)
    return (0.299 * red_BHW + 0.587 * green_BHW + 0.114 * blue_BHW)[:, None]
