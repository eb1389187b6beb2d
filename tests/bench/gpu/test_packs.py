"""Every question of the stage on packs is answered or left open with its reason, whichever measurement fails."""

from pathlib import Path
from typing import Any

import pytest
import torch

from bench.gpu.asking import Answer, Setting, Told, Unanswered
from bench.gpu.stages import packs

COMPILED = "InductorError: no compiler"


def told_where(failing: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    def rate_of(setting: Setting, student: Any, steps: int, how: str = "eager") -> list[float]:
        if how in failing:
            raise RuntimeError(COMPILED)
        return [100.0]

    def rate_of_pack(setting: Setting, student: Any, size: int, steps: int) -> list[float]:
        if "pack" in failing:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return [500.0]

    told: list[Told] = []
    setting = Setting(torch.device("cpu"), 0, True, tmp_path, told.append)
    monkeypatch.setattr(packs, "rate_of", rate_of)
    monkeypatch.setattr(packs, "rate_of_pack", rate_of_pack)
    packs.ask(setting)
    return told


@pytest.mark.parametrize("failing", [set(), {"compiled"}, {"pack"}, {"eager"}, {"compiled", "pack"}])
def test_none_is_passed_over(failing: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = told_where(failing, tmp_path, monkeypatch)
    assert {each.question for each in told if not isinstance(each, packs.Rate)} == packs.QUESTIONS.keys()
    answered = {each.question for each in told if isinstance(each, Answer)}
    open_ones = {each.question: each.why for each in told if isinstance(each, Unanswered)}
    assert not answered & open_ones.keys() and all(open_ones.values())
    assert ("pack_mnist_mlp" in answered) is (not failing)


def test_a_question_whose_partner_has_no_figure_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        each.question: each for each in told_where({"compiled"}, tmp_path, monkeypatch) if isinstance(each, Unanswered)
    }
    assert COMPILED in told["compiled_mnist_mlp"].why
    assert told["pack_mnist_mlp"].why == "no figure: compiled"
    assert told["pack_plain_conv"].why == "asked of a card alone"
