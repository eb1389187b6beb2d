"""Models of the Hugging Face Hub: heads, input sizes, normalisation, class order, folders and refusals."""

import json
import shutil
from itertools import count

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from transformers import (
    AutoModelForImageClassification,
)

from kd.config import TestConfig, run_id
from kd.errors import InputError, InterruptedTrainingError
from kd.evaluation.logits import measure_size
from kd.files import sha256_of_weights
from kd.models import build_model
from kd.models.files import load_model, save_model
from kd.runs.folder.context import RunContext
from tests.kd.pretrained import NAMES, PROCESSOR, SHAPE, card, images, make

CPU = torch.device("cpu")


@pytest.mark.parametrize("kind", ["vit", "deit", "deit-teacher", "resnet"])
def test_a_model_is_its_own_library_s_on_resized_normalised_images(tmp_path, kind):
    model = build_model(f"hf:{make(tmp_path / 'net', kind)}", 3, SHAPE).eval()
    pixels = F.interpolate(images().float(), (16, 16), mode="bilinear", antialias=True) / 255
    with torch.no_grad():
        theirs = AutoModelForImageClassification.from_pretrained(tmp_path / "net").eval()
        expected = theirs((pixels - 0.5) / 0.25).logits
        torch.testing.assert_close(model(images()), expected)
    assert expected.abs().max() > 0


@pytest.mark.parametrize("kind", ["vit", "resnet"])
def test_a_head_of_another_width_is_replaced_and_the_seed_decides_it(tmp_path, kind):
    make(tmp_path / "net", kind, num_labels=5)

    def weights(seed):
        torch.manual_seed(seed)
        return build_model(f"hf:{tmp_path / 'net'}", 3, SHAPE).net.state_dict()

    one, same, other = weights(0), weights(0), weights(1)
    assert build_model(f"hf:{tmp_path / 'net'}", 3, SHAPE)(images()).shape == (2, 3)
    changed = {name for name in one if not torch.equal(one[name], other[name])}
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert changed
    assert all(name.startswith("classifier") for name in changed)
    original = AutoModelForImageClassification.from_pretrained(tmp_path / "net").state_dict()
    assert all(torch.equal(one[name], original[name]) for name in set(one) - changed if "bias" not in name)


def test_grey_images_are_repeated_to_the_networks_channels(tmp_path):
    model = build_model(f"hf:{make(tmp_path / 'net')}", 3, (1, 8, 8)).eval()
    grey = images(shape=(1, 8, 8))
    assert torch.equal(model(grey), model(grey.repeat(1, 3, 1, 1)))


def test_a_model_of_several_labels_an_image_is_saved_as_one_of_a_class_an_image(tmp_path):
    name = f"hf:{make(tmp_path / 'net')}"
    path = tmp_path / "net" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"problem_type": "multi_label_classification"}))
    save_model(tmp_path / "saved", build_model(name, 3, SHAPE), card(name))
    assert json.loads((tmp_path / "saved" / "config.json").read_text())["problem_type"] == "single_label_classification"


@pytest.mark.parametrize("kept_in", ["float16", "bfloat16"])
def test_weights_that_are_kept_in_half_precision_are_trained_in_full(tmp_path, kept_in):
    name = f"hf:{make(tmp_path / 'net')}"
    half = AutoModelForImageClassification.from_pretrained(tmp_path / "net", dtype=kept_in)
    half.save_pretrained(tmp_path / "net")
    model = build_model(name, 3, SHAPE)
    assert {tensor.dtype for tensor in model.state_dict().values()} == {torch.float32}
    assert all(
        torch.equal(ours, theirs.float()) for ours, theirs in zip(model.parameters(), half.parameters(), strict=True)
    )
    save_model(tmp_path / "saved", model, card(name))
    assert json.loads((tmp_path / "saved" / "config.json").read_text())["dtype"] == "float32"


def test_other_channels_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"takes 3 channel\(s\), the images have 2"):
        build_model(f"hf:{make(tmp_path / 'net')}", 3, (2, 8, 8))


