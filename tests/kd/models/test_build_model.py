"""Models by name, from the user's own package, with their own normalisation, in their folders."""

import re

import pytest
import torch

from kd.config import MODELS, Normalization
from kd.errors import InputError
from kd.evaluation.logits import measure_size
from kd.models import BUILT_IN, build_model
from kd.models.files import card_for, load_model, save_model
from tests.support.root import ROOT

SHAPE = (1, 28, 28)


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


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_models_are_fed_what_the_sweep_file_says(name, tmp_path):
    """The CIFAR recipes normalise by channel; a grey image is repeated to the three."""
    said = Normalization(mean=(0.4914, 0.4822, 0.4465), std=(0.2470, 0.2435, 0.2616))
    mean, std = (torch.tensor(value).view(1, 3, 1, 1) for value in (said.mean, said.std))
    for shape in ((3, 32, 32), (1, 28, 28)):
        model = build_model(name, 7, shape, normalize=said).eval()
        torch.testing.assert_close(model.prepare(images(4, shape)), (images(4, shape) / 255 - mean) / std)
        save_model(tmp_path / "model", model, card_for(name, model, shape, list("abcdefg")))
        loaded = load_model(tmp_path / "model", torch.device("cpu")).eval()
        assert loaded.normalize == said
        assert torch.equal(loaded(images(4, shape)), model(images(4, shape)))


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


def test_a_users_network_that_casts_its_images_to_half_precision_is_told_what_is_so(package):
    package(
        "users_casting",
        "from torch import nn\n"
        "class Casting(nn.Flatten):\n"
        "    def forward(self, x):\n"
        "        return super().forward(x.half())\n"
        "def tiny(num_classes, input_shape):\n"
        "    return nn.Sequential(Casting(), nn.Linear(192, num_classes)).half()\n",
    )
    with pytest.raises(InputError, match=r"dtype.*; its weights came in half precision and are float32 here"):
        build_model("users_casting:tiny", 3, (3, 8, 8))


@pytest.mark.parametrize("precision", ["half", "bfloat16"])
def test_a_users_network_in_half_precision_is_trained_in_float32(package, precision):
    package(
        "users_half",
        "from torch import nn\n"
        "def tiny(num_classes, input_shape):\n"
        f"    return nn.Sequential(nn.Conv2d(3, num_classes, 8), nn.Flatten()).{precision}()\n",
    )
    model = build_model("users_half:tiny", 3, (3, 8, 8))
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


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


def test_arguments_reach_the_factory():
    model = build_model("mnist_mlp", 10, SHAPE, arguments={"hidden": 7})
    assert sum(parameter.numel() for parameter in model.parameters()) == 784 * 7 + 7 + 7 * 10 + 10
    assert model.arguments == {"hidden": 7}


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("mnist_mlp", {"hiden": 7}, "got an unexpected keyword argument 'hiden'; arguments: mnist_mlp takes hidden"),
        ("plain_conv", {"hidden": 7}, "plain_conv takes none beside what the data tells"),
        ("mnist_mlp", {"hidden": "many"}, "mnist_mlp(10, (1, 28, 28), hidden='many') failed: TypeError"),
        (
            "users_args:make",
            {"deph": 2},
            "got an unexpected keyword argument 'deph'; arguments: users_args:make takes depth",
        ),
    ],
)
def test_an_argument_that_is_not_taken_is_one_line_that_says_what_is(package, name, arguments, says):
    package("users_args", "def make(num_classes, input_shape, depth=1): ...")
    with pytest.raises(InputError) as caught:
        build_model(name, 10, SHAPE, arguments=arguments)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


PAGE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
HEAD, ROW = r"for (\d)×(\d+)×(\d+) images and (\d+) classes", r"^\| `(\w+)` \| ([\d,]+) \| ([\d,.]+) M \|"
_, *PARTS = re.split(f"(?i){HEAD}", PAGE)
SIZES = [
    (name, (int(channels), int(height), int(width)), int(classes), num_parameters, macs)
    for channels, height, width, classes, part in zip(*(PARTS[place::5] for place in range(5)), strict=True)
    for name, num_parameters, macs in re.findall(ROW, part, re.MULTILINE)
]
"""What the page says of each network: its name, the images and classes above its table, and its sizes."""


def test_the_page_of_models_lists_each():
    assert sorted(name for name, *_ in SIZES) == sorted(MODELS)


@pytest.mark.parametrize(("name", "shape", "num_classes", "num_parameters", "macs"), SIZES)
def test_the_page_of_models_has_the_sizes_that_are_measured(name, shape, num_classes, num_parameters, macs):
    size = measure_size(build_model(name, num_classes, shape), shape)
    assert (f"{size.num_parameters:,}", f"{size.macs / 1e6:,.1f}") == (num_parameters, macs)
