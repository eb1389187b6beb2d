"""One step, against the same written out."""

import contextlib
import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from kd.losses import LossParts
from kd.training.optimization.ema import WeightAverage
from kd.training.step import Trained, backward, sums_over_images, take_step


def test_a_step_in_parts_is_a_step_of_the_whole():
    torch.manual_seed(0)
    model = nn.Linear(4, 3)
    by_hand = copy.deepcopy(model)
    images, labels = torch.rand(10, 4), torch.arange(10) % 3
    average = WeightAverage(model, 0.5)
    trained = Trained(model, torch.optim.SGD(model.parameters(), lr=0.5), average, clip_grad_norm=0.1)
    entered = []

    @contextlib.contextmanager
    def without_exchange():
        entered.append("in")
        yield
        entered.append("out")

    def add_gradients(rows):
        hard = F.cross_entropy(model(images[rows]), labels[rows])
        entered.append(len(rows))
        backward(LossParts(hard, hard, hard), len(rows) / 10)

    take_step(trained, 0, torch.arange(10).split(4), add_gradients, without_exchange())
    assert entered == ["in", 4, 4, "out", 2]
    F.cross_entropy(by_hand(images), labels).backward()
    norm = torch.cat([each.grad.flatten() for each in by_hand.parameters()]).norm()
    assert norm > 0.1
    for after, before, mean in zip(model.parameters(), by_hand.parameters(), average.model.parameters(), strict=True):
        moved = before - 0.5 * before.grad * 0.1 / norm
        torch.testing.assert_close(after, moved)
        torch.testing.assert_close(mean, 0.1 * before + 0.9 * moved)  # of the first step, d is 1/10


def test_layers_beside_the_model_are_clipped_with_it_and_no_part_of_its_average():
    torch.manual_seed(0)
    model, beside = nn.Linear(2, 2), nn.Linear(2, 2)
    before = [each.detach().clone() for each in (*model.parameters(), *beside.parameters())]
    optimizer = torch.optim.SGD([*model.parameters(), *beside.parameters()], lr=1.0)
    trained = Trained(model, optimizer, WeightAverage(model, 0.5), clip_grad_norm=0.5, beside=beside)

    def add_gradients(part):
        loss = beside(model(part)).square().sum() * 100
        backward(LossParts(loss, loss, loss), 1)

    take_step(trained, 0, [torch.ones(3, 2)], add_gradients)
    moves = [one - other for one, other in zip(before, (*model.parameters(), *beside.parameters()), strict=True)]
    assert torch.cat([move.flatten() for move in moves]).norm().item() == pytest.approx(0.5, rel=1e-4)
    assert all(move.abs().sum() > 0 for move in moves)


def test_gradients_of_the_step_before_are_gone():
    model = nn.Linear(2, 2)
    trained = Trained(model, torch.optim.SGD(model.parameters(), lr=0.0))
    gradients = []
    for step in range(2):

        def add_gradients(part):
            loss = model(part).sum()
            backward(LossParts(loss, loss, loss), 1)

        take_step(trained, step, [torch.ones(1, 2)], add_gradients)
        gradients.append(model.weight.grad.clone())
    assert torch.equal(*gradients)


@pytest.mark.parametrize("labels", [torch.tensor([0, 1, 1]), torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])])
def test_sums_over_images(labels):
    losses = LossParts(torch.tensor(3.0), torch.tensor(1.0), torch.tensor(2.0))
    logits = torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 0.0]], requires_grad=True)
    sums = sums_over_images(losses, logits, labels)
    assert sums.dtype is torch.float64
    assert sums.tolist() == [9.0, 3.0, 6.0, 2.0]
