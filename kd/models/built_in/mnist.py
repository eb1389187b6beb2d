"""The pair of the MNIST tutorial: a small CNN as teacher, an MLP as student."""

from torch import nn


def mnist_cnn(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Two 3×3 convolutions (16, 32 channels), each with ReLU and 2×2 max-pool, and a linear layer.

    20,490 parameters on 1×28×28 images and 10 classes.
    """
    channels, height, width = input_shape
    return nn.Sequential(
        nn.Conv2d(channels, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * (height // 4) * (width // 4), num_classes),
    )


def mnist_mlp(num_classes: int, input_shape: tuple[int, int, int], hidden: int = 128) -> nn.Module:
    """Pixels → ``hidden`` → classes, one ReLU. 101,770 parameters on 1×28×28 images and 10 classes."""
    channels, height, width = input_shape
    return nn.Sequential(
        nn.Flatten(), nn.Linear(channels * height * width, hidden), nn.ReLU(), nn.Linear(hidden, num_classes)
    )
