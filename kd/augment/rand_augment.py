"""RandAugment of whole batches: torchvision's operations, strengths and chances, Pillow's arithmetic.

All numbers are whole, or computed pixel by pixel, so an image comes to the same bytes in any batch.
Operations that move pixels take the nearest one, and black from outside: torchvision's defaults.

Pillow's own ``ImageOps`` and ``ImageEnhance`` give the same bytes, which the tests hold these functions to. They are
not called, since they take one image at a time, of one or three channels, from the CPU's memory: views are made where
the training is, on a GPU from a batch that never leaves it.

References:
    Cubuk et al.: RandAugment: Practical automated data augmentation with a reduced search space, arXiv:1909.13719.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from kd.config import RandAugmentConfig

LARGEST = 30  # magnitude
Operation = Callable[[Tensor, Tensor, int], Tensor]
"""Of uint8 images [B, C, H, W], their signs ±1 [B] where a direction is drawn, and the magnitude 0 to 30."""


def rand_augment(images_BCHW: Tensor, uniform_BK: Tensor, config: RandAugmentConfig) -> Tensor:
    """Each image after ``num_ops`` operations of its own, which may repeat.

    Args:
        images_BCHW: uint8 images.
        uniform_BK: Uniform numbers, two for each operation: which, and in which direction.
        config: How many operations, and how strong.

    Returns:
        uint8 images of the same shape.
    """
    for uniform_B2 in torch.split(uniform_BK[:, : 2 * config.num_ops], 2, dim=1):
        images_BCHW = _one_operation(images_BCHW, uniform_B2, config.magnitude)
    return images_BCHW


def _one_operation(images_BCHW: Tensor, uniform_B2: Tensor, magnitude: int) -> Tensor:
    """The images are sorted, so that each operation is computed once, for all that drew it."""
    chosen_B = (uniform_B2[:, 0] * len(OPERATIONS)).long()
    sign_B = torch.where(uniform_B2[:, 1] < 0.5, -1, 1)
    order_B = chosen_B.argsort()
    counts = chosen_B.bincount(minlength=len(OPERATIONS)).tolist()
    images, signs = torch.split(images_BCHW[order_B], counts), torch.split(sign_B[order_B], counts)
    groups = zip(OPERATIONS.values(), images, signs, strict=True)
    done = [operation(group, sign, magnitude) for operation, group, sign in groups if len(group)]
    changed_BCHW = torch.empty_like(images_BCHW)
    changed_BCHW[order_B] = torch.cat(done)
    return changed_BCHW


def _identity(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    return images_BCHW


def _shear_x(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    """About the top left corner, as the paper's code does."""
    x, y = _centres(images_BCHW)
    return _taken(images_BCHW, x + _signed(sign_B, 0.3 * magnitude / LARGEST) * y, y)


