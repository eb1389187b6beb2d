"""What a script or a notebook shows of two models and of a training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torch import nn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANELS = (
    (
        "loss",
        {"train_loss": "training, total", "soft_loss": "soft (T²)", "hard_loss": "hard", "val_loss": "validation"},
    ),
    ("accuracy", {"train_accuracy": "training", "val_accuracy": "validation"}),
)


class ModelComparison(NamedTuple):
    """Sizes of two models; bytes are of all parameters in their dtype."""

    teacher_parameters: int
    student_parameters: int
    teacher_bytes: int
    student_bytes: int

    @property
    def compression(self) -> float:
        """How many times fewer parameters the student has."""
        return self.teacher_parameters / self.student_parameters

    def __str__(self) -> str:
        rows = [
            ("teacher", self.teacher_parameters, self.teacher_bytes, 1.0),
            ("student", self.student_parameters, self.student_bytes, self.compression),
        ]
        lines = [f"{'model':<8} {'parameters':>13} {'MiB':>8} {'times smaller':>14}"]
        lines += [f"{name:<8} {count:>13,} {size / 2**20:>8.2f} {ratio:>14.1f}" for name, count, size, ratio in rows]
        return "\n".join(lines)


def compare_models(teacher_model: nn.Module, student_model: nn.Module) -> ModelComparison:
    """Print and return how large the two models are."""
    teacher, student = ([*model.parameters()] for model in (teacher_model, student_model))
    comparison = ModelComparison(
        teacher_parameters=sum(parameter.numel() for parameter in teacher),
        student_parameters=sum(parameter.numel() for parameter in student),
        teacher_bytes=sum(parameter.nbytes for parameter in teacher),
        student_bytes=sum(parameter.nbytes for parameter in student),
    )
    print(comparison)  # noqa: T201 what it is called for
    return comparison


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
