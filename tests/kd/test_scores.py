"""Figures against scikit-learn, and sizes counted by hand."""

import itertools
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from torch import nn

from kd.evaluation import EVALUATION_BATCH_SIZE, compute_logits, measure_size
from kd.models import BUILT_IN, ImageModel, build_model
from kd.scores import score


@given(st.integers(2, 12), st.integers(1, 60), st.integers(0, 2**32), st.sampled_from([np.float16, np.float32]))
def test_scores_equal_scikit_learns(num_classes, num_images, seed, dtype):
    random = np.random.default_rng(seed)
    logits = (5 * random.standard_normal((num_images, num_classes))).astype(dtype)
    labels = random.integers(0, num_classes, num_images)
    scores = score(logits, labels)
    wide = logits.astype(np.float64)
    probabilities = np.exp(wide - wide.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    predictions = wide.argmax(1)
    classes = list(range(num_classes))
    assert scores.num_images == num_images
    assert scores.accuracy == accuracy_score(labels, predictions)
    assert scores.confusion == confusion_matrix(labels, predictions, labels=classes).tolist()
    assert scores.nll == pytest.approx(log_loss(labels, probabilities, labels=classes), rel=1e-9)


def test_extreme_logits_are_scored_without_overflow():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = score(np.array([[1e30, -1e30], [0, 0]], np.float32), np.array([1, 0]))
    assert scores.nll == pytest.approx(1e30)
    assert scores.accuracy == 0.5  # the first class wins a tie


def test_the_logits_given_are_not_changed():
    logits = np.array([[1.0, 2.0]])
    score(logits, np.array([0]))
    assert logits.tolist() == [[1.0, 2.0]]


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
    documented = BUILT_IN[name].__doc__
    assert f"{num_parameters:,} parameters" in documented


def test_logits_are_in_the_order_of_images_whatever_the_batches():
    num = 2 * EVALUATION_BATCH_SIZE + 7
    images = torch.zeros(num, 1, 1, 2, dtype=torch.uint8)
    images[:, 0, 0, 0], images[:, 0, 0, 1] = torch.arange(num) // 256, torch.arange(num) % 256
    logits = compute_logits(ImageModel(nn.Flatten()), images)
    numbers = (logits * 255).round().long()
    assert (numbers[:, 0] * 256 + numbers[:, 1]).tolist() == list(range(num))


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
