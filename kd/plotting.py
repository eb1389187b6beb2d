"""Curves of a ``DistillationTrainer``'s history: the one part of the core that draws, and loads matplotlib to do it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANELS = (
    (
        "loss",
        {"train_loss": "training, total", "soft_loss": "soft (T²)", "hard_loss": "hard", "val_loss": "validation"},
    ),
    ("accuracy", {"train_accuracy": "training", "val_accuracy": "validation"}),
)


def plot_training_curves(history: Mapping[str, Sequence[float]], save_path: str | Path | None = None) -> "Figure":
    """Losses and accuracies by epoch, side by side.

    Args:
        history: As ``DistillationTrainer.train`` returns it; curves that it lacks are left out.
        save_path: Where to keep the picture, in the format of its ending; folders are made.

    Raises:
        ImportError: matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    for axes, (name, curves) in zip(figure.subplots(1, 2), _PANELS, strict=True):
        for key, label in curves.items():
            if history.get(key):
                axes.plot(range(1, len(history[key]) + 1), history[key], label=label)
        axes.set(xlabel="epoch", ylabel=name)
        axes.grid(alpha=0.3)
        axes.legend()
    if save_path is not None:
        Path(save_path).parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(save_path, dpi=150)
    return figure
