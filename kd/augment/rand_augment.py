"""RandAugment of whole batches: torchvision's operations, strengths and chances, Pillow's arithmetic.

All numbers are whole, or computed pixel by pixel, so an image comes to the same bytes in any batch.
Operations that move pixels take the nearest one, and black from outside: torchvision's defaults.

Pillow's own ``ImageOps``, ``ImageEnhance``, ``transform`` and ``rotate`` give the same bytes, which the tests hold
these functions to. They are not called, since they take one image at a time, of one or three channels, from the CPU's
memory: views are made where the training is, on a GPU from a batch that never leaves it.

References:
    Cubuk et al.: RandAugment: Practical automated data augmentation with a reduced search space, arXiv:1909.13719.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import torch
import torch.nn.functional as F
from torch import Tensor

from kd.config import RandAugmentConfig

LARGEST = 30  # magnitude
MAGNITUDES = range(LARGEST + 1)
Operation = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Of uint8 images [B, C, H, W], their signs ±1 [B] where a direction is drawn, and their magnitudes 0 to 30 [B]."""
Affine = tuple[float, float, float, float, float, float]
"""Where a new pixel is taken from, in Pillow's order: (a x + b y + c, d x + e y + f)."""
Move = Callable[[int, int, int], Affine]
"""From a signed magnitude, and the images' height and width."""


def rand_augment(images_BCHW: Tensor, uniform_BK: Tensor, config: RandAugmentConfig, noise_BK: Tensor) -> Tensor:
    """Each image after ``num_ops`` operations of its own, which may repeat.

    Args:
        images_BCHW: uint8 images.
        uniform_BK: Uniform numbers, two for each operation: which, and in which direction.
        config: How many operations, and how strong.
        noise_BK: Uniform numbers, one for each operation: how much stronger or weaker; for ``magnitude_std`` alone.

    Returns:
        uint8 images of the same shape.
    """
    for number in range(config.num_ops):
        magnitude_B = _magnitudes(noise_BK[:, number], config)
        images_BCHW = _one_operation(images_BCHW, uniform_BK[:, 2 * number : 2 * number + 2], magnitude_B)
    return images_BCHW


def _magnitudes(uniform_B: Tensor, config: RandAugmentConfig) -> Tensor:
    """Whole numbers [B] about the one that is asked for, normally distributed and cut to the scale."""
    if config.magnitude_std == 0:
        return torch.full_like(uniform_B, config.magnitude, dtype=torch.int64)
    drawn_B: Tensor = config.magnitude + config.magnitude_std * torch.special.ndtri(uniform_B.double())
    return drawn_B.clamp(0, LARGEST).round().long()


def _one_operation(images_BCHW: Tensor, uniform_B2: Tensor, magnitude_B: Tensor) -> Tensor:
    """The images are sorted, so that each operation is computed once, for all that drew it."""
    chosen_B = (uniform_B2[:, 0] * len(OPERATIONS)).long()
    sign_B = torch.where(uniform_B2[:, 1] < 0.5, -1, 1)
    order_B = chosen_B.argsort()
    counts = chosen_B.bincount(minlength=len(OPERATIONS)).tolist()
    groups = (torch.split(column[order_B], counts) for column in (images_BCHW, sign_B, magnitude_B))
    pieces = zip(OPERATIONS.values(), *groups, strict=True)
    done = [operation(images, signs, levels) for operation, images, signs, levels in pieces if len(images)]
    changed_BCHW = torch.empty_like(images_BCHW)
    changed_BCHW[order_B] = torch.cat(done)
    return changed_BCHW


