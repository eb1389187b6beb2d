"""The modules of networks as they are met, with the features that each gives."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from kd.config import ModelTraining
from kd.evaluation.layers import list_layers, look_at
from kd.files import read_record, write_record
from kd.models import ImageModel
from kd.records import Layers, LayersRequest
from tests.kd.pretrained import NAMES, SHAPE, make


def training(model):
    return ModelTraining(model=model, epochs=1)


def by_path(layers):
    return {layer.path: layer for layer in layers}


def test_a_stack_of_layers_is_listed_by_number():
    found = look_at(training("mnist_cnn"), (1, 28, 28), list("0123456789"))
    assert [layer.path for layer in found.layers] == list("01234567")
    assert [(layer.form, layer.shape) for layer in found.layers][4:] == [
        ("map", (32, 7, 7)),
        ("map", (32, 7, 7)),
        ("vector", (1568,)),
        ("vector", (10,)),
    ]
    assert found.last_features == "the input of 7"


@pytest.mark.parametrize(
    ("kind", "last", "places"),
    [
        ("vit", "the input of classifier", {"vit.layernorm": ("tokens", (5, 16)), "vit": ("tokens", (5, 16))}),
        ("deit", "the input of classifier", {"deit.layernorm": ("tokens", (6, 16))}),
        ("resnet", "the input of classifier.1", {"resnet.encoder.stages.1": ("map", (16, 2, 2))}),
    ],
)
def test_models_of_transformers_give_tokens_and_maps(tmp_path, kind, last, places):
    folder = make(tmp_path / kind, kind, labels=NAMES)
    found = look_at(training(f"hf:{folder}"), SHAPE, NAMES)
    layers = by_path(found.layers)
    assert found.last_features == last
    assert {path: (layers[path].form, layers[path].shape) for path in places} == places


def test_what_gives_no_features_says_why():
    net = nn.Sequential(nn.Flatten(0), nn.Unflatten(0, (2, 16)), nn.Linear(16, 10))
    net.add_module("spare", nn.Identity())
    model = ImageModel(nn.ModuleDict({"used": net[:3], "spare": nn.Linear(1, 1)}))
    model.net.forward = model.net["used"].forward
    model.train()
    layers = by_path(list_layers(model, (1, 4, 4)))
    assert layers["used.0"].reason.startswith("its output is float32 [32] for 2 images")
    assert layers["spare"].reason == "it is not called while the network computes"
    assert layers["used.2"].reason is None
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())


def test_a_network_that_ends_otherwise_has_no_last_features():
    assert look_at(training("users_nets:exact_mnist_cnn"), (1, 28, 28), list("0123456789")).last_features is not None
    found = look_at(training("users_nets:convolved"), (1, 28, 28), list("01"))
    assert found.last_features is None
    assert len(found.layers) == 3


@pytest.mark.parametrize("model", ["mnist_cnn", "nowhere:net"])
def test_as_a_process(tmp_path, model):
    request = LayersRequest(training=training(model), input_shape=(1, 28, 28), class_names=["a", "b"])
    write_record(tmp_path / "request.json", request)
    words = [sys.executable, "-m", "kd.evaluation.layers", "request.json", "result.json"]
    root = Path(__file__).parents[3]
    done = subprocess.run(
        words, cwd=tmp_path, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = read_record(tmp_path / "result.json", Layers)
    if model == "mnist_cnn":
        assert found.failure is None and by_path(found.layers)["7"].shape == (2,)
    else:
        assert found.failure.startswith("model: cannot import nowhere:net: ModuleNotFoundError")
    assert json.loads((tmp_path / "result.json").read_text())["model"] == model
    assert torch.is_grad_enabled()
