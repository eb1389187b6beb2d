"""Averaged weights, and running statistics beside them."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from kd.config import OptimizerConfig
from kd.data.images import open_training
from kd.models import ImageModel, build_model
from kd.training.ema import WeightAverage
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


def test_the_averaged_model_normalises_what_its_own_weights_give():
    """Weights that grow while they are trained: the last ones' statistics are of twice what the averaged ones give."""
    model = ImageModel(nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.BatchNorm1d(8, affine=False))).train()
    average = WeightAverage(model, 0.95)
    images = torch.randint(0, 256, (256, 1, 4, 4), dtype=torch.uint8)
    first = model.net[1].weight.detach().clone()
    for step in range(100):
        with torch.no_grad():
            model.net[1].weight.copy_(first * 1.05**step)
        model(images)
        average.update(model, step)
    spread = average.model.eval()(images).std(0)
    assert spread.sub(1).abs().max() < 0.3
    for kept, buffer in zip(average.model.buffers(), model.buffers(), strict=True):
        kept.copy_(buffer)
    assert average.model(images).std(0).max() < 0.6