@pytest.mark.parametrize(("resample", "mode"), [(2, Image.Resampling.BILINEAR), (3, Image.Resampling.BICUBIC)])
@pytest.mark.parametrize(("small", "large"), [(8, 16), (24, 16)])
def test_resizing_is_pillows(tmp_path, resample, mode, small, large):
    make(
        tmp_path / "net", processor={**PROCESSOR, "resample": resample, "image_mean": [0.0] * 3, "image_std": [1.0] * 3}
    )
    pixels = images(3, (3, small, small)) // 3 + 80  # Pillow clips between its two passes; here nothing overshoots
    seen = build_model(f"hf:{tmp_path / 'net'}", 3, SHAPE).prepare(pixels)
    for image, row in zip(pixels, seen, strict=True):
        expected = np.asarray(Image.fromarray(image.permute(1, 2, 0).numpy()).resize((large, large), mode))
        np.testing.assert_allclose(row.permute(1, 2, 0).numpy() * 255, expected, atol=1.01)  # Pillow rounds twice


def test_without_a_processor_the_network_says_its_size(tmp_path):
    model = build_model(f"hf:{make(tmp_path / 'net', processor=None)}", 3, SHAPE)
    assert model.input_size == (16, 16)
    assert model.mean.flatten().tolist() == [127.5] * 3


# Class order.


def test_weights_of_another_model_are_refused(tmp_path):
    make(tmp_path / "net")
    shutil.copy(make(tmp_path / "other", "resnet") / "model.safetensors", tmp_path / "net")
    assert "its weights are not a ViTForImageClassification's: " in refusal(f"hf:{tmp_path / 'net'}")


def test_a_processor_of_another_size_than_the_model_s_is_one_line(tmp_path):
    make(tmp_path / "net", processor={**PROCESSOR, "size": {"height": 32, "width": 32}})
    assert "cannot compute images of 3×32×32: ValueError: Input image size (32*32)" in refusal(f"hf:{tmp_path / 'net'}")


@pytest.mark.parametrize("labels", [["Ant", "BEE", "c_a-t"], None])
def test_spelling_and_missing_names_are_read_generously(tmp_path, labels):
    make(tmp_path / "net", labels=labels)
    model = build_model(f"hf:{tmp_path / 'net'}", 3, SHAPE, NAMES)
    assert model.net.config.id2label == dict(enumerate(NAMES))
    assert model.net.config.label2id == {"ant": 0, "bee": 1, "cat": 2}


def test_a_replaced_head_has_the_names_of_the_data(tmp_path):
    make(tmp_path / "net", labels=["x", "y"])
    assert build_model(f"hf:{tmp_path / 'net'}", 3, SHAPE, NAMES).net.config.id2label == dict(enumerate(NAMES))


# Refusals.


def refusal(name):
    with pytest.raises(InputError) as caught:
        build_model(name, 3, SHAPE)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path):
    assert refusal(f"hf:{tmp_path}/none").startswith(f"model: hf:{tmp_path}/none: no folder {tmp_path}/none; give ")
    assert refusal("hf:") == "model: hf:: no folder is named; give the path of one"
    (tmp_path / "empty").mkdir()
    message = refusal(f"hf:{tmp_path / 'empty'}")
    assert message.startswith(f"model: cannot load hf:{tmp_path / 'empty'}: tried folder {tmp_path / 'empty'}: ")


@pytest.mark.parametrize("damage", ["weights", "config", "processor"])
def test_a_damaged_folder_is_one_line(tmp_path, damage):
    make(tmp_path / "net")
    files = {"weights": "model.safetensors", "config": "config.json", "processor": "preprocessor_config.json"}
    (tmp_path / "net" / files[damage]).write_bytes(b"{" if damage != "weights" else b"\x00" * 40)
    assert refusal(f"hf:{tmp_path / 'net'}").startswith(f"model: cannot load hf:{tmp_path / 'net'}: tried folder ")


