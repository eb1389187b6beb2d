"""Whether a training is compiled (``torch.compile``) where ``compile: auto`` leaves that open."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kd.config.training import ModelTraining

SOURCE = "bench/results/gpu.json"
Figures = Mapping[str, Mapping[str, float]]
PAYS_AFTER_STEPS: Figures = MappingProxyType({})
"""Steps after which the time that compiling takes is earned, by the card's name and the model's.

What ``bench.gpu`` found, from ``sets.compiling`` of ``SOURCE``. No card has been measured, so nothing stands here.
"""


class Decision(NamedTuple):
    """Whether a training is compiled, and why."""

    is_on: bool
    why: str


def decide_compiling(
    training: ModelTraining, num_steps: int, device: str | None, figures: Figures = PAYS_AFTER_STEPS
) -> Decision:
    """As the sweep file says; ``auto`` follows figures that were measured, and is off where there are none.

    Args:
        training: The model, and whether it is to be compiled.
        num_steps: Of the whole training.
        device: The card's name, or ``cpu``; None where it is not known yet.
        figures: As ``PAYS_AFTER_STEPS``.

    >>> decide_compiling(ModelTraining(model="mnist_mlp", epochs=1, compile="auto"), 100, "cpu")
    Decision(is_on=False, why='only what was measured on a card is compiled')
    """
    if training.compile != "auto":
        return Decision(training.compile, "as it is asked for")
    if device == "cpu":
        return Decision(False, "only what was measured on a card is compiled")
    if not figures or (device is not None and device not in figures):
        return Decision(False, f"no figure of {device if figures else 'any card'} yet; make bench-gpu measures")
    if device is None:
        return Decision(False, f"it depends on the card: there are figures of {', '.join(sorted(figures))} ({SOURCE})")
    pays_after = figures[device].get(training.model)
    if pays_after is None:
        return Decision(False, f"no figure of {training.model} on {device}; make bench-gpu measures some")
    beside = f"the {pays_after:,.0f} after which it pays on {device} ({SOURCE})"
    if num_steps < pays_after:
        return Decision(False, f"{num_steps:,} steps are fewer than {beside}")
    return Decision(True, f"{num_steps:,} steps are more than {beside}")
