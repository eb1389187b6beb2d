"""TODO"""

import itertools

import pytest
import torch
from torch import nn

from kd.evaluation.logits import EVALUATION_BATCH_SIZE, compute_logits, evaluation_batch_size, measure_size
from kd.models import BUILT_IN, ImageModel, build_model

SMALL = (3, 8, 8)


def conv_size(widths, size):
    """Parameters without bias plus batch normalisation, and multiply-accumulates, of 3×3 convolutions at one size."""
    pairs = list(itertools.pairwise(widths))
    weights = sum(9 * before * after for before, after in pairs)
    return weights + sum(2 * after for _, after in pairs), weights * size * size


@pytest.mark.parametrize(
    ("name", "shape", "num_parameters", "macs"),
    [
        # 1→16 and 16→32 convolutions of 3×3 on 28×28 and 14×14, then 32·7·7 → 10
        (
            "mnist_cnn",
            (1, 28, 28),
            (16 * 9 + 16) + (32 * 16 * 9 + 32) + (1568 * 10 + 10),
            28 * 28 * 16 * 9 + 14 * 14 * 32 * 16 * 9 + 1568 * 10,
        ),
        ("mnist_mlp", (1, 28, 28), (784 * 128 + 128) + (128 * 10 + 10), 784 * 128 + 128 * 10),
        ("cifar_resnet18", (3, 32, 32), 11_173_962, 555_422_720),  # the sizes that papers give for it
        (
            "cifar_light_cnn",
            (3, 32, 32),
            sum(conv_size(widths, 1)[0] for widths in [(3, 64, 64), (64, 128, 128), (128, 208)]) + 208 * 10 + 10,
            sum(conv_size(*stage)[1] for stage in [((3, 64, 64), 32), ((64, 128, 128), 16), ((128, 208), 8)]) + 2080,
        ),
        ("small_resnet", (1, 28, 28), 1_355_290, 115_946_112),
        (
            "plain_conv",
            (1, 28, 28),
            conv_size((1, 32, 64, 96, 112), 1)[0] + 112 * 10 + 10,
            sum(conv_size(*stage)[1] for stage in [((1, 32), 28), ((32, 64), 14), ((64, 96), 7), ((96, 112), 3)])
            + 1120,
        ),
    ],
)
def test_sizes_counted_by_hand(name, shape, num_parameters, macs):
    model = build_model(name, 10, shape)
    size = measure_size(model, shape)
    assert (size.num_parameters, size.macs) == (num_parameters, macs)
    assert f"{num_parameters:,} parameters" in BUILT_IN[name].__doc__


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