def test_a_name_that_the_hub_does_not_give_is_one_line(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    message = refusal("hf:nobody/no-such-model")
    assert message.startswith(
        "model: cannot load hf:nobody/no-such-model: tried the local cache and the Hugging Face Hub for "
        "nobody/no-such-model: "
    )


# The Hub.


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A cache that holds two revisions of some/net, with 3 and with 5 classes; no network."""
    cache = tmp_path / "hub"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    repository = cache / "models--some--net"
    for revision, num_labels in (("a" * 40, 3), ("b" * 40, 5)):
        snapshot = repository / "snapshots" / revision
        snapshot.mkdir(parents=True)
        make(snapshot, num_labels=num_labels)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("a" * 40)
    return repository


def test_an_id_is_read_from_the_hub_or_its_cache(hub):
    model = build_model("hf:some/net", 3, SHAPE).eval()
    assert torch.equal(model(images()), build_model(f"hf:{hub / 'snapshots' / ('a' * 40)}", 3, SHAPE).eval()(images()))
    assert model.mean.flatten().tolist() == [127.5] * 3
    assert model.std.flatten().tolist() == [63.75] * 3
    assert model.input_size == (16, 16)


def test_a_revision_can_be_named(hub):
    model = build_model(f"hf:some/net@{'b' * 40}", 5, SHAPE).eval()
    assert torch.equal(model(images()), build_model(f"hf:{hub / 'snapshots' / ('b' * 40)}", 5, SHAPE).eval()(images()))
    assert "tried the local cache and the Hugging Face Hub for some/net" in refusal("hf:some/net@none")


# Folders.


def test_a_saved_model_is_a_folder_of_its_own_library_and_loads_back(tmp_path):
    name = f"hf:{make(tmp_path / 'net', num_labels=7)}"
    torch.manual_seed(0)
    model = build_model(name, 3, SHAPE, NAMES).eval()
    digest = save_model(tmp_path / "model", model, card(name))
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [
        "card.json",
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    again = load_model(tmp_path / "model", CPU).eval()
    with torch.no_grad():
        assert torch.equal(again(images()), model(images()))
        theirs = AutoModelForImageClassification.from_pretrained(tmp_path / "model").eval()
        assert torch.equal(theirs(model.prepare(images())).logits, model(images()))
    assert theirs.config.id2label == dict(enumerate(NAMES))
    assert save_model(tmp_path / "copy", again, card(name)) == digest == sha256_of_weights(tmp_path / "copy")
    assert measure_size(again, SHAPE) == measure_size(model, SHAPE)


# Whole runs.


@pytest.mark.thorough
def test_a_pretrained_pair_through_every_kind_of_run(lab, tmp_path):
    # Grey digits of 28×28 for networks that want 16×16 in colour and know other classes.
    teacher_net, student_net = make(tmp_path / "vit"), make(tmp_path / "deit", "deit", num_labels=10)
    teacher = lab.config(role="teacher", training={"model": f"hf:{teacher_net}", "ema_decay": 0.5})
    lab.execute(teacher)
    logits = lab.logits_config(teacher.augment).model_copy(update={"teacher": run_id(teacher)})
    lab.execute(logits)
    student = lab.distilled(training={"model": f"hf:{student_net}"}, logits=run_id(logits))
    metrics = lab.execute(student)
    tested = lab.execute(TestConfig(data=lab.data, models=(run_id(teacher), run_id(student))))
    assert set(tested.test) == {run_id(teacher), run_id(student)}
    folder = lab.paths.run(run_id(student)) / "model"
    theirs = AutoModelForImageClassification.from_pretrained(folder).eval()
    assert theirs.config.id2label == dict(enumerate("0123456789"))
    assert metrics.weights_sha256 == sha256_of_weights(folder)
    assert metrics.size.num_parameters == sum(parameter.numel() for parameter in theirs.parameters())
    assert metrics.val.top5 >= metrics.val.accuracy


@pytest.mark.parametrize("look", [1, 5])
def test_a_pretrained_run_stopped_and_resumed_ends_in_the_same_bytes(lab, tmp_path, look):
    config = lab.config(training={"model": f"hf:{make(tmp_path / 'net')}", "clip_grad_norm": 1.0})
    folder = lab.paths.run(run_id(config))

    def files():
        paths = [*(folder / "model").iterdir(), folder / "metrics.json", folder / "predictions.npz"]
        return {path.name: path.read_bytes() for path in paths}

    lab.execute(config)
    expected = files()
    shutil.rmtree(folder)
    looks = count()
    with pytest.raises(InterruptedTrainingError):
        lab.execute(config, RunContext(should_stop=lambda: next(looks) == look))
    torch.manual_seed(99)
    lab.execute(config)
    assert files() == expected
