"""What a model's name stands for: other content makes another digest, and nothing is imported to find it."""

import json
import sys

import pytest

from kd.errors import InputError
from kd.model_source import model_sha256, source_files, source_sha256


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder that modules are found in."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def write(path, text=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "mnist_mlp",
        "kd.models.example:dropout_conv",
        "hf:google/vit-base",
        "nowhere:net",
        "timm:resnet18",
        "torchvision:resnet18",
    ],
)
def test_what_the_program_or_the_hub_answers_for_has_no_digest(name):
    assert model_sha256(name) is None


def test_a_factory_is_its_source_and_what_that_imports(place):
    write(place / "nets_a" / "__init__.py")
    write(place / "nets_a" / "big.py", "import torch, json\nfrom . import parts\nfrom nets_b import helper as h\n")
    write(place / "nets_a" / "parts.py", "from .blocks.block import Block\n")
    write(place / "nets_a" / "blocks" / "__init__.py")
    block = write(place / "nets_a" / "blocks" / "block.py", "raise SystemExit('imported')\n")
    write(place / "nets_b.py", "from nets_a.big import net  # a circle\n")
    found = source_files("nets_a.big")
    assert set(found) == {"nets_a.big", "nets_a", "nets_a.parts", "nets_a.blocks.block", "nets_a.blocks", "nets_b"}
    before = model_sha256("nets_a.big:net")
    write(place / "nets_a" / "unused.py", "x = 1\n")
    assert model_sha256("nets_a.big:net") == before
    block.write_text("class Block: ...\n")
    assert model_sha256("nets_a.big:net") not in (before, None)
    assert not {"nets_a", "nets_b"} & sys.modules.keys()


def test_folders_without_init_are_packages_too(place):
    write(place / "nets_c" / "deep" / "small.py", "from nets_c.deep.other import x\n")
    write(place / "nets_c" / "deep" / "other.py", "x = 1\n")
    assert set(source_files("nets_c.deep.small")) == {"nets_c.deep.small", "nets_c.deep.other"}
    assert model_sha256("nets_c.deep.small:net") is not None
    assert model_sha256("nets_c.deep.none:net") is None


def test_a_function_is_its_source_wherever_that_lies(tmp_path, monkeypatch):
    digests = []
    for folder, text in (("here", "def f(): ...\n"), ("there", "def f(): ...\n"), ("there", "def f(): return 1\n")):
        write(tmp_path / folder / "losses_a.py", text)
        with monkeypatch.context() as here:
            here.syspath_prepend(str(tmp_path / folder))
            digests.append(source_sha256("losses_a:f"))
    assert digests[0] == digests[1] != digests[2]
    assert [source_sha256(name) for name in ("kd", "kd.losses:soft_cross_entropy", "nowhere:f")] == [None] * 3


def test_an_installed_package_is_its_module_alone():
    assert list(source_files("safetensors.torch")) == ["safetensors.torch"]


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "net" / "config.json", json.dumps({"model_type": "vit"}))
    (tmp_path / "net" / "model.safetensors").write_bytes(b"weights")
    write(tmp_path / "net" / "preprocessor_config.json", "{}")
    write(tmp_path / "net" / "README.md", "words")
    return tmp_path / "net"


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "preprocessor_config.json"])
def test_a_folder_is_its_weights_and_its_settings(folder, name):
    before = model_sha256(f"hf:{folder}")
    (folder / "README.md").write_text("other words")
    assert model_sha256(f"hf:{folder}") == before
    moved = folder.rename(folder.with_name("moved"))
    assert model_sha256(f"hf:{moved}") == before
    (moved / name).write_text('{"model_type": "deit"}')
    assert model_sha256(f"hf:{moved}") != before


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "no config.json in "),
        (lambda folder: (folder / "model.safetensors").unlink(), "lacks weights, model.safetensors"),
        (lambda folder: (folder / "config.json").write_text("{"), "its config.json or index is not whole: "),
        (lambda folder: (folder / "config.json").write_text("[]"), "its config.json or index is not whole: "),
        (
            lambda folder: (folder / "config.json").write_text("{}"),
            "config.json names no model_type, so it is no model",
        ),
        (
            lambda folder: (folder / "model.safetensors.index.json").write_text(
                json.dumps({"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model.safetensors"}})
            ),
            "lacks model-00001-of-00002.safetensors",
        ),
    ],
)
def test_a_folder_that_holds_no_whole_model_is_one_line(folder, damage, message):
    damage(folder)
    with pytest.raises(InputError) as refused:
        model_sha256(f"hf:{folder}")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_that_is_not_there():
    with pytest.raises(InputError, match=r"model: hf:\./none: no folder none in .*; give the path of one"):
        model_sha256("hf:./none")