def _shear_y(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    x, y = _centres(images_BCHW)
    return _taken(images_BCHW, x, y + _signed(sign_B, 0.3 * magnitude / LARGEST) * x)


def _translate_x(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    x, y = _centres(images_BCHW)
    distance = int(150 / 331 * images_BCHW.shape[3] * magnitude / LARGEST)
    return _taken(images_BCHW, x - _signed(sign_B, distance), y)


def _translate_y(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    x, y = _centres(images_BCHW)
    distance = int(150 / 331 * images_BCHW.shape[2] * magnitude / LARGEST)
    return _taken(images_BCHW, x, y - _signed(sign_B, distance))


def _rotate(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    """Counter-clockwise about the centre, up to 30 degrees."""
    height, width = images_BCHW.shape[2:]
    x, y = _centres(images_BCHW)
    x, y = x - width / 2, y - height / 2
    angle = math.radians(magnitude)
    sine, cosine = _signed(sign_B, math.sin(angle)), math.cos(angle)
    return _taken(images_BCHW, cosine * x - sine * y + width / 2, sine * x + cosine * y + height / 2)


def _brightness(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    return _blended(torch.zeros_like(images_BCHW), images_BCHW, sign_B, magnitude)


def _color(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    """Between the grey image and beyond the coloured one; images that are not of three colours stay."""
    if images_BCHW.shape[1] != 3:
        return images_BCHW
    return _blended(_luma(images_BCHW), images_BCHW, sign_B, magnitude)


def _contrast(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    luma = _luma(images_BCHW)
    num_pixels = luma[0].numel()
    mean = (2 * luma.sum((1, 2, 3), keepdim=True) + num_pixels) // (2 * num_pixels)  # rounded
    return _blended(mean, images_BCHW, sign_B, magnitude)


def _sharpness(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    """Between a smoothed image and beyond the sharp one; its outermost pixels stay."""
    if min(images_BCHW.shape[2:]) < 3:
        return images_BCHW
    smooth = images_BCHW.float()
    inner = smooth[..., 1:-1, 1:-1]
    inner.copy_(((F.avg_pool2d(smooth, 3, 1, divisor_override=1) + 4 * inner) / 13).round())
    return _blended(smooth, images_BCHW, sign_B, magnitude)


def _posterize(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    """Without the lowest bits, up to four."""
    lost = round(4 * magnitude / LARGEST)
    return images_BCHW >> lost << lost


def _solarize(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    threshold = 255 * (LARGEST - magnitude) / LARGEST
    return torch.where(images_BCHW < threshold, images_BCHW, 255 - images_BCHW)


def _autocontrast(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    """Each channel stretched to 0 … 255; a channel of one value stays."""
    lowest_BC1 = images_BCHW.amin((2, 3))[..., None].double()
    highest_BC1 = images_BCHW.amax((2, 3))[..., None].double()
    scale_BC1 = 255 / (highest_BC1 - lowest_BC1).clamp(min=1)
    levels_256 = torch.arange(256, dtype=torch.float64, device=images_BCHW.device)
    stretched_BC256 = levels_256 * scale_BC1 + -lowest_BC1 * scale_BC1  # Pillow's order: other roundings differ by 1
    return _looked_up(images_BCHW, torch.where(highest_BC1 > lowest_BC1, stretched_BC256, levels_256))


def _equalize(images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    """Each channel's values spread so that all are about equally frequent."""
    values_BCN = images_BCHW.flatten(2).long()
    counts_BC256 = values_BCN.new_zeros(*values_BCN.shape[:2], 256).scatter_add_(
        2, values_BCN, torch.ones_like(values_BCN)
    )
    below_BC256 = counts_BC256.cumsum(2) - counts_BC256
    step_BC1 = below_BC256.gather(2, values_BCN.amax(2, keepdim=True)) // 255
    spread_BC256 = (step_BC1 // 2 + below_BC256) // step_BC1.clamp(min=1)
    levels_256 = torch.arange(256, device=images_BCHW.device)
    return _looked_up(images_BCHW, torch.where(step_BC1 > 0, spread_BC256, levels_256))


OPERATIONS: dict[str, Operation] = {
    "identity": _identity,
    "shear_x": _shear_x,
    "shear_y": _shear_y,
    "translate_x": _translate_x,
    "translate_y": _translate_y,
    "rotate": _rotate,
    "brightness": _brightness,
    "color": _color,
    "contrast": _contrast,
    "sharpness": _sharpness,
    "posterize": _posterize,
    "solarize": _solarize,
    "autocontrast": _autocontrast,
    "equalize": _equalize,
}
"""By name, in torchvision's order. Views depend on the order: it must never change."""


def _signed(sign_B: Tensor, value: float) -> Tensor:
    return torch.where(sign_B > 0, value, -value)[:, None, None]


def _centres(images_BCHW: Tensor) -> tuple[Tensor, Tensor]:
    """Of the pixels, from the top left corner: x [1, 1, W] and y [1, H, 1]."""
    height, width = images_BCHW.shape[2:]
    x_W, y_H = (torch.arange(size, device=images_BCHW.device) + 0.5 for size in (width, height))
    return x_W[None, None], y_H[None, :, None]


def _taken(images_BCHW: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """New images of the pixels at x and y, which broadcast to [B, H, W]; black where there is none."""
    channels, height, width = images_BCHW.shape[1:]
    column, row = x.floor().long(), y.floor().long()
    inside_BHW = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index_BHW = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
    index_BCN = index_BHW.flatten(1)[:, None].expand(-1, channels, -1)
    pixels_BCHW = images_BCHW.flatten(2).gather(2, index_BCN).view_as(images_BCHW)
    return torch.where(inside_BHW[:, None], pixels_BCHW, 0)


def _blended(base: Tensor, images_BCHW: Tensor, sign_B: Tensor, magnitude: int) -> Tensor:
    """From ``base`` towards the image, and past it where the sign is positive; cut to whole numbers."""
    change = 0.9 * magnitude / LARGEST
    factor_B = torch.where(sign_B > 0, 1 + change, 1 - change)
    base = base.float()
    return (base + factor_B[:, None, None, None] * (images_BCHW - base)).clamp(0, 255).to(torch.uint8)


def _luma(images_BCHW: Tensor) -> Tensor:
    """Whole-number luma [B, 1, H, W] (ITU-R 601) of three channels; any other number is averaged."""
    values = images_BCHW.int()
    if values.shape[1] != 3:
        return values.sum(1, keepdim=True) // values.shape[1]
    red, green, blue = values.unbind(1)
    return ((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16)[:, None]


def _looked_up(images_BCHW: Tensor, table_BC256: Tensor) -> Tensor:
    """Each pixel replaced by its channel's entry for it, cut to a whole number in 0 … 255."""
    table_BC256 = table_BC256.clamp(0, 255).to(torch.uint8)
    return table_BC256.gather(2, images_BCHW.flatten(2).long()).view_as(images_BCHW)
