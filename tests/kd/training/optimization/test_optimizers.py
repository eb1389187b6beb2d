"""The optimizer that was asked for, with weight decay where it belongs."""

import pytest
import torch
from torch import nn

from kd.config import OptimizerConfig
from kd.losses import LearnedTemperature
from kd.training.optimization.optimizers import build_optimizer


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


class Transformer(nn.Module):
    """Tokens and tables as timm's and torchvision's networks hold them, and layers that name their weights oddly."""

    def __init__(self):
        super().__init__()
        self.cls_token, self.pos_embed = nn.Parameter(torch.ones(1, 1, 4)), nn.Parameter(torch.ones(1, 5, 4))
        self.attention, self.recurrent = nn.MultiheadAttention(4, 2), nn.LSTM(4, 2)
        self.relative_position_bias_table = nn.Parameter(torch.ones(9, 2))
        self.positions, self.head = nn.Embedding(5, 4), nn.utils.parametrizations.weight_norm(nn.Linear(4, 3))


def decayed_names(model, decay):
    """Of the parameters that weight decay is for."""
    optimizer = build_optimizer(OptimizerConfig(name="adamw", weight_decay=0.3, decay=decay), model)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    return {names[id(parameter)] for parameter in optimizer.param_groups[0]["params"]}


def test_kernels_are_the_weights_of_layers():
    layers = {
        "attention.in_proj_weight",
        "attention.out_proj.weight",
        "recurrent.weight_ih_l0",
        "recurrent.weight_hh_l0",
        "head.parametrizations.weight.original0",
        "head.parametrizations.weight.original1",
    }
    tables = {"cls_token", "pos_embed", "relative_position_bias_table", "positions.weight"}
    assert decayed_names(Transformer(), "kernels") == layers
    assert decayed_names(Transformer(), "weights") == layers | tables
    assert decayed_names(Net(), "kernels") == {"conv.weight", "linear.weight"}


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("ViT", {"cls_token", "position_embeddings"}),
        ("DeiT", {"cls_token", "distillation_token", "position_embeddings"}),
        ("Swin", {"relative_position_bias_table"}),
    ],
)
def test_kernels_of_transformers_networks(name, tables):
    """What timm calls ``no_weight_decay`` of the same architectures is spared, and nothing else of two dimensions."""
    transformers = pytest.importorskip("transformers")
    sizes = {"image_size": 8, "patch_size": 4, "num_hidden_layers": 1, "intermediate_size": 8, "num_attention_heads": 2}
    swin = {"image_size": 16, "patch_size": 2, "embed_dim": 8, "depths": [1, 1], "num_heads": [2, 2], "window_size": 2}
    config = getattr(transformers, f"{name}Config")(**(swin if name == "Swin" else {"hidden_size": 8, **sizes}))
    model = getattr(transformers, f"{name}ForImageClassification")(config)
    spared = decayed_names(model, "weights") - decayed_names(model, "kernels")
    assert {full.rpartition(".")[2] for full in spared} == tables


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


@pytest.mark.parametrize(("decay", "decays"), [("weights", False), ("kernels", False), ("all", True)])
def test_a_learned_temperature_decays_only_with_all_else(decay, decays):
    loss = LearnedTemperature(4.0)
    optimizer = build_optimizer(OptimizerConfig(weight_decay=0.3, decay=decay), Net(), loss)
    (found,) = (group for group in optimizer.param_groups if any(loss.theta is each for each in group["params"]))
    assert (found["weight_decay"] == 0.3) is decays
