"""A downloaded model asks for code, files and memory, and gets none of it: one line says what it asked for."""

import builtins
import json
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from kd.errors import InputError
from kd.models import build_model
from kd.models.pretrained.huggingface import read_head_names
from kd.models.pretrained.limits import check_config, check_counts, check_input_size
from tests.kd.pretrained import PROCESSOR, SHAPE, images, make

CODE = "from pathlib import Path\nPath({mark!r}).touch()\nfrom transformers import {base}\nclass Own({base}): pass\n"


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question would stop a job for ever."""

    def ask(prompt: str = "") -> str:
        raise AssertionError(f"asked: {prompt}")

    monkeypatch.setattr(builtins, "input", ask)


def change(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def with_code(folder: Path, mark: Path, **config: Any) -> Path:
    """A model whose configuration, network and processor are classes of its own files."""
    make(folder)
    bases = {"configuration": "ViTConfig", "modeling": "ViTForImageClassification", "processing": "ViTImageProcessor"}
    for name, base in bases.items():
        (folder / f"{name}.py").write_text(CODE.format(mark=str(mark), base=base))
    kinds = {"AutoConfig": "configuration.Own", "AutoModelForImageClassification": "modeling.Own"}
    change(folder / "config.json", auto_map=kinds, **config)
    change(folder / "preprocessor_config.json", auto_map={"AutoImageProcessor": "processing.Own"})
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        build_model(f"hf:{folder}", 3, SHAPE)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("silent")
def test_own_code_is_left_alone_where_transformers_has_the_architecture(tmp_path: Path) -> None:
    folder = with_code(tmp_path / "net", tmp_path / "was-run")
    assert build_model(f"hf:{folder}", 3, SHAPE)(images()).shape == (2, 3)
    assert len(read_head_names(f"hf:{folder}")) == 3
    assert not (tmp_path / "was-run").exists()


@pytest.mark.usefixtures("silent")
def test_own_code_is_refused_where_only_it_has_the_architecture(tmp_path: Path) -> None:
    folder = with_code(tmp_path / "net", tmp_path / "was-run", model_type="their_own")
    assert "contains custom code which must be executed" in refusal(folder)
    assert not (tmp_path / "was-run").exists()


@pytest.mark.usefixtures("silent")
def test_a_processor_of_own_code_is_refused(tmp_path: Path) -> None:
    folder = with_code(tmp_path / "net", tmp_path / "was-run")
    own = {"image_processor_type": "Own", "auto_map": {"AutoImageProcessor": "processing.Own"}}
    (folder / "preprocessor_config.json").write_text(json.dumps(PROCESSOR | own))
    assert "model: " in refusal(folder)
    assert not (tmp_path / "was-run").exists()


class Trap:
    """Unpickled, it runs."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("as_torch_does", [True, False])
def test_pickled_weights_run_nothing(tmp_path: Path, as_torch_does: bool) -> None:
    folder, trap = make(tmp_path / "net"), Trap(tmp_path / "was-run")
    (folder / "model.safetensors").unlink()
    if as_torch_does:
        torch.save({"classifier.weight": trap}, folder / "pytorch_model.bin")
    else:
        (folder / "pytorch_model.bin").write_bytes(pickle.dumps(trap))
    assert "model: cannot load" in refusal(folder)
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"hidden_size": 10**6, "intermediate_size": 10**6, "num_attention_heads": 1}, "describes a network of"),
        ({"hidden_size": 10**9, "intermediate_size": 10**9, "num_attention_heads": 1}, "describes a network of"),
        ({"hidden_size": 10**30, "num_attention_heads": 1}, "model: cannot load"),
        ({"num_hidden_layers": 10**9}, "num_hidden_layers 1,000,000,000; at most 10,000 are built"),
        ({"num_channels": 10**9}, "num_channels 1000000000; 1 to 64 are taken"),
        ({"image_size": 10**6, "patch_size": 1}, "describes a network of"),
    ],
)
def test_what_takes_more_than_there_is_is_not_made(tmp_path: Path, config: dict[str, int], says: str) -> None:
    folder = make(tmp_path / "net")
    change(folder / "config.json", **config)
    assert says in refusal(folder)


def test_depths_count_together() -> None:
    for depths, is_refused in (([3, 3, 27, 3], False), ([6000, 6000], True)):
        config = SimpleNamespace(to_dict=lambda depths=depths: {"backbone": {"depths": depths}})
        if is_refused:
            with pytest.raises(InputError, match="depths 12,000"):
                check_config(config)
        else:
            check_config(config)


def test_images_without_end_are_not_made(tmp_path: Path) -> None:
    size = {"height": 10**6, "width": 10**6}
    folder = make(tmp_path / "net", kind="resnet", processor=PROCESSOR | {"size": size})
    assert "it wants images of 1000000×1000000; at most 4096×4096 are made" in refusal(folder)
    check_input_size((4096, 1))
    check_input_size(None)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            {"model_args": {"checkpoint_path": "/tmp/trap.pt"}},
            r"timm is asked for other files \(checkpoint_path\)",
        ),
        ({"model_args": None, "architecture": "local-dir:/tmp"}, r"\(architecture 'local-dir:/tmp'\)"),
    ],
)
def test_timm_is_not_sent_to_other_files(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        check_config(SimpleNamespace(to_dict=dict, **settings))
    check_config(SimpleNamespace(to_dict=dict, architecture="resnet18", model_args={"depth": 3}))


def test_a_model_is_built_with_the_same_numbers_as_without_the_look_at_its_size(tmp_path: Path) -> None:
    folder = make(tmp_path / "net", num_labels=5)
    torch.manual_seed(0)
    build_model(f"hf:{folder}", 3, SHAPE)
    after = torch.rand(1)
    torch.manual_seed(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kd.models.pretrained.huggingface.check_memory", lambda config: None)
        build_model(f"hf:{folder}", 3, SHAPE)
    assert torch.equal(torch.rand(1), after)


def test_arguments_ask_for_no_more_than_a_network_has() -> None:
    check_counts({"depths": (2, 2, 6, 2), "drop_rate": 0.1, "norm_layer": "batchnorm2d"})
    with pytest.raises(InputError, match="it asks for depths 20,000; at most 10,000 are built"):
        check_counts({"depths": (10_000, 10_000)})


def test_settings_that_would_do_nothing_are_named(tmp_path: Path) -> None:
    folder = make(tmp_path / "net", num_labels=3)
    model = build_model(f"hf:{folder}", 3, SHAPE, arguments={"hidden_dropout_prob": 0.25})
    assert model.net.config.hidden_dropout_prob == 0.25  # type: ignore[union-attr]
    with pytest.raises(InputError, match=r"its config.json has no hidden_dropout, num_labels to set; it has .*hidden_"):
        build_model(f"hf:{folder}", 3, SHAPE, arguments={"hidden_dropout": 0.25, "num_labels": 4})
