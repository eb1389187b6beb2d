"""torch's optimizers over a model's parameters."""

from typing import Any

import torch
from torch import Tensor, nn

from kd.config import OptimizerConfig
from kd.phases import START_UP


@START_UP  # the first one of a process loads torch's compiler
def build_optimizer(
    config: OptimizerConfig, model: nn.Module, loss: nn.Module | None = None, num_stacked_dims: int = 0
) -> torch.optim.Optimizer:
    """The optimizer over all parameters of ``model``, and of a loss that learns, in torch's fused implementation.

    Weight decay is for parameters of two dimensions or more, where ``config.decay`` does not say otherwise. On the
    scales and shifts of normalisations and on biases it does not regularise: a norm's scale is undone by the next
    layer. Dimensions along which several models are stacked do not count.
    """
    groups = _groups(model, loss, config, 2 + num_stacked_dims)
    if config.name == "sgd":
        return torch.optim.SGD(groups, config.lr, momentum=config.momentum, nesterov=config.nesterov, fused=True)
    kind = torch.optim.AdamW if config.name == "adamw" else torch.optim.Adam
    return kind(groups, config.lr, betas=config.betas, eps=config.eps, fused=True)


def load_state(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Load what ``optimizer.state_dict()`` gave, each tensor in the memory layout of its parameter.

    Fused kernels on a CPU take that layout for granted, and go wrong without a word where it is another: a checkpoint
    may have been written by a program that laid parameters out otherwise.
    """
    optimizer.load_state_dict(state)
    for parameter, values in optimizer.state.items():
        for key, value in values.items():
            if value.shape == parameter.shape and value.stride() != parameter.stride():
                values[key] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def _groups(
    model: nn.Module, loss: nn.Module | None, config: OptimizerConfig, fewest_dims: int
) -> list[dict[str, object]]:
    learned = list(loss.parameters()) if loss is not None else []
    parameters = [parameter for parameter in (*model.parameters(), *learned) if parameter.requires_grad]
    if config.weight_decay == 0:  # also AdamW's, whose own default is 0.01
        return [{"params": parameters, "weight_decay": 0.0}]
    spared = _spared(model, config.decay, fewest_dims)
    if config.decay != "all":
        spared |= {parameter for parameter in learned if parameter.ndim < fewest_dims}
    decayed = [parameter for parameter in parameters if parameter not in spared]
    others = [parameter for parameter in parameters if parameter in spared]
    groups = [{"params": decayed, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return [group for group in groups if group["params"]]


def _spared(model: nn.Module, decay: str, fewest_dims: int) -> set[Tensor]:
    """The parameters that weight decay leaves alone.

    Layers call what they multiply with a weight (``weight``, ``in_proj_weight``, ``weight_ih_l0``). Class tokens and
    position tables are parameters with names of their own, or the weight of an embedding.
    """
    if decay == "all":
        return set()
    spared: set[Tensor] = {parameter for parameter in model.parameters() if parameter.ndim < fewest_dims}
    if decay == "kernels":
        spared |= {parameter for name, parameter in model.named_parameters() if "weight" not in name}
        tables = (module for module in model.modules() if isinstance(module, nn.Embedding | nn.EmbeddingBag))
        spared.update(table.weight for table in tables)
    return spared
