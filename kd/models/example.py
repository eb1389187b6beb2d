"""Models of one's own, as a sweep names them: ``package.module:factory``, here ``kd.models.example:dropout_conv``.

A factory in any importable module will do. It takes the number of classes and the images' (channels,
height, width) and returns a module from normalised images to logits. ``image_mean`` and ``image_std``
say how it wants its pixels (of 0…1); without them they come as they are.
"""

from torch import nn

from kd.models.built_in.resnet import BasicBlock


def dropout_resnet(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Three residual blocks (64, 128, 192 channels) and dropout before the last layer.

    885,450 parameters on 1×28×28 images and 10 classes.
    """
    net = nn.Sequential(
        nn.Conv2d(input_shape[0], 64, 3, padding=1, bias=False),
        nn.BatchNorm2d(64),
        nn.ReLU(inplace=True),
        BasicBlock(64, 64, stride=1),
        BasicBlock(64, 128, stride=2),
        BasicBlock(128, 192, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(192, num_classes),
    )
    return _normalised(net)


def dropout_conv(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Two convolutions (32, 64 channels), each with a 2×2 max-pool, and a hidden layer of 50 units with dropout.

    176,176 parameters on 1×28×28 images and 10 classes.
    """
    channels, height, width = input_shape
    net = nn.Sequential(
        nn.Conv2d(channels, 32, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * (height // 4) * (width // 4), 50),
        nn.ReLU(inplace=True),
        nn.Dropout(0.2),
        nn.Linear(50, num_classes),
    )
    return _normalised(net)


def _normalised(net: nn.Sequential) -> nn.Sequential:
    net.image_mean, net.image_std = (0.286,), (0.353,)  # type: ignore[assignment]  # Fashion-MNIST's
    return net
