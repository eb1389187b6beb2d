"""ONNX: ONNX Runtime gives torch's logits for any number of images, or nothing is written."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn
from transformers import ViTConfig, ViTForImageClassification

from kd.errors import InputError
from kd.models import ImageModel, build_model
from kd.models.files import save_model
from kd.models.onnx import Parity, export_onnx, main
from kd.records import ModelCard

pytestmark = pytest.mark.thorough

NAMES = ["ant", "bee", "cat é"]


def save(folder, name, shape, net=None):
    torch.manual_seed(0)
    model = build_model(name, 3, shape) if net is None else net
    save_model(folder, model, ModelCard(model=name, num_classes=3, input_shape=shape, class_names=NAMES))
    return model.eval()


def vit(size):
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=size,
        patch_size=8, id2label=dict(enumerate(NAMES)),
    )  # fmt: skip
    net = ViTForImageClassification(config)
    nn.init.normal_(net.classifier.weight)
    return ImageModel(net, (0.5,) * 3, (0.25,) * 3, (size, size), "bicubic")


def logits_of(path, images):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {"images": images.numpy()})[0]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mnist_cnn", (1, 28, 28)),
        ("mnist_mlp", (1, 28, 28)),
        ("small_resnet", (3, 16, 16)),
        ("cifar_light_cnn", (3, 32, 32)),
        ("hf:a-vit", (1, 24, 20)),  # resized, repeated to three channels and normalised in the graph
    ],
)
def test_any_number_of_raw_images_gives_torchs_logits(tmp_path, name, shape):
    model = save(tmp_path / "model", name, shape, vit(32) if name == "hf:a-vit" else None)
    out = tmp_path / "new" / "model.onnx"
    parity = export_onnx(tmp_path / "model", out)
    assert parity.largest_difference < 1e-5 < parity.largest_logit
    assert [path.name for path in out.parent.iterdir()] == ["model.onnx"]
    for num in (1, 5):
        images = torch.randint(0, 256, (num, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(num))
        with torch.inference_mode():
            np.testing.assert_allclose(logits_of(out, images), model(images).numpy(), atol=1e-5)
    properties = {entry.key: entry.value for entry in onnx.load(out).metadata_props}
    assert json.loads(properties["class_names"]) == NAMES
    for place in (tmp_path, Path.cwd(), Path(torch.__file__).parent, Path(sys.prefix)):
        assert str(place).encode() not in out.read_bytes()


@pytest.mark.parametrize(
    ("difference", "logit", "is_close"),
    [(5e-5, 0.1, True), (2e-4, 0.1, False), (2e-4, 10.0, True), (float("nan"), 1.0, False)],
)
def test_the_tolerance_grows_with_the_logits(difference, logit, is_close):
    assert Parity(difference, logit).is_close == is_close


class Forgetful(nn.Module):
    """Reads as another function when it is traced, as a graph that lost something would."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, images):
        scale = 1.0 if torch.compiler.is_compiling() else 1.01
        return scale * self.linear(images.flatten(1))


class Unexportable(Forgetful):
    """Decides by the value of a tensor, which a graph cannot."""

    def forward(self, images):
        return super().forward(images) if images.sum() > 0 else super().forward(-images)


@pytest.fixture
def nets(monkeypatch):
    """The two modules above by import path."""
    module = type(sys)("users_unfit")
    module.forgetful = lambda num_classes, input_shape: Forgetful()
    module.unexportable = lambda num_classes, input_shape: Unexportable()
    monkeypatch.setitem(sys.modules, "users_unfit", module)


@pytest.mark.parametrize(
    ("name", "says"),
    [("forgetful", r"ONNX Runtime's logits are up to .* away from torch's"), ("unexportable", "torch cannot export")],
)
def test_a_graph_that_is_not_the_model_is_refused(tmp_path, nets, name, says):
    save(tmp_path / "model", f"users_unfit:{name}", (1, 2, 2))
    out = tmp_path / "model.onnx"
    out.write_bytes(b"old")
    with pytest.raises(InputError, match=says) as caught:
        export_onnx(tmp_path / "model", out, f"users_unfit:{name}")
    assert "\n" not in str(caught.value)
    assert out.read_bytes() == b"old"


def test_the_command_reports_the_difference_and_refuses_in_one_line(tmp_path, capsys, monkeypatch):
    assert main([str(tmp_path), str(tmp_path / "out.onnx")]) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}: holds no trained model")
    save(tmp_path / "model", "mnist_mlp", (1, 28, 28))
    assert main([str(tmp_path / "model"), str(tmp_path / "out.onnx")]) == 0
    assert "largest difference from torch" in capsys.readouterr().out
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    assert main([str(tmp_path / "model"), str(tmp_path / "other.onnx")]) == 2
    assert "needs onnxscript: pip install 'kd-sweep[onnx]'" in capsys.readouterr().err
    assert not (tmp_path / "other.onnx").exists()
