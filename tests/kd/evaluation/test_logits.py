"""Logits of many images, in batches that decide nothing."""

import pytest
import torch
from torch import nn

from kd.errors import InputError
from kd.evaluation.logits import (
    EVALUATION_BATCH_SIZE,
    compute_logits,
    evaluation_batch_size,
    measure_size,
    refuse_non_finite,
)
from kd.models import ImageModel

SMALL = (3, 8, 8)


def test_logits_are_in_the_order_of_images_whatever_the_batches():
    num = 2 * EVALUATION_BATCH_SIZE + 7
    images = torch.zeros(num, 1, 1, 2, dtype=torch.uint8)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = torch.arange(num) // 256, torch.arange(num) % 256
    logits = compute_logits(ImageModel(nn.Flatten()), images)
    numbers = (logits * 255).round().long()
    assert (numbers[:, 0] * 256 + numbers[:, 1]).tolist() == list(range(num))


@pytest.mark.parametrize(
    ("input_size", "shape", "expected"),
    [(None, (1, 28, 28), 1000), (None, (3, 128, 128), 1000), ((224, 224), (3, 32, 32), 326), ((9999, 9999), SMALL, 1)],
)
def test_large_images_are_evaluated_fewer_at_once(input_size, shape, expected):
    model = ImageModel(nn.Identity(), input_size=input_size)
    assert evaluation_batch_size(model, torch.zeros(1, *shape, dtype=torch.uint8)) == expected


def test_evaluation_uses_evaluation_mode_and_no_gradients():
    torch.manual_seed(0)
    model = ImageModel(nn.Sequential(nn.Flatten(), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2)))
    model.train()
    images = torch.randint(0, 256, (9, 1, 2, 2), dtype=torch.uint8)
    running = model.net[1].running_mean.clone()
    first, second = compute_logits(model, images), compute_logits(model, images)
    assert torch.equal(first, second)
    assert torch.equal(model.net[1].running_mean, running)
    assert not first.requires_grad


class Recurrent(nn.Module):
    """Reads 10 steps of 64 numbers."""

    def __init__(self, kind: type[nn.RNNBase]) -> None:
        super().__init__()
        self.layer = kind(64, 128, batch_first=True)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layer(images.view(-1, 10, 64))[0][:, -1]


class Attention(nn.Module):
    """Of 10 tokens among themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.MultiheadAttention(64, 4, batch_first=True)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        tokens = images.view(-1, 10, 64)
        return self.layer(tokens, tokens, tokens)[0][:, 0]


class Encoder(nn.Module):
    """A layer of torch's transformer, which has a fused kernel of its own for evaluation."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layer(images.view(-1, 10, 64))[:, 0]


PROJECTIONS, SCORES = 10 * 64 * 64 * 4, 2 * 10 * 10 * 64  # query, key, value, output; with keys and with values


@pytest.mark.parametrize(
    ("net", "macs"),
    [
        (Attention(), PROJECTIONS + SCORES),
        (Encoder(), PROJECTIONS + SCORES + 2 * 10 * 64 * 128),
        (Recurrent(nn.LSTM), 10 * 4 * 128 * (64 + 128)),
        (Recurrent(nn.GRU), 10 * 3 * 128 * (64 + 128)),
        (nn.Conv2d(1, 1, 3, bias=False), 8 * 62 * 9),
        (nn.Sequential(nn.Unflatten(2, (2, 5)), nn.Flatten(1, 2), nn.Conv2d(2, 4, 3, groups=2)), 4 * 3 * 62 * 9),
    ],
    ids=["attention", "encoder", "lstm", "gru", "convolution", "grouped convolution"],
)
def test_products_are_counted_as_by_hand(net: nn.Module, macs: int) -> None:
    size = measure_size(ImageModel(net), (1, 10, 64))
    assert (size.macs, size.not_counted) == (macs, ())


@pytest.mark.parametrize(
    ("width", "heads", "macs"), [(768, 12, 17_563_828_224), (384, 6, 4_598_882_304)], ids=["ViT-B/16", "DeiT-S"]
)
def test_vision_transformers_have_their_published_size(width: int, heads: int, macs: int) -> None:
    """17.6 and 4.6 billion (arXiv:2010.11929, arXiv:2012.12877), of 224×224 pixels and a thousand classes."""
    transformers = pytest.importorskip("transformers")
    sizes = {"hidden_size": width, "intermediate_size": 4 * width, "num_attention_heads": heads, "num_labels": 1000}
    net = transformers.ViTForImageClassification(transformers.ViTConfig(**sizes))
    assert measure_size(ImageModel(net), (3, 224, 224)).macs == macs


class Unusual(nn.Module):
    """A layer that multiplies in a way that nothing counts."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4, 640))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return (images.flatten(1)[:, None] * self.weight).sum(2)


def test_what_is_not_counted_is_named(caplog: pytest.LogCaptureFixture) -> None:
    size = measure_size(ImageModel(nn.Sequential(Unusual(), nn.Linear(4, 3))), (1, 10, 64))
    assert (size.macs, size.not_counted) == (12, ("net.0",))
    assert "not counted: net.0" in caplog.text


def test_counting_leaves_torch_as_it_was() -> None:
    measure_size(ImageModel(Attention()), (1, 10, 64))
    assert torch.backends.mha.get_fastpath_enabled()
    assert torch._C._get_mkldnn_enabled() and torch.backends.cuda.flash_sdp_enabled()


class Table(nn.Module):
    """Gives its parameter as it is, as learned positions and queries do."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(1, 4))

    def forward(self):
        return self.table


class Queried(nn.Module):
    def __init__(self):
        super().__init__()
        self.queries, self.head = Table(), nn.Linear(4, 3)

    def forward(self, pixels):
        return self.head(pixels.flatten(1)[:, :4] + self.queries())


def test_a_module_that_gives_its_own_parameter_is_measured_and_left_as_it_was():
    net = Queried()
    net.head.bias.requires_grad_(False)
    assert measure_size(ImageModel(net), SMALL).macs == 12
    assert [name for name, parameter in net.named_parameters() if not parameter.requires_grad] == ["head.bias"]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_logits_that_name_no_class_are_refused_with_how_many_they_are(bad: float) -> None:
    logits = torch.zeros(5, 3)
    refuse_non_finite(logits, "teacher", "test images")
    logits[1:3, 0] = bad
    with pytest.raises(InputError, match=r"^teacher gives logits that are not finite for 2 of 5 test images; mend"):
        refuse_non_finite(logits, "teacher", "test images")
