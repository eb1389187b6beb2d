"""The training core of a knowledge-distillation study: usable alone, loads torch only when asked to."""

import importlib
from typing import Any

_HOME = {
    "DistillationLoss": "kd.losses",
    "DistillationTrainer": "kd.library",
    "LossParts": "kd.losses",
    "build_model": "kd.models",
    "compare_models": "kd.library",
    "execute": "kd.runs",
    "kd_divergence": "kd.losses",
    "load_model": "kd.model_files",
    "plot_training_curves": "kd.plotting",
    "set_seed": "kd.library",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import a public name from its module at first use, so that ``kd.config`` never loads torch."""
    if name not in _HOME:
        raise AttributeError(f"module 'kd' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)
