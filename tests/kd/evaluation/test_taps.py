"""What is heard of a network's modules, and what counts as features."""

import copy
from collections import OrderedDict

import pytest
import torch
from torch import nn
from transformers.modeling_outputs import BaseModelOutput, ImageClassifierOutput

from kd.errors import InputError
from kd.evaluation.taps import Place, Taps, features_of, last_linear, probe
from kd.models import ImageModel

TOKENS = torch.rand(2, 5, 3)
IMAGES = torch.randint(0, 256, (2, 1, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "output",
    [
        TOKENS,
        (TOKENS, torch.zeros(1)),
        [TOKENS],
        ((TOKENS, None), None),
        BaseModelOutput(last_hidden_state=TOKENS, hidden_states=(torch.zeros(2, 5, 3),)),
        {"pooler_output": torch.zeros(2, 3), "last_hidden_state": TOKENS},
        OrderedDict(logits=TOKENS),
        ImageClassifierOutput(logits=TOKENS),
    ],
    ids=["tensor", "tuple", "list", "nested", "output", "mapping", "logits", "classifier"],
)
def test_features_are_found_in_what_modules_give(output):
    assert features_of(output, 2) is TOKENS


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (None, "its output is a NoneType, in which no features are known"),
        ((), "its output is a tuple, in"),
        ("text", "its output is a str, in"),
        ({"boxes": TOKENS}, "its output is a dict, in"),
        ((None, TOKENS), "its output is a tuple, in"),
        (torch.zeros(2, dtype=torch.long), "its output is int64 [2] for 2 images; wanted are floating [images, chan"),
        (torch.zeros(2), "its output is float32 [2] for 2 images"),
        (torch.zeros(2, 3, 4, 4, 4), "its output is float32 [2, 3, 4, 4, 4]"),
        (torch.zeros(8, 16, 3), "its output is float32 [8, 16, 3] for 2 images"),  # windows of a Swin
    ],
)
def test_what_is_no_feature_is_refused(output, says):
    with pytest.raises(InputError) as caught:
        features_of(output, 2)
    assert says in str(caught.value)


def stack(*layers):
    return ImageModel(nn.Sequential(*layers)).eval()


def test_a_module_is_heard_before_the_next_changes_it_in_place():
    model = stack(nn.Conv2d(1, 3, 1), nn.ReLU(inplace=True))
    (features,) = probe(model, Taps(model.net, [Place("0")]), IMAGES)
    assert torch.equal(features, model.net[0](model.prepare(IMAGES)))
    assert features.min() < 0


def test_the_gradient_flows_back_from_a_place():
    model = stack(nn.Conv2d(1, 3, 1), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(48, 10))
    taps = Taps(model.net, [Place("0"), Place("3", is_input=True)])
    with taps.listening():
        model(IMAGES)
    first, last = taps.take(2)
    (first.sum() + last.sum()).backward()
    assert model.net[0].weight.grad.abs().sum() > 0
    assert model.net[3].weight.grad is None


def test_of_a_module_that_is_called_twice_the_last_is_heard():
    layer = nn.ReLU()
    model = stack(layer, nn.Flatten(), nn.Linear(16, 4), layer)
    (features,) = probe(model, Taps(model.net, [Place("0")]), IMAGES)
    assert features.shape == (2, 4)


def test_nobody_listens_otherwise_and_copies_are_not_listened_to():
    model = stack(nn.Conv2d(1, 3, 1), nn.Dropout(0.5))
    taps = Taps(model.net, [Place("0")])
    with taps.listening():
        copied = copy.deepcopy(model)
    copied(IMAGES), model(IMAGES)
    assert not any(module._forward_hooks for module in model.modules())
    with pytest.raises(InputError, match="does not call 0"):
        taps.take(2)
    with pytest.raises(RuntimeError), taps.listening():
        model(IMAGES.expand(-1, 3, -1, -1))
    assert not any(module._forward_hooks for module in model.modules())


def test_a_look_changes_neither_mode_nor_random_numbers():
    model = stack(nn.Flatten(), nn.Linear(16, 6), nn.BatchNorm1d(6), nn.Dropout(0.5), nn.Linear(6, 3)).train()
    before = copy.deepcopy(model.state_dict())
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    place = last_linear(model, IMAGES)
    (features,) = probe(model, Taps(model.net, [place]), IMAGES)
    assert torch.equal(torch.rand(1), expected)
    assert model.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert str(place) == "the input of 4"
    assert features.shape == (2, 6)
