"""A user's own module: models by import path."""

import math

import torch
from torch import nn

from kd.models import BUILT_IN


def dropout_net(num_classes, input_shape):
    """Draws from torch's generator and keeps running statistics."""
    channels, height, width = input_shape
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(channels * height * width, 32),
        nn.BatchNorm1d(32),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(32, num_classes),
    )


class SecretiveNet(nn.Linear):
    """Adds numbers that are drawn with the weights and are no part of the state."""

    def __init__(self, num_pixels, num_classes):
        super().__init__(num_pixels, num_classes)
        self.offset = torch.randn(num_classes)

    def forward(self, images):
        return super().forward(images.flatten(1)) + self.offset


def secretive_net(num_classes, input_shape):
    return SecretiveNet(math.prod(input_shape), num_classes)


class Exact(nn.Module):
    """A net that computes in float64."""

    def __init__(self, net):
        super().__init__()
        self.net = net.double()

    def forward(self, images):
        return self.net(images.double())


def exact_plain_conv(num_classes, input_shape):
    return Exact(BUILT_IN["plain_conv"](num_classes, input_shape))


def exact_cifar_light_cnn(num_classes, input_shape):
    return Exact(BUILT_IN["cifar_light_cnn"](num_classes, input_shape))


def exact_small_resnet(num_classes, input_shape):
    return Exact(BUILT_IN["small_resnet"](num_classes, input_shape))


def exact_mnist_cnn(num_classes, input_shape):
    return Exact(BUILT_IN["mnist_cnn"](num_classes, input_shape))


def normalising_net(num_classes, input_shape):
    """Says how it wants its images."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(math.prod(input_shape), num_classes))
    net.image_mean, net.image_std = (0.5,), (0.25,)
    return net


def convolved(num_classes, input_shape):
    """Ends in a convolution, as SqueezeNet does."""
    return nn.Sequential(nn.Conv2d(input_shape[0], num_classes, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())


def wide_mlp(num_classes, input_shape):
    """mnist_mlp with one hidden unit more."""
    return nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 129), nn.ReLU(), nn.Linear(129, num_classes))
