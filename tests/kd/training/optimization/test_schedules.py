"""The learning rate, by hand and against torch."""

import math

import pytest
import torch

from kd.config import ModelTraining, OptimizerConfig, ScheduleConfig, run_id
from kd.files import read_record
from kd.records import History
from kd.training.optimization.schedules import learning_rate


def rate(epoch, *, epochs=10, lr=0.4, **schedule):
    training = ModelTraining(
        model="mnist_mlp", epochs=epochs, optimizer=OptimizerConfig(lr=lr), schedule=ScheduleConfig(**schedule)
    )
    return learning_rate(training, epoch)


@pytest.mark.parametrize(
    ("schedule", "epoch", "expected"),
    [
        ({}, 0, 0.4),
        ({}, 9.9, 0.4),
        ({"warmup_epochs": 2}, 0, 0.0),
        ({"warmup_epochs": 2}, 0.5, 0.1),
        ({"warmup_epochs": 2}, 2, 0.4),
        ({"warmup_epochs": 2}, 7, 0.4),
        ({"name": "cosine"}, 0, 0.4),
        ({"name": "cosine"}, 5, 0.2),
        ({"name": "cosine"}, 10, 0.0),
        ({"name": "cosine"}, 10 / 3, 0.3),  # cos 60° = 1/2
        ({"name": "cosine", "end": 0.1}, 0, 0.4),
        ({"name": "cosine", "end": 0.1}, 5, 0.22),
        ({"name": "cosine", "end": 0.1}, 10, 0.04),
        ({"name": "cosine", "end": 0.1, "warmup_epochs": 2}, 6, 0.22),
        ({"name": "cosine", "warmup_epochs": 2}, 1, 0.2),
        ({"name": "cosine", "warmup_epochs": 2}, 2, 0.4),
        ({"name": "cosine", "warmup_epochs": 2}, 6, 0.2),
        ({"name": "cosine", "warmup_epochs": 2}, 10, 0.0),
        ({"name": "cosine", "warmup_epochs": 10}, 9.5, 0.38),
        ({"name": "cosine", "warmup_epochs": 20}, 10, 0.2),
        ({"name": "step", "milestones": (3, 7)}, 2.99, 0.4),
        ({"name": "step", "milestones": (3, 7)}, 3, 0.04),
        ({"name": "step", "milestones": (3, 7)}, 9, 0.004),
        ({"name": "step", "milestones": (3.5,), "gamma": 0.5, "warmup_epochs": 2}, 1, 0.2),
        ({"name": "step", "milestones": (3.5,), "gamma": 0.5, "warmup_epochs": 2}, 4, 0.2),
        ({"name": "one_cycle"}, 0, 0.016),
        ({"name": "one_cycle"}, 1.5, 0.208),  # half way up
        ({"name": "one_cycle"}, 3, 0.4),
        ({"name": "one_cycle"}, 6.5, 0.2000008),  # half way down
        ({"name": "one_cycle"}, 10, 1.6e-6),
        ({"name": "one_cycle", "peak_at": 0.5}, 5, 0.4),
    ],
)
def test_learning_rate_by_hand(schedule, epoch, expected):
    assert rate(epoch, **schedule) == pytest.approx(expected, abs=1e-12)


def test_the_schedule_moves_with_every_step_and_is_recorded(lab):
    config = lab.config(training={"schedule": ScheduleConfig(name="cosine", warmup_epochs=1)})
    lab.execute(config)
    history = read_record(lab.paths.run(run_id(config)) / "history.json", History)
    # The rate of the last step of each epoch: steps 2, 5 and 8 of 9, three an epoch.
    expected = [2e-3 * 2 / 3, *(2e-3 * (1 + math.cos(math.pi * (step / 3 - 1) / 2)) / 2 for step in (5, 8))]
    assert [epoch.lr for epoch in history.epochs] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("end", [0.0, 0.01, 0.3])
def test_cosine_is_torchs(end):
    """At the beginning of every epoch, the end included; torch has the end as a rate."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    reference = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10, eta_min=0.4 * end)
    for epoch in range(11):
        ours = rate(epoch, epochs=10, name="cosine", end=end)
        assert ours == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9, abs=1e-12)
        optimizer.step()
        reference.step()


def test_steps_are_torchs():
    """The recipe of the CIFAR papers, at the beginning of every epoch and at the end."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.05)
    reference = torch.optim.lr_scheduler.MultiStepLR(optimizer, [150, 180, 210], gamma=0.1)
    for epoch in range(241):
        ours = rate(epoch, epochs=240, lr=0.05, name="step", milestones=(150, 180, 210))
        assert ours == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        optimizer.step()
        reference.step()


def test_one_cycle_is_torchs():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    reference = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.4, total_steps=101, cycle_momentum=False)
    for step in range(101):
        # torch's rise ends at step 0.3 * 101 - 1 and its fall at step 100.
        turn = 0.3 * 101 - 1
        ours = rate(step / 10, epochs=10, name="one_cycle", peak_at=turn / 100)
        assert ours == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        optimizer.step()
        if step < 100:
            reference.step()
