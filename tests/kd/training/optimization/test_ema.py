"""Averaged weights, and running statistics beside them."""

import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

from kd.config import OptimizerConfig
from kd.data.images import open_training
from kd.models import ImageModel, build_model
from kd.training.optimization.ema import WeightAverage
from tests.kd.run_lab import CPU, by_hand, difference, history, weights

SGD = OptimizerConfig(name="sgd", lr=0.1)


def test_the_averaged_weights_are_kept_and_evaluated(lab):
    config = lab.config(training={"optimizer": SGD, "ema_decay": 0.6})
    averages = {}

    def step(model, optimizer, images, labels, number):
        if not averages:
            averages.update({name: value.clone() for name, value in model.net.state_dict().items()})
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()
        decay = min(0.6, (1 + number) / (10 + number))
        for name, value in model.net.state_dict().items():
            averages[name] = decay * averages[name] + (1 - decay) * value

    metrics = lab.execute(config)
    last = by_hand(lab, config, step)
    assert difference(weights(lab, config), averages) < 1e-5
    assert difference(last.net.state_dict(), averages) > 1e-3
    last.net.load_state_dict(averages)
    val = open_training(config.data, lab.paths.data, CPU).val
    accuracy = (last.eval()(val.images_NCHW).argmax(1) == val.labels_N).float().mean()
    assert metrics.val.accuracy == pytest.approx(accuracy.item())
    assert history(lab, config).epochs[-1].val_accuracy == metrics.val.accuracy


def test_counts_are_copied_into_the_average():
    model = build_model("users_nets:dropout_net", 3, (1, 4, 4)).train()
    average = WeightAverage(model, 0.99)
    model(torch.randint(0, 256, (8, 1, 4, 4), dtype=torch.uint8))
    average.update(model, 0)
    assert average.model.net[2].num_batches_tracked == 1
    assert not any(parameter.requires_grad for parameter in average.model.parameters())


def test_running_statistics_are_averaged_like_the_weights():
    model = ImageModel(nn.Sequential(nn.Flatten(), nn.BatchNorm1d(16))).train()
    average, expected = WeightAverage(model, 0.95), torch.ones(16)
    for step in range(4):
        model(torch.randint(0, 256, (8, 1, 4, 4), dtype=torch.uint8))
        average.update(model, step)
        decay = (1 + step) / (10 + step)
        expected = decay * expected + (1 - decay) * model.net[1].running_var
    torch.testing.assert_close(average.model.net[1].running_var, expected)


def test_the_averaged_model_reads_digits_better_than_the_last_weights():
    """A high, constant rate on batches of four: the last weights and their statistics are those of an unlucky step."""
    torch.manual_seed(0)
    digits = load_digits()
    order = torch.randperm(len(digits.target))
    images = torch.tensor(digits.data[order] * 15.9).to(torch.uint8).view(-1, 1, 8, 8)
    labels = torch.tensor(digits.target[order])
    layers = [nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8), nn.ReLU()]
    model = ImageModel(nn.Sequential(*layers, nn.Flatten(), nn.Linear(128, 10))).train()
    average, optimizer = WeightAverage(model, 0.995), torch.optim.SGD(model.parameters(), lr=0.5)
    for step in range(300):
        batch = torch.arange(4 * step, 4 * step + 4) % 400
        optimizer.zero_grad()
        F.cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()
        average.update(model, step)

    def accuracy(trained: ImageModel) -> float:
        with torch.no_grad():
            return (trained.eval()(images[1200:]).argmax(1) == labels[1200:]).float().mean().item()

    assert accuracy(average.model) > max(0.85, accuracy(model) + 0.02)
