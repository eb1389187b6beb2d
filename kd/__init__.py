"""The training core of a knowledge-distillation study: usable alone, loads torch only when asked to."""

import importlib
from typing import Any

_HOME = {
    "Callback": "kd.trainer",
    "DistillationLoss": "kd.losses",
    "DistillationTrainer": "kd.trainer",
    "LabelledImages": "kd.library",
    "LossParts": "kd.losses",
    "build_model": "kd.models",
    "compare_models": "kd.trainer.inspection",
    "execute": "kd.runs.execute",
    "export_onnx": "kd.library",
    "kd_divergence": "kd.losses",
    "load_model": "kd.library",
    "open_folder": "kd.library",
    "plot_training_curves": "kd.trainer.inspection",
    "save_model": "kd.library",
    "set_seed": "kd.trainer.random_state",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import a public name from its module at first use, so that ``kd.config`` never loads torch."""
    if name not in _HOME:
        raise AttributeError(f"module 'kd' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)
