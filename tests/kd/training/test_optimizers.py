"""The optimizer that was asked for, with weight decay where it belongs."""

import pytest
import torch
from torch import nn

from kd.config import OptimizerConfig
from kd.training.optimizers import build_optimizer


class Net(nn.Module):
    """One parameter of every kind."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.linear = nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(2, 2)
        self.position = nn.Parameter(torch.ones(1, 4, 2))
        self.fixed = nn.Parameter(torch.ones(3, 3), requires_grad=False)


@pytest.mark.parametrize(
    ("config", "kind", "expected"),
    [
        (
            OptimizerConfig(name="sgd", lr=0.1, momentum=0.7, nesterov=True),
            torch.optim.SGD,
            {"lr": 0.1, "momentum": 0.7, "nesterov": True, "fused": True},
        ),
        (OptimizerConfig(name="sgd", momentum=0), torch.optim.SGD, {"momentum": 0, "nesterov": False}),
        (OptimizerConfig(name="adam", lr=0.2), torch.optim.Adam, {"lr": 0.2, "fused": True}),
        (
            OptimizerConfig(name="adamw", betas=(0.8, 0.95), eps=1e-6),
            torch.optim.AdamW,
            {"betas": (0.8, 0.95), "eps": 1e-6},
        ),
        (OptimizerConfig(name="adam"), torch.optim.Adam, {"betas": (0.9, 0.999), "eps": 1e-8}),
        (OptimizerConfig(name="adamw"), torch.optim.AdamW, {"lr": 1e-3, "fused": True}),
    ],
)
def test_the_optimizer_is_the_one_asked_for(config, kind, expected):
    optimizer = build_optimizer(config, Net())
    assert type(optimizer) is kind
    (group,) = optimizer.param_groups
    assert group["weight_decay"] == 0
    assert {key: group[key] for key in expected} == expected
    assert len(group["params"]) == 7


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_norms_and_biases_do_not_decay(name):
    net = Net()
    optimizer = build_optimizer(OptimizerConfig(name=name, weight_decay=0.3), net)
    names = {id(parameter): name for name, parameter in net.named_parameters()}
    decayed, spared = ({names[id(parameter)] for parameter in group["params"]} for group in optimizer.param_groups)
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.3, 0.0]
    assert decayed == {"conv.weight", "linear.weight", "position"}
    assert spared == {"conv.bias", "norm.weight", "norm.bias", "linear.bias"}


def test_a_step_without_gradient_shrinks_the_weights_alone():
    net = Net()
    optimizer = build_optimizer(OptimizerConfig(name="sgd", lr=0.1, momentum=0, weight_decay=0.5), net)
    before = {name: parameter.clone() for name, parameter in net.named_parameters()}
    for parameter in net.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    torch.testing.assert_close(net.linear.weight, before["linear.weight"] * 0.95)
    assert torch.equal(net.linear.bias, before["linear.bias"])
    assert torch.equal(net.fixed, before["fixed"])


def test_a_model_of_biases_alone():
    (group,) = build_optimizer(OptimizerConfig(weight_decay=0.1), nn.BatchNorm1d(3)).param_groups
    assert group["weight_decay"] == 0


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_all_parameters_decay_where_it_is_asked_for(name):
    """As the recipes of the CIFAR papers have it, and torch's optimizers by themselves."""
    (group,) = build_optimizer(OptimizerConfig(name=name, weight_decay=0.3, decay="all"), Net()).param_groups
    assert (group["weight_decay"], len(group["params"])) == (0.3, 7)
