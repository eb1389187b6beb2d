"""Weights begin with the spread that is said."""

import math

import torch
from torch import nn

from kd.models.cifar.initial import draw_weights


def test_the_spread_follows_the_outputs_of_a_convolution_and_biases_are_zero():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(64, 64, 3, groups=2), nn.Flatten(), nn.Linear(100, 100))
    drawn = net[2].weight.clone()
    draw_weights(net)
    assert math.isclose(float(net[0].weight.detach().std()), math.sqrt(2 / (9 * 64)), rel_tol=0.02)
    assert not net[0].bias.any() and not net[2].bias.any()
    assert torch.equal(net[2].weight, drawn)
    draw_weights(net, head_std=0.01)
    assert math.isclose(float(net[2].weight.detach().std()), 0.01, rel_tol=0.03)
