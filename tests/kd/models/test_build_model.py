"""Models by name, from the user's own package, with their own normalisation, in their folders."""

import sys

import pytest
import torch
from torch import nn

from kd.config import MODELS
from kd.errors import InputError
from kd.models import BUILT_IN, ImageModel, build_model
from kd.models.files import load_model, save_model
from kd.records import ModelCard

SHAPE = (1, 28, 28)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A user's module; gives the function that writes it."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(text)

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("users_"):
            del sys.modules[name]


def images(num=4, shape=SHAPE):
    return torch.randint(0, 256, (num, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("shape", [SHAPE, (3, 32, 32), (1, 9, 13)])
def test_built_in_models_take_images_of_any_shape(name, shape):
    model = build_model(name, 7, shape)
    logits = model(images(2, shape))
    assert logits.shape == (2, 7)
    assert logits.dtype is torch.float32


@pytest.mark.parametrize("name", ["mnist_mlp", "plain_conv", "small_resnet"])
def test_the_global_seed_decides_the_weights(name):
    def weights(seed):
        torch.manual_seed(seed)
        return torch.cat([parameter.detach().flatten() for parameter in build_model(name, 10, SHAPE).parameters()])

    assert torch.equal(weights(0), weights(0))
    assert not torch.equal(weights(0), weights(1))


def test_an_unknown_name_gets_the_list():
    with pytest.raises(InputError, match=r"no model 'resnet'; there are mnist_cnn, mnist_mlp, .*, hf:ID-OR-FOLDER,"):
        build_model("resnet", 10, SHAPE)


def test_the_configuration_knows_the_built_in_models():
    assert tuple(BUILT_IN) == MODELS


def test_a_users_factory(package):
    package(
        "users_own",
        "from torch import nn\n"
        "def tiny(num_classes, input_shape):\n"
        "    channels, height, width = input_shape\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, num_classes))\n",
    )
    model = build_model("users_own:tiny", 3, SHAPE)
    assert model(images()).shape == (4, 3)


@pytest.mark.parametrize("flatten", ["flatten(1)", "view(images.shape[0], -1)"])
def test_convolutions_are_computed_channels_last_unless_the_net_cannot(package, flatten):
    package(
        "users_conv",
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self, num_classes, input_shape):\n"
        "        super().__init__()\n"
        "        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4 * 6 * 6, num_classes)\n"
        "    def forward(self, images):\n"
        f"        return self.head(self.conv(images).{flatten})\n",
    )
    model = build_model("users_conv:Net", 10, (3, 8, 8))
    assert model.net.conv.weight.is_contiguous(memory_format=torch.channels_last) == (flatten == "flatten(1)")
    assert model.training
    model(images(4, (3, 8, 8))).sum().backward()


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("", "users_none:make", "ModuleNotFoundError: No module named 'users_none'"),
        ("", "users_bad:make", "AttributeError: module 'users_bad' has no attribute 'make'"),
        ("import users_lacking", "users_bad:make", "ModuleNotFoundError: No module named 'users_lacking'"),
        ("def make(:", "users_bad:make", "SyntaxError: "),
        ("raise RuntimeError('two\\nlines')", "users_bad:make", "RuntimeError: two"),
        ("", ":make", "ValueError: Empty module name"),
        ("", ".users_bad:make", "TypeError: "),
        ("make = 3", "users_bad:make", "is a int, not a factory"),
        ("def make(num_classes, input_shape): return 'net'", "users_bad:make", "returned str, not a torch module"),
    ],
)
def test_a_factory_that_cannot_be_used_is_one_clear_line(package, text, path, says):
    package("users_bad", text)
    with pytest.raises(InputError) as caught:
        build_model(path, 10, SHAPE)
    assert says in str(caught.value)
    assert path in str(caught.value)
    assert "\n" not in str(caught.value)


def test_pixels_are_between_0_and_1_where_the_net_says_nothing():
    seen = ImageModel(nn.Identity())(images())
    torch.testing.assert_close(seen, images().float() / 255)


def test_a_net_gets_its_own_normalisation(package):
    package(
        "users_normal",
        "from torch import nn\n"
        "def make(num_classes, input_shape):\n"
        "    net = nn.Identity()\n"
        "    net.image_mean, net.image_std = (0.5, 0.25, 0.0), (0.5, 0.25, 2.0)\n"
        "    return net\n",
    )
    pixels = images(2, (3, 4, 4))
    seen = build_model("users_normal:make", 10, (3, 4, 4))(pixels)
    expected = torch.stack(
        [(pixels[:, k] / 255 - mean) / std for k, (mean, std) in enumerate([(0.5, 0.5), (0.25, 0.25), (0.0, 2.0)])],
        dim=1,
    )
    torch.testing.assert_close(seen, expected)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_saved_model_gives_the_same_logits(tmp_path, name):
    model = build_model(name, 10, SHAPE).eval()
    card = ModelCard(model=name, num_classes=10, input_shape=SHAPE, class_names=list("0123456789"))
    digest = save_model(tmp_path / "model", model, card)
    again = load_model(tmp_path / "model", torch.device("cpu")).eval()
    assert torch.equal(again(images()), model(images()))
    assert save_model(tmp_path / "copy", again, card) == digest
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["config.json", "model.safetensors"]


def test_a_folder_without_model(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path, torch.device("cpu"))
