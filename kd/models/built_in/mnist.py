"""Networks for digits: the pair of the MNIST tutorial (a CNN, an MLP), and a larger and a smaller CNN.

ReLU stands behind the pool, or behind what flattens where there is no pool: values and gradients are the same to the
last bit. Behind the pool it reads a quarter of the numbers. Behind ``Flatten`` its gradient lies in memory as its input
does; before it one is channels last and the other is not, which costs torch ten times as long.
"""

from torch import nn


def mnist_cnn(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Two 3×3 convolutions (16, 32 channels), each with 2×2 max-pool and ReLU, and a linear layer.

    20,490 parameters on 1×28×28 images and 10 classes.
    """
    channels, height, width = input_shape
    return nn.Sequential(
        nn.Conv2d(channels, 16, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * (height // 4) * (width // 4), num_classes),
    )


def mnist_mlp(num_classes: int, input_shape: tuple[int, int, int], hidden: int = 128) -> nn.Module:
    """Pixels → ``hidden`` → classes, one ReLU. 101,770 parameters on 1×28×28 images and 10 classes."""
    channels, height, width = input_shape
    return nn.Sequential(
        nn.Flatten(), nn.Linear(channels * height * width, hidden), nn.ReLU(), nn.Linear(hidden, num_classes)
    )


def mnist_large_cnn(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Two 3×3 convolutions (32, 64 channels), each with 2×2 max-pool and ReLU, a layer of 128 units and a linear layer.

    421,642 parameters and 4.2 M multiply-accumulates on 1×28×28 images and 10 classes.
    """
    channels, height, width = input_shape
    return nn.Sequential(
        nn.Conv2d(channels, 32, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(64 * (height // 4) * (width // 4), 128),
        nn.ReLU(),
        nn.Linear(128, num_classes),
    )


def mnist_small_cnn(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Two 3×3 convolutions of stride 2 (8, 16 channels), each with ReLU, and a linear layer.

    9,098 parameters and 78 K multiply-accumulates on 1×28×28 images and 10 classes: a convolution that halves the image
    itself, and does not leave that to a pool behind it, computes a quarter of the outputs.
    """
    channels, height, width = input_shape
    return nn.Sequential(
        nn.Conv2d(channels, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.Flatten(),
        nn.ReLU(),
        nn.Linear(16 * _quarter(height) * _quarter(width), num_classes),
    )


def _quarter(length: int) -> int:
    """What two strides of 2 leave of an image's side; a last odd pixel counts.

    >>> _quarter(28), _quarter(29)
    (7, 8)
    """
    return (length + 3) // 4
