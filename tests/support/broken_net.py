"""The source of a network that can be built and looked at, and fails as soon as it is trained."""

FAILS_IN_TRAINING = """
from torch import nn

class Net(nn.Module):
    def __init__(self, num_classes, input_shape):
        super().__init__()
        channels, height, width = input_shape
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, num_classes))

    def forward(self, images):
        if self.training:
            raise KeyError('head')
        return self.layers(images)

def build(num_classes, input_shape):
    return Net(num_classes, input_shape)
"""
