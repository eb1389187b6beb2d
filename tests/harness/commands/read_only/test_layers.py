"""``layers`` lists the places that features can be taken from, of a model or of a sweep's teacher and student."""

import json
import re
import sys
from typing import Any

import pytest
from rich.console import Console

from harness.commands.read_only.layers import look, print_layers, request_of_model
from kd.errors import InputError
from kd.evaluation.layers import look_at
from kd.records import Layer, Layers
from tests.support.command_line import invoke
from tests.support.root import ROOT


def test_a_model_is_listed_by_its_name() -> None:
    done = invoke("layers", "mnist_cnn", "--image-size", "28", "--channels", "1")
    assert done.exit_code == 0, done.output
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "mnist_cnn on images of 1×28×28:"
    assert "5 ReLU map 32×7×7" in lines
    assert lines[-1] == "Where no place is named, rkd, pkt and pooled take the input of 7."


PAGE = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")


def layers_of(model: str) -> Layers:
    """As in the command's process, but in this one."""
    request = request_of_model(model, (3, 32, 32), 10)
    return look_at(request.training, request.input_shape, request.class_names)


def test_the_page_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_layers(layers_of("plain_conv"), Console(file=sys.stdout, width=120))
    printed = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    (shown,) = re.findall(r"^```\n(plain_conv on .*?)^```", PAGE, re.M | re.S)
    assert {" ".join(line.split()) for line in shown.splitlines()} - {"…"} <= printed


def test_the_places_of_the_page_are_ends_of_stages() -> None:
    """A block of the residual net, and the ReLU of the stage that has the same number in the plain one."""
    blocks = [layer.path for layer in layers_of("small_resnet").layers if layer.kind == "BasicBlock"]
    activations = [layer.path for layer in layers_of("plain_conv").layers if layer.kind == "ReLU"]
    places = re.findall(r"teacher: (\d+), student: (\d+)", PAGE.partition("## Measured here")[0])
    assert len(places) == 4
    assert [place for place in places if place not in list(zip(blocks, activations, strict=True))] == []


def test_the_page_names_the_keys_of_the_answer() -> None:
    outer, inner = PAGE.partition("prints one object: ")[2].partition(".\n")[0].split("each with")
    assert set(re.findall(r"`(\w+)`", outer)) == set(Layers.model_fields) - {"failure"}
    assert set(re.findall(r"`(\w+)`", inner)) == set(Layer.model_fields)


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
