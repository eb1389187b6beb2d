"""Logits of many images, in batches that decide nothing."""

import pytest
import torch
from torch import nn

from kd.evaluation.logits import EVALUATION_BATCH_SIZE, compute_logits, evaluation_batch_size
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
