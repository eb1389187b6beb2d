"""Figures against scikit-learn, and sizes counted by hand."""

import itertools
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    top_k_accuracy_score,
)
from torch import nn

from kd.evaluation.logits import EVALUATION_BATCH_SIZE, compute_logits, evaluation_batch_size, measure_size
from kd.models import BUILT_IN, ImageModel, build_model, example
from kd.records import Scores
from kd.scores import agreement, expected_calibration_error, score, top_k_accuracy

SMALL = (3, 8, 8)


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
    if num_classes > 5:
        assert scores.top5 == pytest.approx(top_k_accuracy_score(labels, _ranked(wide), k=5, labels=classes))
    else:
        assert scores.top5 is None


def _ranked(logits):
    """Ranks instead of logits, ties in favour of the lower class: scikit-learn prefers the higher one."""
    order = np.argsort(-logits, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(logits.shape[1], 0, -1)[None].repeat(len(logits), 0), axis=1)
    return ranks


@given(st.integers(2, 8), st.integers(1, 40), st.integers(0, 2**32))
def test_calibration_error_image_by_image(num_classes, num_images, seed):
    random = np.random.default_rng(seed)
    logits, labels = 2 * random.standard_normal((num_images, num_classes)), random.integers(0, num_classes, num_images)
    bins = {}
    for row, label in zip(logits, labels, strict=True):
        probabilities = np.exp(row) / np.exp(row).sum()
        number = next(k for k in range(15) if k / 15 < probabilities.max() <= (k + 1) / 15)
        bins.setdefault(number, []).append((probabilities.max(), probabilities.argmax() == label))
    expected = sum(abs(sum(right for _, right in bin) - sum(sure for sure, _ in bin)) for bin in bins.values())
    assert score(logits, labels).ece == pytest.approx(expected / num_images, abs=1e-12)


def test_calibration_by_hand():
    sure = np.array([[50.0, 0.0]] * 4)
    assert expected_calibration_error(sure, np.array([0, 0, 0, 0])) == pytest.approx(0)
    assert expected_calibration_error(sure, np.array([0, 1, 1, 1])) == pytest.approx(0.75)
    undecided = np.zeros((4, 2))
    assert expected_calibration_error(undecided, np.array([0, 0, 1, 1])) == pytest.approx(0)


def test_records_without_the_newer_figures_are_still_read():
    old = '{"num_images": 2, "accuracy": 0.5, "nll": 1.0, "confusion": [[1, 0], [1, 0]]}'
    scores = Scores.model_validate_json(old)
    assert (scores.top5, scores.ece) == (None, None)


def test_agreement_is_of_decisions_and_needs_the_same_images():
    random = np.random.default_rng(0)
    teacher, student = random.standard_normal((2, 50, 4))
    assert agreement(teacher, 3 * teacher + 1) == 1
    assert agreement(teacher, student) == np.mean(teacher.argmax(1) == student.argmax(1))
    with pytest.raises(ValueError, match=r"got \(50, 4\) and \(1, 4\)"):
        agreement(teacher, student[:1])


@pytest.mark.parametrize(("k", "expected"), [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)])
def test_of_tied_logits_the_lower_classes_come_first(k, expected):
    assert top_k_accuracy(np.zeros((4, 4)), np.arange(4), k) == expected


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
    assert f"{num_parameters:,} parameters" in BUILT_IN[name].__doc__


@pytest.mark.parametrize("factory", [example.dropout_resnet, example.dropout_conv])
def test_the_example_models_are_as_large_as_they_say(factory):
    model = build_model(f"kd.models.example:{factory.__name__}", 10, (1, 28, 28))
    size = measure_size(model, (1, 28, 28))
    assert f"{size.num_parameters:,} parameters on 1×28×28 images and 10 classes" in factory.__doc__
    assert model.mean.item() == pytest.approx(0.286 * 255)


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
