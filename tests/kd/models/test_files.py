"""A saved model comes back as it was."""

import json

import pytest
import torch

from kd.config import ModelTraining
from kd.errors import InputError, UnreadableFileError
from kd.models import BUILT_IN, build_model
from kd.models.files import card_for, load_model, save_model
from kd.models.start import start_model
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


def test_what_a_kill_left_of_weights_is_removed(tmp_path):
    model = build_model("mnist_mlp", 10, SHAPE)
    written = ModelCard(model="mnist_mlp", num_classes=10, input_shape=SHAPE, class_names=list("0123456789"))
    for name in (".model.safetensors.01234567.tmp", ".weights.01234567.tmp"):
        (tmp_path / name).mkdir()
    save_model(tmp_path, model, written)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "model.safetensors"]


def test_a_folder_without_model(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path, torch.device("cpu"))


@pytest.fixture
def named(package, tmp_path):
    """A folder from somewhere, whose card names a module that marks that it was imported."""
    mark = tmp_path / "was-imported"
    package(
        "users_trap",
        f"from pathlib import Path\nPath({str(mark)!r}).touch()\n"
        "from kd.models.built_in.mnist import mnist_mlp as make",
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
        start_model(ModelTraining(model="mnist_mlp", checkpoint=str(folder), epochs=0), SHAPE, NAMES)
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
    asked = ModelTraining(model=f"hf:{foreign}", checkpoint=str(tmp_path / "out"), epochs=0)
    assert start_model(asked, SHAPE, NAMES)(images()).shape == (2, 3)


def test_arguments_are_kept_beside_the_weights(tmp_path):
    model = build_model("mnist_mlp", 3, SHAPE, arguments={"hidden": 7}).eval()
    save_model(tmp_path / "out", model, card_for("mnist_mlp", model, SHAPE, NAMES))
    assert torch.equal(load_model(tmp_path / "out", torch.device("cpu")).eval()(images()), model(images()))
    bare = ModelTraining(model="mnist_mlp", checkpoint=str(tmp_path / "out"), epochs=0)
    for arguments in ({}, {"hidden": 7}):
        asked = bare.model_copy(update={"arguments": arguments})
        assert torch.equal(start_model(asked, SHAPE, NAMES).eval()(images()), model(images()))
    with pytest.raises(InputError, match=r"were trained with arguments \{'hidden': 7\}, the configuration says"):
        start_model(bare.model_copy(update={"arguments": {"hidden": 8}}), SHAPE, NAMES)
