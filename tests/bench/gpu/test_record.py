"""What is kept, and what is said of it."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from bench import figures
from bench.gpu.asking import Answer, Rate, Setting, SkippedError, Told, Unanswered, Wanted
from bench.gpu.machine import describe, read_machine
from bench.gpu.record import Record

H100 = {"processor": "NVIDIA H100 80GB HBM3", "cores": 16, "torch": "2.11.0"}
CARD = {"card": H100["processor"], "num_cards": 1, "has_bf16": True, "cuda": "13.0", "compiler": "c++"}


def record(path: Path, small: bool = False) -> Record:
    return Record(path / "gpu.json", H100 | CARD, small, {"fast": "is it fast", "right": "is it right"})


@pytest.mark.parametrize(
    ("wanted", "value", "card", "small", "is_met"),
    [
        (Wanted(at_least=5), 5, "", False, True),
        (Wanted(at_least=5), 4.9, "", False, False),
        (Wanted(at_most=1.1), 1.2, "", False, False),
        (Wanted(at_most=1.1), 1.2, "", True, None),
        (Wanted(at_most=0, is_speed=False), 3, "", True, False),
        (Wanted(at_least=60_000, of_card="H100"), 1, "Tesla T4", False, None),
        (Wanted(at_least=60_000, of_card="H100"), 1, "NVIDIA H100 80GB HBM3", False, False),
        (Wanted(), 1, "", False, None),
    ],
)
def test_a_figure_is_judged_where_it_can_be(
    wanted: Wanted, value: float, card: str, small: bool, is_met: bool | None
) -> None:
    assert wanted.is_met(value, card, small) is is_met


def test_every_answer_is_on_disk_before_the_next(tmp_path: Path) -> None:
    kept = record(tmp_path)
    line = kept.note(Answer("fast", (3.0, 1.0, 2.0), Wanted(at_least=60_000, of_card="H100"), "images/s"))
    assert line == "is it fast: 2 images/s (1 – 3); wanted at least 60,000 on an H100: NOT MET"
    content = json.loads((tmp_path / "gpu.json").read_text())
    assert content["answers"]["fast"]["median"] == 2 and content["open"] == [
        {"question": "right", "why": "not come to"}
    ]
    assert kept.note(Unanswered("right", "out of memory")) == "is it right: open (out of memory)"
    assert kept.note(Rate("a", "eager", 8, 10.0, 0.1, 5, (1, 28, 28))) is None
    content = json.loads((tmp_path / "gpu.json").read_text())
    assert content["open"][0]["why"] == "out of memory" and content["rates"][0]["image"] == [1, 28, 28]
    assert kept.unmet == ["fast"]


def test_the_table_of_figures_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = record(tmp_path)
    kept.note(Answer("right", (0.0,), Wanted(at_most=0, is_speed=False), "weights"))
    kept.end_stage("correctness", "done", 12.3)
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    table = figures.table()
    assert "## gpu\n\nNVIDIA H100 80GB HBM3, 16 cores, torch 2.11.0. 3 rounds." in table
    assert "| is it right | at most 0 | 0 weights | 0 – 0 |" in table
    assert "No GPU has answered yet" not in table


def test_a_question_that_fails_leaves_the_next(tmp_path: Path) -> None:
    told: list[Told] = []
    setting = Setting(torch.device("cpu"), num_cards=0, small=True, room=tmp_path, tell=told.append)

    def fail(error: Exception) -> Any:
        raise error

    setting.try_to("fast", lambda: fail(torch.OutOfMemoryError("CUDA out of memory.\nmore")))
    setting.try_to("right", lambda: fail(SkippedError("needs two cards")))
    setting.try_compiled("fast", lambda: fail(AssertionError()))
    assert told == [
        Unanswered("fast", "OutOfMemoryError: CUDA out of memory."),
        Unanswered("right", "needs two cards"),
        Unanswered("fast", "asked of a card alone"),
    ]


def test_what_a_machine_lacks_is_said() -> None:
    assert describe(H100 | CARD) == "NVIDIA H100 80GB HBM3, 16 cores, torch 2.11.0"
    old = H100 | CARD | {"has_bf16": False, "compiler": None}
    assert describe(old).endswith("(a card without bfloat16, which is imitated, no C++ compiler)")
    assert read_machine()["torch"] == torch.__version__
