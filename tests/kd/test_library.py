"""Models and images for scripts: as a sweep reads and writes them, every error in one line."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from kd import build_model, export_onnx, load_model, open_folder, save_model
from kd.config import Normalization
from kd.errors import InputError
from kd.models import ImageModel
from tests.kd.image_folders import COLOUR, GREY, picture, write_folder, write_tree
from tests.kd.pretrained import NAMES, make
from tests.kd.users.users_nets import normalising_net

IMAGES = torch.randint(0, 256, (4, 1, 28, 28), dtype=torch.uint8)
DIGITS = list("0123456789")


def one_line(function, *arguments, **options):
    with pytest.raises(InputError) as caught:
        function(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_saved_model_comes_back(tmp_path):
    model = build_model("mnist_mlp", 10, (1, 28, 28))
    digest = save_model(tmp_path / "deep" / "model", model, "mnist_mlp", (1, 28, 28), DIGITS)
    again = load_model(str(tmp_path / "deep" / "model"))
    assert not again.training
    assert torch.equal(again(IMAGES), model.eval()(IMAGES))
    assert save_model(tmp_path / "copy", again, "mnist_mlp", (1, 28, 28), DIGITS) == digest


def test_a_network_of_ones_own_is_saved_as_its_factory_gave_it(tmp_path):
    net = normalising_net(10, (1, 28, 28))
    save_model(tmp_path / "model", net, "users_nets:normalising_net", (1, 28, 28), DIGITS)
    assert "name it: load_model(…, factory='users_nets:normalising_net')" in one_line(load_model, tmp_path / "model")
    again = load_model(tmp_path / "model", factory="users_nets:normalising_net")
    torch.testing.assert_close(again(IMAGES), net((IMAGES / 255 - 0.5) / 0.25))
    other = ImageModel(net, (0.0,), (1.0,))
    said = one_line(save_model, tmp_path / "model", other, "users_nets:normalising_net", (1, 28, 28), DIGITS)
    assert "image_mean, image_std and image_size" in said


def test_what_it_is_fed_is_kept(tmp_path):
    normalize = Normalization(mean=(0.2,), std=(0.4,))
    model = build_model("mnist_mlp", 10, (1, 20, 20), normalize=normalize, image_size=(28, 28)).eval()
    save_model(tmp_path / "model", model, "mnist_mlp", (1, 20, 20), DIGITS)
    images = IMAGES[:, :, :20, :20]
    assert torch.equal(load_model(tmp_path / "model")(images), model(images))


def test_a_pretrained_model_is_saved_in_its_librarys_layout(tmp_path):
    make(tmp_path / "hub")
    model = build_model(f"hf:{tmp_path / 'hub'}", len(NAMES), (3, 16, 16), NAMES)
    save_model(tmp_path / "model", model, "hf:a/model", (3, 16, 16), NAMES)
    images = torch.randint(0, 256, (2, 3, 16, 16), dtype=torch.uint8)
    assert torch.equal(load_model(tmp_path / "model")(images), model.eval()(images))
    said = one_line(save_model, tmp_path / "other", nn.Flatten(), "hf:a/model", (3, 16, 16), NAMES)
    assert "must come from kd.build_model" in said
    assert "build_model('hf:" in one_line(load_model, tmp_path / "hub")


def test_what_would_come_back_as_another_model_is_not_saved(tmp_path):
    model = build_model("mnist_mlp", 10, (1, 28, 28))
    target = tmp_path / "model"
    for name, shape, classes in [
        ("mnist_cnn", (1, 28, 28), DIGITS),
        ("mnist_mlp", (1, 32, 32), DIGITS),
        ("mnist_mlp", (1, 28, 28), DIGITS[:9]),
    ]:
        assert "builds another network than the one to save" in one_line(
            save_model, target, model, name, shape, classes
        )
    assert "no model 'mnist_mpl'" in one_line(save_model, target, model, "mnist_mpl", (1, 28, 28), DIGITS)
    assert not target.exists()


def test_folders_without_a_model_are_said_in_one_line(tmp_path):
    assert "holds no trained model" in one_line(load_model, tmp_path / "nowhere")
    assert "holds no trained model" in one_line(export_onnx, tmp_path, tmp_path / "model.onnx")
    model = build_model("mnist_mlp", 10, (1, 28, 28))
    save_model(tmp_path, model, "mnist_mlp", (1, 28, 28), DIGITS)
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert "its model cannot be built from its files" in one_line(load_model, str(tmp_path))
    weights.unlink()
    assert "holds no trained model" in one_line(load_model, tmp_path)
    (tmp_path / "config.json").write_text("{")
    assert "Invalid JSON" in one_line(load_model, tmp_path)


@pytest.mark.thorough
def test_a_saved_model_becomes_onnx(tmp_path):
    pytest.importorskip("onnxruntime")
    save_model(tmp_path / "model", build_model("mnist_mlp", 10, (1, 28, 28)), "mnist_mlp", (1, 28, 28), DIGITS)
    assert export_onnx(str(tmp_path / "model"), str(tmp_path / "out" / "model.onnx")).is_close
    assert (tmp_path / "out" / "model.onnx").stat().st_size > 1000


def test_a_folder_is_read_as_a_sweep_reads_it(tmp_path):
    images, labels, class_names = open_folder(write_folder(tmp_path, list(GREY)))
    assert class_names == ["class0", "class1"]
    assert labels.tolist() == [0] * 6 + [1] * 6
    assert images.dtype is torch.uint8
    assert torch.equal(images[:, 0], torch.from_numpy(np.concatenate([GREY[::2], GREY[1::2]])))
    in_colour = open_folder(str(write_folder(tmp_path / "colour", list(COLOUR))), size=(4, 3))
    assert in_colour.images.shape == (12, 3, 4, 3)
    assert open_folder(tmp_path / "colour", 4).images.shape == (12, 3, 4, 4)


def test_a_split_is_asked_for_by_name(tmp_path):
    tree = {f"{split}/{name}/{n}.png": picture() for split in ("train", "test") for name in "ab" for n in range(2)}
    write_tree(tmp_path, tree | {"train/a/more.png": picture()})
    assert [len(open_folder(tmp_path, split=split).labels) for split in (None, "train", "test")] == [5, 5, 4]
    assert "has no val, only test, train" in one_line(open_folder, tmp_path, split="val")


def test_folders_that_cannot_be_read_are_said_in_one_line(tmp_path):
    assert "no folder" in one_line(open_folder, tmp_path / "nowhere")
    folder = write_folder(tmp_path / "folder", list(GREY))
    assert "size: " in one_line(open_folder, folder, size=0)
    (folder / "class0" / "broken.png").write_bytes(b"no image")
    assert "remove them, or set skip_corrupt=True" in one_line(open_folder, folder)
    assert len(open_folder(folder, skip_corrupt=True).labels) == 12
    Image.new("L", (9, 9)).save(folder / "class1" / "large.png")
    assert "; set size to bring" in one_line(open_folder, folder, skip_corrupt=True)
