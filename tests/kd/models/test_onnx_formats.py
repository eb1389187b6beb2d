"""Fewer bits: the same kind of file, close to float32, for every kind of network; or one line and nothing."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from kd.errors import InputError
from kd.models import ImageModel, build_model
from kd.models.onnx import open_session, to_onnx
from kd.models.onnx_formats import to_fp16, to_int8
from tests.kd.models.test_onnx import NAMES, vit

pytestmark = pytest.mark.thorough


def pictures(num, shape, seed=0):
    return torch.randint(0, 256, (num, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))


def built(name, shape, net=None):
    """A network of three classes whose batch norms have seen some images."""
    torch.manual_seed(0)
    model = net or build_model(name, 3, shape)
    model.train()
    with torch.no_grad():
        for seed in range(3):
            model(pictures(16, shape, seed))
    return model.eval()


def exported(model, shape, form):
    images = pictures(64, shape, 9)
    fp32 = to_onnx(model, images[:2], NAMES)
    return fp32, to_int8(fp32, images, NAMES) if form == "int8" else to_fp16(model, images[:2], NAMES)


def logits_of(content, images):
    return open_session(content).run(None, {"images": images.numpy()})[0]


class ChannelsLast(nn.Module):
    """Computes in another memory format, as fast GPU code does."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3).to(memory_format=torch.channels_last)
        self.linear = nn.Linear(8, 3)

    def forward(self, images):
        images = images.contiguous(memory_format=torch.channels_last)
        return self.linear(F.relu(self.conv(images)).mean((2, 3)))


class Sorted(nn.Module):
    """Has an operator whose result depends on values, and is not quantised, beside a product that is."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(16, 3)

    def forward(self, images):
        return self.linear(images.flatten(1).topk(16, dim=1).values)


class Branching(nn.Module):
    """Chooses one of two products as it runs."""

    def __init__(self):
        super().__init__()
        self.bright, self.dark = nn.Linear(16, 3), nn.Linear(16, 3)

    def forward(self, images):
        return torch.cond(images.sum() > 0, self.bright.forward, self.dark.forward, (images.flatten(1),))


class Brightness(nn.Module):
    """Has no product at all."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([-1.0, 0.0, 1.0]))

    def forward(self, images):
        return images.mean((1, 2, 3))[:, None] * self.weight


class OwnFloat32(nn.Module):
    """Multiplies by a float32 matrix that it makes itself, which float16 cannot follow."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(12, 3)

    def forward(self, images):
        return self.linear(images.flatten(1)) @ torch.eye(3)


CASES = {
    "mnist_cnn": (None, (1, 28, 28), 0.45),
    "small_resnet": (None, (3, 16, 16), 0.3),
    "a vit": (lambda: vit(32), (1, 24, 20), 0.9),  # resized, repeated to three channels; its embeddings stay float32
    "channels last": (lambda: ImageModel(ChannelsLast()), (3, 8, 8), 9.0),  # so small that scales outweigh weights
    "sorted": (lambda: ImageModel(Sorted()), (1, 4, 4), 9.0),
}


@pytest.mark.parametrize("form", ["int8", "fp16"])
@pytest.mark.parametrize("case", list(CASES))
def test_any_number_of_raw_images_gives_nearly_the_same_logits(case, form):
    make, shape, most = CASES[case]
    model = built(case, shape, make and make())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    fp32, content = exported(model, shape, form)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    images = pictures(64, shape, 20)
    theirs = logits_of(fp32, images)
    ours = np.concatenate([logits_of(content, part) for part in images.split([1, 5, 58])])
    assert ours.dtype == np.float32 and ours.shape == (64, 3)
    # the error of all logits, not the largest one: that is a few steps of eight bits, more or less by processor
    limit = 0.08 if form == "int8" else 0.004
    assert np.sqrt(np.square(ours - theirs).mean()) <= limit * theirs.std()
    assert len(content) < (most if form == "int8" else max(most, 0.75)) * len(fp32)
    properties = {entry.key: entry.value for entry in onnx.load_from_string(content).metadata_props}
    assert json.loads(properties["class_names"]) == NAMES
    for place in (Path.cwd(), Path(torch.__file__).parent, Path(sys.prefix)):
        assert str(place).encode() not in content


def test_logits_are_not_rounded_to_256_values_where_the_largest_would_tie():
    model = built("mnist_cnn", (1, 28, 28))
    _, content = exported(model, (1, 28, 28), "int8")
    logits = np.sort(logits_of(content, pictures(500, (1, 28, 28), 3)), axis=1)
    assert (logits[:, -1] > logits[:, -2]).all()
    graph = onnx.load_from_string(content).graph
    used = {name for node in graph.node for name in node.input}
    assert all(each.name in used for each in graph.initializer)


def test_the_same_images_give_the_same_bytes():
    model = built("mnist_cnn", (1, 28, 28))
    assert exported(model, (1, 28, 28), "int8")[1] == exported(model, (1, 28, 28), "int8")[1]


@pytest.mark.parametrize("net", [Brightness, Branching])
def test_what_holds_nothing_to_quantise_is_refused_in_one_line(net):
    with pytest.raises(InputError, match=r"no convolution and no matrix product.*FORMAT=fp32 or fp16") as caught:
        exported(ImageModel(net()).eval(), (1, 4, 4), "int8")
    assert "\n" not in str(caught.value)


def test_what_the_quantiser_cannot_read_is_refused_in_one_line():
    with pytest.raises(InputError, match="ONNX Runtime cannot quantise this model") as caught:
        to_int8(b"no graph", pictures(2, (1, 4, 4)), NAMES)
    assert "\n" not in str(caught.value)


def test_a_network_with_float32_of_its_own_cannot_be_float16_and_says_so_in_one_line():
    with pytest.raises(InputError, match=r"cannot be exported as fp16.*FORMAT=fp32 or int8") as caught:
        to_fp16(ImageModel(OwnFloat32()).eval(), pictures(2, (3, 2, 2)), NAMES)
    assert "\n" not in str(caught.value)
