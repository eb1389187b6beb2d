"""The networks that papers on distillation compare on CIFAR-100, by the names that sweeps give them."""

from collections.abc import Callable

from torch import nn

from kd.models.cifar.mobilenet import cifar_mobilenetv2
from kd.models.cifar.resnet import (
    cifar_resnet8x4,
    cifar_resnet20,
    cifar_resnet32,
    cifar_resnet32x4,
    cifar_resnet56,
    cifar_resnet110,
)
from kd.models.cifar.shufflenet import cifar_shufflenetv1, cifar_shufflenetv2
from kd.models.cifar.vgg import cifar_vgg8, cifar_vgg13
from kd.models.cifar.wide_resnet import cifar_wrn_16_2, cifar_wrn_40_1, cifar_wrn_40_2

FACTORIES: tuple[Callable[..., nn.Module], ...] = (
    cifar_resnet20,
    cifar_resnet32,
    cifar_resnet56,
    cifar_resnet110,
    cifar_resnet8x4,
    cifar_resnet32x4,
    cifar_wrn_16_2,
    cifar_wrn_40_1,
    cifar_wrn_40_2,
    cifar_vgg8,
    cifar_vgg13,
    cifar_mobilenetv2,
    cifar_shufflenetv1,
    cifar_shufflenetv2,
)
