"""The training core of a knowledge-distillation study: usable alone, loads torch only when asked to."""

import importlib
from typing import Any

_HOME = {
    "DistillationLoss": "kd.losses",
    "LossParts": "kd.losses",
    "kd_divergence": "kd.losses",
    "build_model": "kd.models",
    "load_model": "kd.model_files",
    "execute": "kd.runs",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import a public name from its module at first use, so that ``kd.config`` never loads torch."""
    if name not in _HOME:
        raise AttributeError(f"module 'kd' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)
