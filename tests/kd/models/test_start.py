"""A run starts with the model that is asked for, or says what does not fit and which key and value to give."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from kd.config import ModelTraining
from kd.errors import InputError
from kd.models import build_model
from kd.models.files import card_for, load_model, save_model
from kd.models.start import head_names, start_model
from tests.kd.pretrained import NAMES, SHAPE, card, images, make

USERS_NET = """
import math
from torch import nn

def make(num_classes, input_shape):
    net = nn.Sequential(nn.Flatten(), nn.Linear(math.prod(input_shape), num_classes))
    net.image_mean, net.image_std = (0.25,), (0.5,)
    return net
"""


def training(checkpoint, model, **changes):
    return ModelTraining(model=model, checkpoint=str(checkpoint), **({"epochs": 0} | changes))


def test_a_checkpoint_is_opened_in_either_layout(tmp_path):
    foreign = make(tmp_path / "net", labels=NAMES)
    opened = start_model(training(foreign, "hf:some/name"), SHAPE, NAMES).eval()
    assert torch.equal(opened(images()), build_model(f"hf:{foreign}", 3, SHAPE).eval()(images()))
    for name in ("mnist_mlp", f"hf:{foreign}"):
        model = build_model(name, 3, SHAPE).eval()
        save_model(tmp_path / name[:3], model, card(name))
        opened = start_model(training(tmp_path / name[:3], name), SHAPE, NAMES).eval()
        assert torch.equal(opened(images()), model(images()))


def test_a_checkpoint_that_does_not_fit_is_refused(tmp_path):
    ours, foreign = tmp_path / "ours", make(tmp_path / "net", num_labels=5)
    save_model(ours, build_model("mnist_mlp", 3, SHAPE), card("mnist_mlp"))

    def refused(config, shape=SHAPE, names=NAMES):
        with pytest.raises(InputError) as caught:
            start_model(config, shape, names)
        return str(caught.value)

    assert "holds a mnist_mlp, the configuration says mnist_cnn" in refused(training(ours, "mnist_cnn"))
    assert "trained on 3 classes of [3, 8, 8] images, the data has 3 of [1, 8, 8]" in refused(
        training(ours, "mnist_mlp"), shape=(1, 8, 8)
    )
    assert "class 0 is 'ant'" in refused(training(ours, "mnist_mlp"), names=["bee", "ant", "cat"])
    assert "the weights changed since" in refused(training(ours, "mnist_mlp", checkpoint_sha256="0" * 64))
    assert "has 5 classes, the data 3; train it" in refused(training(foreign, "hf:x/y"))
    assert f"is in Hugging Face layout: give model: hf:{foreign} and no checkpoint" in refused(
        training(foreign, "mnist_mlp")
    )
    assert "no file or folder" in refused(training(tmp_path / "none", "mnist_mlp", checkpoint_sha256="0" * 64))
    (tmp_path / "empty").mkdir()
    assert "no .safetensors file in" in refused(training(tmp_path / "empty", "mnist_mlp"))
    for shard in ("a", "b"):
        (tmp_path / "empty" / f"{shard}.safetensors").write_bytes(b"")
    assert "is a folder without config.json that holds a.safetensors, b.safetensors; name the one that has" in refused(
        training(tmp_path / "empty", "mnist_mlp")
    )
    tuned = start_model(training(foreign, "hf:x/y", epochs=1), SHAPE, NAMES)
    assert tuned(images()).shape == (2, 3)


def test_classes_in_another_order_are_refused_where_the_head_is_used_as_it_is(tmp_path):
    foreign = make(tmp_path / "net", labels=["ant", "cat", "bee"])
    with pytest.raises(InputError, match=r"class 1 is 'cat' in its head and 'bee' in the data; these are the data's"):
        start_model(training(foreign, "hf:x/y"), SHAPE, NAMES)
    for fine in ({"match_classes": False}, {"match_classes": {"cat": "bee", "bee": "cat"}}, {"epochs": 1}):
        assert start_model(training(foreign, "hf:x/y", **fine), SHAPE, NAMES)(images()).shape == (2, 3)


def test_a_head_that_was_never_trained_is_not_used_as_it_is(tmp_path):
    foreign = make(tmp_path / "net")
    weights = load_file(foreign / "model.safetensors")
    del weights["classifier.weight"]
    save_file(weights, foreign / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match=r"lacks classifier.weight, so it cannot be used as it is; train it"):
        start_model(training(foreign, "hf:x/y"), SHAPE, NAMES)
    assert start_model(training(foreign, "hf:x/y", epochs=1), SHAPE, NAMES).fresh_weights == ("classifier.weight",)


def test_without_a_processor_a_model_is_not_used_as_it_is(tmp_path):
    foreign = make(tmp_path / "net", processor=None)
    with pytest.raises(
        InputError, match=r"has no preprocessor_config.json, so .* say what it is fed: normalize: imagen"
    ):
        start_model(training(foreign, "hf:x/y"), SHAPE, NAMES)
    opened = start_model(training(foreign, "hf:x/y", normalize="imagenet"), SHAPE, NAMES)
    assert (opened.mean.flatten() / 255).tolist() == pytest.approx([0.485, 0.456, 0.406])
    assert opened.described_by == "the sweep file"


# A folder of transformers as it is, and what Trainer leaves.


def as_it_is(model, **changes):
    return ModelTraining(model=model, **({"epochs": 0} | changes))


def test_a_folder_as_model_is_used_as_it_is(tmp_path):
    folder = make(tmp_path / "net", labels=NAMES)
    opened = start_model(as_it_is(f"hf:{folder}"), SHAPE, NAMES).eval()
    assert torch.equal(opened(images()), build_model(f"hf:{folder}", 3, SHAPE).eval()(images()))
    assert head_names(as_it_is(f"hf:{folder}")) == NAMES
    with pytest.raises(InputError, match=r"class 0 is 'ant' in its head and 'bee' in the data"):
        start_model(as_it_is(f"hf:{folder}"), SHAPE, ["bee", "ant", "cat"])
    with pytest.raises(InputError, match=r"model: hf:.*: has 3 classes, the data 2; train it \(epochs > 0\)"):
        start_model(as_it_is(f"hf:{folder}"), SHAPE, NAMES[:2])


def test_the_image_processor_of_a_step_of_trainer_lies_in_the_folder_above(tmp_path):
    step = make(tmp_path / "out" / "checkpoint-50", labels=NAMES, processor=None)
    with pytest.raises(InputError, match=r"no preprocessor_config.json"):
        start_model(as_it_is(f"hf:{step}"), SHAPE, NAMES)
    make(tmp_path / "out", labels=NAMES)
    opened = start_model(as_it_is(f"hf:{step}"), SHAPE, NAMES)
    assert opened.input_size == (16, 16)
    assert (opened.std.flatten() / 255).tolist() == [0.25] * 3
    by_checkpoint = start_model(training(step, "hf:x/y"), SHAPE, NAMES)
    assert by_checkpoint.input_size == (16, 16)


# A file of weights.


def own(checkpoint, **changes):
    return training(checkpoint, "mnist_cnn", **changes)


@pytest.fixture
def net():
    torch.manual_seed(3)
    return build_model("mnist_cnn", 3, SHAPE).eval()


@pytest.mark.parametrize("name", ["net.pth", "net.pt", "net.safetensors", "folder/model.safetensors"])
def test_a_file_of_weights_is_the_network(tmp_path, net, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    state = {key: tensor.contiguous() for key, tensor in net.net.state_dict().items()}
    (save_file if path.suffix == ".safetensors" else torch.save)(state, path)
    place = path.parent if name.startswith("folder") else path
    assert torch.equal(start_model(own(place), SHAPE, NAMES).eval()(images()), net(images()))
    assert head_names(own(place)) is None


def test_a_file_of_weights_is_of_no_model_of_transformers(tmp_path, net):
    torch.save(net.net.state_dict(), tmp_path / "net.pth")
    with pytest.raises(InputError, match=r"goes with a model by import path; of hf:x/y give the folder: model: hf:"):
        start_model(training(tmp_path / "net.pth", "hf:x/y"), SHAPE, NAMES)


# What it is fed.


def test_what_the_sweep_file_says_is_fed_and_comes_back_from_disk(tmp_path, package):
    package("users_fed", USERS_NET)
    asked = as_it_is("users_fed:make", normalize={"mean": [0.1], "std": 0.5}, image_size=[4, 6])
    model = start_model(asked, SHAPE, NAMES).eval()
    assert model.prepare(images()).shape == (2, 3, 4, 6)  # and the factory was called with that shape
    assert model.mean.flatten().tolist() == pytest.approx([25.5])
    save_model(tmp_path / "net", model, card_for("users_fed:make", model, SHAPE, NAMES))
    again = load_model(tmp_path / "net", torch.device("cpu"), "users_fed:make").eval()
    assert torch.equal(again(images()), model(images()))
    reopened = start_model(training(tmp_path / "net", "users_fed:make"), SHAPE, NAMES).eval()
    assert torch.equal(reopened(images()), model(images()))
    larger = start_model(training(tmp_path / "net", "users_fed:make"), (3, 16, 16), NAMES)
    assert larger.input_size == (4, 6)
    other = start_model(training(tmp_path / "net", "users_fed:make", normalize="none"), SHAPE, NAMES)
    assert other.mean.flatten().tolist() == [0.0]


def test_its_module_says_it_otherwise(package):
    package("users_fed", USERS_NET)
    model = start_model(as_it_is("users_fed:make"), SHAPE, NAMES)
    assert (model.described_by, model.input_size) == ("its module", None)
    assert model.mean.flatten().tolist() == pytest.approx([0.25 * 255])


def test_grey_images_have_the_channels_that_they_are_normalised_for(package):
    package("users_fed", USERS_NET)
    model = start_model(as_it_is("users_fed:make", normalize="imagenet"), (1, 8, 8), NAMES)
    assert model.net[1].in_features == 3 * 8 * 8


def test_images_of_another_size_are_resized_where_that_is_said(tmp_path):
    save_model(tmp_path / "net", build_model("mnist_mlp", 3, SHAPE), card("mnist_mlp"))
    with pytest.raises(InputError, match=r"data has 3 of \[3, 9, 9\]; image_size: \[8, 8\] beside it resizes them"):
        start_model(training(tmp_path / "net", "mnist_mlp"), (3, 9, 9), NAMES)
    model = start_model(training(tmp_path / "net", "mnist_mlp", image_size=8), (3, 9, 9), NAMES)
    assert model(images(2, (3, 9, 9))).shape == (2, 3)
