"""What plans say of compile: auto."""

from typing import Any

from harness.sweep.preparation.compiling import compiling_notes


def test_only_what_is_left_open_is_told(lab: Any) -> None:
    student = {"model": "mnist_mlp", "epochs": 2, "batch_size": 32}
    plan, _ = lab.open(student=student)
    assert list(compiling_notes(plan.sweep, 100, "cpu")) == []
    plan, _ = lab.open(student=student | {"compile": "auto"})
    told = "student.compile: auto, off: only what was measured on a card is compiled."
    assert list(compiling_notes(plan.sweep, 100, "cpu")) == [told]
    (unknown,) = compiling_notes(plan.sweep, 100, None)
    assert unknown == "student.compile: auto, off: no figure of any card yet; make bench-gpu measures."
