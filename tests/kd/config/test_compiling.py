"""Whether a training is compiled: as it is asked for, or as figures say."""

import json

import pytest

from kd.config import ModelTraining
from kd.config.compiling import PAYS_AFTER_STEPS, SOURCE, decide_compiling
from tests.support.root import ROOT

CARD = "NVIDIA H100 80GB HBM3"
FIGURES = {CARD: {"mnist_mlp": 1000.0}}


def training(compile: object, model: str = "mnist_mlp") -> ModelTraining:
    return ModelTraining(model=model, epochs=1, compile=compile)


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("device", ["cpu", CARD, None])
def test_what_is_asked_for_is_done(asked: bool, device: str | None) -> None:
    assert decide_compiling(training(asked), 1, device).is_on is asked


@pytest.mark.parametrize(
    ("device", "model", "num_steps", "is_on", "why"),
    [
        (
            CARD,
            "mnist_mlp",
            1000,
            True,
            f"1,000 steps are more than the 1,000 after which it pays on {CARD} ({SOURCE})",
        ),
        (CARD, "mnist_mlp", 999, False, f"999 steps are fewer than the 1,000 after which it pays on {CARD} ({SOURCE})"),
        (CARD, "mnist_cnn", 10**9, False, f"no figure of mnist_cnn on {CARD}; make bench-gpu measures some"),
        ("Tesla T4", "mnist_mlp", 10**9, False, "no figure of Tesla T4 yet; make bench-gpu measures"),
        ("cpu", "mnist_mlp", 10**9, False, "only what was measured on a card is compiled"),
        (None, "mnist_mlp", 10**9, False, f"it depends on the card: there are figures of {CARD} ({SOURCE})"),
    ],
)
def test_auto_follows_figures(device: str | None, model: str, num_steps: int, is_on: bool, why: str) -> None:
    assert decide_compiling(training("auto", model), num_steps, device, FIGURES) == (is_on, why)


@pytest.mark.parametrize("device", [CARD, None])
def test_without_figures_auto_is_off(device: str | None) -> None:
    assert decide_compiling(training("auto"), 10**9, device, {}) == (
        False,
        "no figure of any card yet; make bench-gpu measures",
    )


def test_the_table_is_what_was_measured() -> None:
    path = ROOT / SOURCE
    measured: dict[str, dict[str, float]] = {}
    if path.exists():
        kept = json.loads(path.read_text())
        found = {model: figures["pays_after_steps"] for model, figures in kept["sets"]["compiling"].items()}
        measured = {kept["card"]["card"]: {model: steps for model, steps in found.items() if steps is not None}}
    assert {card: dict(figures) for card, figures in PAYS_AFTER_STEPS.items()} == measured
