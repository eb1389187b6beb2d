"""VGG with batch normalisation for 32×32 images: no hidden linear layers, and no max-pool before the last stage.

Layers are named as in RepDistiller, whose files of weights fit.

References:
    Simonyan and Zisserman: Very Deep Convolutional Networks, arXiv:1409.1556.
    Tian et al.: Contrastive Representation Distillation (RepDistiller), arXiv:1910.10699.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from kd.models.cifar.initial import draw_weights

WIDTHS = (64, 128, 256, 512, 512)
LARGE = 64  # pixels on a side, from which the last stage is pooled before as well


def cifar_vgg8(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """One convolution a stage. 3,965,028 parameters, 96 M multiply-accumulates on 3×32×32 images, 100 classes."""
    return CifarVGG(1, num_classes, input_shape)


def cifar_vgg13(num_classes: int, input_shape: tuple[int, int, int]) -> nn.Module:
    """Two convolutions a stage. 9,462,180 parameters, 285 M multiply-accumulates on 3×32×32 images, 100 classes."""
    return CifarVGG(2, num_classes, input_shape)


class CifarVGG(nn.Module):
    """Five stages of 3×3 convolutions, halved between them, pooled over the whole image at the end.

    Args:
        num_layers: Convolutions in each stage.
        num_classes: Width of the logits.
        input_shape: Channels, height, width of the images.
    """

    def __init__(self, num_layers: int, num_classes: int, input_shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.block0 = _stage(input_shape[0], WIDTHS[0], num_layers)
        self.block1 = _stage(WIDTHS[0], WIDTHS[1], num_layers)
        self.block2 = _stage(WIDTHS[1], WIDTHS[2], num_layers)
        self.block3 = _stage(WIDTHS[2], WIDTHS[3], num_layers)
        self.block4 = _stage(WIDTHS[3], WIDTHS[4], num_layers)
        self.pool = nn.MaxPool2d(2)
        self.last_pool = nn.MaxPool2d(2) if input_shape[1] >= LARGE else nn.Identity()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(WIDTHS[4], num_classes)
        draw_weights(self, head_std=0.01)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        """Logits [B, classes]."""
        features = images_BCHW
        for stage in (self.block0, self.block1, self.block2):
            features = self.pool(F.relu(stage(features)))
        features = self.last_pool(F.relu(self.block3(features)))
        logits: Tensor = self.classifier(self.avgpool(F.relu(self.block4(features))).flatten(1))
        return logits


def _stage(in_channels: int, out_channels: int, num_layers: int) -> nn.Sequential:
    """Without the last ReLU, before which feature methods look at it."""
    layers: list[nn.Module] = []
    for number in range(num_layers):
        width = out_channels if number else in_channels
        layers += [nn.Conv2d(width, out_channels, 3, padding=1), nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers[:-1])
