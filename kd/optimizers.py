"""torch's optimizers over a model's parameters."""

import torch
from torch import nn

from kd.config import OptimizerConfig


def build_optimizer(config: OptimizerConfig, model: nn.Module) -> torch.optim.Optimizer:
    """The optimizer over all parameters of ``model``, in torch's fused implementation.

    Weight decay is for parameters of two dimensions or more. On the scales and shifts of
    normalisations and on biases it does not regularise: a norm's scale is undone by the next layer.
    """
    groups = _groups(model, config.weight_decay)
    if config.name == "sgd":
        return torch.optim.SGD(groups, config.lr, momentum=config.momentum, nesterov=config.nesterov, fused=True)
    kind = torch.optim.AdamW if config.name == "adamw" else torch.optim.Adam
    return kind(groups, config.lr, fused=True)


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if weight_decay == 0:  # also AdamW's, whose own default is 0.01
        return [{"params": parameters, "weight_decay": 0.0}]
    groups = [
        {"params": [parameter for parameter in parameters if parameter.ndim >= 2], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.ndim < 2], "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]
