"""A saved model comes back as it was, and a checkpoint fits or is refused."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from kd.config import ModelTraining
from kd.errors import InputError, UnreadableFileError
from kd.models import BUILT_IN, build_model
from kd.models.files import load_model, open_checkpoint, save_model
from kd.records import ModelCard
from tests.kd.pretrained import NAMES, SHAPE, card, images, make


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_saved_model_gives_the_same_logits(tmp_path, name):
    model = build_model(name, 10, SHAPE).eval()
    written = ModelCard(model=name, num_classes=10, input_shape=SHAPE, class_names=list("0123456789"))
    digest = save_model(tmp_path / "model", model, written)
    again = load_model(tmp_path / "model", torch.device("cpu")).eval()
    assert torch.equal(again(images()), model(images()))
    assert save_model(tmp_path / "copy", again, written) == digest
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["config.json", "model.safetensors"]


def test_a_folder_without_model(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path, torch.device("cpu"))


@pytest.fixture
def named(package, tmp_path):
    """A folder from somewhere, whose card names a module that marks that it was imported."""
    mark = tmp_path / "was-imported"
    package(
        "users_trap",
        f"from pathlib import Path\nPath({str(mark)!r}).touch()\nfrom kd.models.mnist import mnist_mlp as make",
    )
    model = build_model("mnist_mlp", 3, SHAPE).eval()
    save_model(tmp_path / "model", model, card("mnist_mlp").model_copy(update={"model": "users_trap:make"}))
    return tmp_path / "model", mark, model


def test_a_folders_word_imports_nothing(named):
    folder, mark, model = named
    for factory in (None, "mnist_mlp", "other:make"):
        with pytest.raises(InputError, match="a folder's word does not run code") as caught:
            load_model(folder, torch.device("cpu"), factory)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="holds a users_trap:make, the configuration says mnist_mlp"):
        open_checkpoint(training(folder, "mnist_mlp"), SHAPE, NAMES)
    assert not mark.exists()
    again = load_model(folder, torch.device("cpu"), "users_trap:make").eval()
    assert torch.equal(again(images()), model(images()))


def test_a_card_of_another_world_is_refused(tmp_path):
    build = {"model": "mnist_mlp", "class_names": NAMES}
    for odd in ({"num_classes": 10**12, "input_shape": SHAPE}, {"num_classes": 3, "input_shape": (3, 10**6, 10**6)}):
        (tmp_path / "config.json").write_text(json.dumps(build | odd))
        with pytest.raises(UnreadableFileError, match="less than or equal to"):
            load_model(tmp_path, torch.device("cpu"))


def test_where_a_model_lay_is_not_kept(tmp_path):
    foreign = make(tmp_path / "net", labels=NAMES)
    model = build_model(f"hf:{foreign}", 3, SHAPE, NAMES)
    save_model(tmp_path / "out", model, card(f"hf:{foreign}"))
    for path in (tmp_path / "out").iterdir():
        assert str(tmp_path).encode() not in path.read_bytes(), path.name
    assert open_checkpoint(training(tmp_path / "out", f"hf:{foreign}"), SHAPE, NAMES)(images()).shape == (2, 3)


def training(checkpoint, model, **changes):
    return ModelTraining(model=model, checkpoint=str(checkpoint), **({"epochs": 0} | changes))


def test_a_checkpoint_is_opened_in_either_layout(tmp_path):
    foreign = make(tmp_path / "net", labels=NAMES)
    opened = open_checkpoint(training(foreign, "hf:some/name"), SHAPE, NAMES).eval()
    assert torch.equal(opened(images()), build_model(f"hf:{foreign}", 3, SHAPE).eval()(images()))
    for name in ("mnist_mlp", f"hf:{foreign}"):
        model = build_model(name, 3, SHAPE).eval()
        save_model(tmp_path / name[:3], model, card(name))
        opened = open_checkpoint(training(tmp_path / name[:3], name), SHAPE, NAMES).eval()
        assert torch.equal(opened(images()), model(images()))


def test_a_checkpoint_that_does_not_fit_is_refused(tmp_path):
    ours, foreign = tmp_path / "ours", make(tmp_path / "net", num_labels=5)
    save_model(ours, build_model("mnist_mlp", 3, SHAPE), card("mnist_mlp"))

    def refused(config, shape=SHAPE, names=NAMES):
        with pytest.raises(InputError) as caught:
            open_checkpoint(config, shape, names)
        return str(caught.value)

    assert "holds a mnist_mlp, the configuration says mnist_cnn" in refused(training(ours, "mnist_cnn"))
    assert "trained on 3 classes of [3, 8, 8] images, the data has 3 of [1, 8, 8]" in refused(
        training(ours, "mnist_mlp"), shape=(1, 8, 8)
    )
    assert "class 0 is 'ant'" in refused(training(ours, "mnist_mlp"), names=["bee", "ant", "cat"])
    assert "the weights changed since" in refused(training(ours, "mnist_mlp", checkpoint_sha256="0" * 64))
    assert "has 5 classes, the data 3; train it" in refused(training(foreign, "hf:x/y"))
    assert "is in Hugging Face layout; give model: hf:ID, not mnist_mlp" in refused(training(foreign, "mnist_mlp"))
    assert "no .safetensors file" in refused(training(tmp_path / "none", "mnist_mlp", checkpoint_sha256="0" * 64))
    tuned = open_checkpoint(training(foreign, "hf:x/y", epochs=1), SHAPE, NAMES)
    assert tuned(images()).shape == (2, 3)


def test_classes_in_another_order_are_refused_where_the_head_is_used_as_it_is(tmp_path):
    foreign = make(tmp_path / "net", labels=["ant", "cat", "bee"])
    with pytest.raises(
        InputError, match=r"class 1 is 'cat' in its head and 'bee' in the data; its head can be used as"
    ):
        open_checkpoint(training(foreign, "hf:x/y"), SHAPE, NAMES)
    for fine in ({"match_classes": False}, {"match_classes": {"cat": "bee", "bee": "cat"}}, {"epochs": 1}):
        assert open_checkpoint(training(foreign, "hf:x/y", **fine), SHAPE, NAMES)(images()).shape == (2, 3)


def test_a_head_that_was_never_trained_is_not_used_as_it_is(tmp_path):
    foreign = make(tmp_path / "net")
    weights = load_file(foreign / "model.safetensors")
    del weights["classifier.weight"]
    save_file(weights, foreign / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match=r"lacks classifier.weight, so it cannot be used as it is; train it"):
        open_checkpoint(training(foreign, "hf:x/y"), SHAPE, NAMES)
    assert open_checkpoint(training(foreign, "hf:x/y", epochs=1), SHAPE, NAMES).fresh_weights == ("classifier.weight",)


def test_without_a_processor_a_model_is_not_used_as_it_is(tmp_path):
    foreign = make(tmp_path / "net", processor=None)
    with pytest.raises(InputError, match=r"has no preprocessor_config.json, so what images it wants is not known"):
        open_checkpoint(training(foreign, "hf:x/y"), SHAPE, NAMES)
