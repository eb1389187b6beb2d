"""``layers`` lists the places that features can be taken from, of a model or of a sweep's teacher and student."""

import json
import sys
from typing import Any

import pytest

from harness.commands.read_only.layers import look, request_of_model
from kd.errors import InputError
from tests.support.command_line import invoke


def test_a_model_is_listed_by_its_name() -> None:
    done = invoke("layers", "mnist_cnn", "--image-size", "28", "--channels", "1")
    assert done.exit_code == 0, done.output
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "mnist_cnn on images of 1×28×28:"
    assert "5 ReLU map 32×7×7" in lines
    assert lines[-1] == "Where no place is named, rkd, pkt and pooled take the input of 7."


@pytest.mark.parametrize(("side", "model"), [("teacher", "mnist_cnn"), ("student", "mnist_mlp")])
def test_of_a_sweep_the_teacher_or_the_student_on_its_data(lab: Any, side: str, model: str) -> None:
    words = ["layers", "--sweep", str(lab.write()), "--of", side, "--results", str(lab.results), "--json"]
    done = invoke(*words)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["model"], found["input_shape"], found["failure"]) == (model, [1, 28, 28], None)
    assert found["layers"][-1]["shape"] == [10]


def test_a_death_in_the_models_own_code_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(
        InputError, match=r"^model: mnist_cnn cannot be looked at: its process died: exit code 1; [^\n]*$"
    ):
        look(request_of_model("mnist_cnn", (3, 8, 8), 10))
