"""TODO"""

import pytest
import torch

from kd.models import BUILT_IN, build_model
from kd.models.files import load_model, save_model
from kd.records import ModelCard

SHAPE = (1, 28, 28)


def images(num=4, shape=SHAPE):
    return torch.randint(0, 256, (num, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


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