def _identity(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    return images_BCHW


def _shear_x(magnitude: int, height: int, width: int) -> Affine:
    """About the top left corner, as the paper's code does."""
    return 1, 0.3 * magnitude / LARGEST, 0, 0, 1, 0


def _shear_y(magnitude: int, height: int, width: int) -> Affine:
    return 1, 0, 0, 0.3 * magnitude / LARGEST, 1, 0


def _translate_x(magnitude: int, height: int, width: int) -> Affine:
    return 1, 0, -int(150 / 331 * width * magnitude / LARGEST), 0, 1, 0


def _translate_y(magnitude: int, height: int, width: int) -> Affine:
    return 1, 0, 0, 0, 1, -int(150 / 331 * height * magnitude / LARGEST)


def _rotate(magnitude: int, height: int, width: int) -> Affine:
    """Counter-clockwise about the centre, up to 30 degrees."""
    angle, x, y = math.radians(magnitude), width / 2, height / 2
    sine, cosine = round(math.sin(angle), 15), round(math.cos(angle), 15)  # Pillow's digits
    return cosine, -sine, -cosine * x + sine * y + x, sine, cosine, -sine * x - cosine * y + y


def _brightness(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    return _blended(torch.zeros_like(images_BCHW), images_BCHW, sign_B, magnitude_B)


def _color(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    """Between the grey image and beyond the coloured one; images that are not of three colours stay."""
    if images_BCHW.shape[1] != 3:
        return images_BCHW
    return _blended(_luma(images_BCHW), images_BCHW, sign_B, magnitude_B)


def _contrast(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    luma = _luma(images_BCHW)
    num_pixels = luma[0].numel()
    mean = (2 * luma.sum((1, 2, 3), keepdim=True) + num_pixels) // (2 * num_pixels)  # rounded
    return _blended(mean, images_BCHW, sign_B, magnitude_B)


def _sharpness(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    """Between a smoothed image and beyond the sharp one; its outermost pixels stay."""
    if min(images_BCHW.shape[2:]) < 3:
        return images_BCHW
    smooth = images_BCHW.float()
    inner = smooth[..., 1:-1, 1:-1]
    inner.copy_(((F.avg_pool2d(smooth, 3, 1, divisor_override=1) + 4 * inner) / 13).round())
    return _blended(smooth, images_BCHW, sign_B, magnitude_B)


def _posterize(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    """Without the lowest bits, up to four."""
    lost = _of_magnitude([round(4 * magnitude / LARGEST) for magnitude in MAGNITUDES], magnitude_B).to(torch.uint8)
    return images_BCHW >> lost << lost


def _solarize(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    threshold = _of_magnitude([255 * (LARGEST - magnitude) / LARGEST for magnitude in MAGNITUDES], magnitude_B)
    return torch.where(images_BCHW < threshold, images_BCHW, 255 - images_BCHW)


def _autocontrast(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    """Each channel stretched to 0 … 255; a channel of one value stays."""
    lowest_BC1 = images_BCHW.amin((2, 3))[..., None].double()
    highest_BC1 = images_BCHW.amax((2, 3))[..., None].double()
    range_BC1 = (highest_BC1 - lowest_BC1).clamp(min=1)
    scale_BC1 = torch.full_like(range_BC1, 255) / range_BC1  # torch rounds ``255 / tensor`` twice: 255 * (1 / tensor)
    levels_256 = torch.arange(256, dtype=torch.float64, device=images_BCHW.device)
    stretched_BC256 = levels_256 * scale_BC1 + -lowest_BC1 * scale_BC1  # Pillow's order: other roundings differ by 1
    return _looked_up(images_BCHW, torch.where(highest_BC1 > lowest_BC1, stretched_BC256, levels_256))


def _equalize(images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
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


def _moved(move: Move, images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    """Each pixel taken from the nearest to where ``move`` says; black where there is none.

    In Pillow's fixed point of 16 bits: whole numbers, so what stands on the very edge between two pixels falls to the
    same one on every machine.
    """
    channels, height, width = images_BCHW.shape[1:]
    matrix_B6 = _matrices(move, height, width).to(images_BCHW.device)[sign_B * magnitude_B + LARGEST]
    a, b, c, d, e, f = matrix_B6[:, :, None, None].unbind(1)
    x, y = (torch.arange(size, device=images_BCHW.device) for size in (width, height))
    column, row = (a * x + b * y[:, None] + c) >> 16, (d * x + e * y[:, None] + f) >> 16
    inside_BHW = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index_BHW = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
    index_BCN = index_BHW.flatten(1)[:, None].expand(-1, channels, -1)
    pixels_BCHW = images_BCHW.flatten(2).gather(2, index_BCN).view_as(images_BCHW)
    return torch.where(inside_BHW[:, None], pixels_BCHW, 0)


@lru_cache(maxsize=64)
def _matrices(move: Move, height: int, width: int) -> Tensor:
    """Of every magnitude, from the largest backwards to the largest forwards [61, 6]."""
    return torch.tensor([_fixed_point(move(signed, height, width)) for signed in range(-LARGEST, LARGEST + 1)])


def _fixed_point(matrix: Affine) -> list[int]:
    """In 65536ths, with the half pixel from a corner to a centre in the constants."""
    a, b, c, d, e, f = matrix
    return [math.floor(value * 65536 + 0.5) for value in (a, b, c + a * 0.5 + b * 0.5, d, e, f + d * 0.5 + e * 0.5)]


OPERATIONS: dict[str, Operation] = {
    "identity": _identity,
    "shear_x": partial(_moved, _shear_x),
    "shear_y": partial(_moved, _shear_y),
    "translate_x": partial(_moved, _translate_x),
    "translate_y": partial(_moved, _translate_y),
    "rotate": partial(_moved, _rotate),
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


def _blended(base: Tensor, images_BCHW: Tensor, sign_B: Tensor, magnitude_B: Tensor) -> Tensor:
    """From ``base`` towards the image, and past it where the sign is positive; cut to whole numbers."""
    changes = [0.9 * magnitude / LARGEST for magnitude in MAGNITUDES]
    more, less = (_of_magnitude([1 + sign * change for change in changes], magnitude_B) for sign in (1, -1))
    factor = torch.where(sign_B[:, None, None, None] > 0, more, less)
    base = base.float()
    return (base + factor * (images_BCHW - base)).clamp(0, 255).to(torch.uint8)


def _of_magnitude(values: Sequence[float], magnitude_B: Tensor) -> Tensor:
    """Each image's of the values [B, 1, 1, 1], float32.

    They are reckoned in Python: a GPU multiplies by the reciprocal where a tensor is divided by a number.
    """
    table = torch.tensor(values, dtype=torch.float32, device=magnitude_B.device)
    return table[magnitude_B][:, None, None, None]


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
