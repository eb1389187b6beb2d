"""What each option of a training does, against the same training written out."""

import logging
from itertools import count
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from kd.config import (
    OptimizerConfig,
    ScheduleConfig,
)
from kd.data.images import open_training
from kd.errors import InterruptedTrainingError, NonFiniteLossError
from kd.models import ImageModel
from kd.training.loop import Training
from tests.kd.run_lab import CPU, Memory, by_hand, difference, run

SGD = OptimizerConfig(name="sgd", lr=0.1)


def test_a_smoothed_teacher_is_warned_about(lab, caplog):
    with caplog.at_level(logging.WARNING, "kd"):
        lab.execute(lab.config(training={"label_smoothing": 0.1, "epochs": 1}))
    assert caplog.messages == []
    with caplog.at_level(logging.WARNING, "kd"):
        lab.execute(lab.config(role="teacher", training={"label_smoothing": 0.1, "epochs": 1}))
    assert "teacher.label_smoothing is 0.1" in caplog.messages[0]


@pytest.mark.parametrize("largest", [0.05, 1e6])
def test_gradients_are_clipped_to_a_norm(lab, largest):
    config = lab.config(training={"optimizer": SGD, "clip_grad_norm": largest})

    def step(model, optimizer, images, labels, number):
        F.cross_entropy(model(images), labels).backward()
        norm = torch.cat([parameter.grad.flatten() for parameter in model.parameters()]).norm()
        for parameter in model.parameters():
            parameter.grad *= min(1.0, largest / norm.item())
        optimizer.step()

    assert difference(run(lab, config), by_hand(lab, config, step).net.state_dict()) < 1e-5


def test_precision_narrows_training_and_never_evaluation(lab):
    model = ImageModel(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 3)))
    images = torch.randint(0, 256, (4, 1, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    exact = model.eval()(images)
    model.precision = "bf16"
    assert torch.equal(model(images), exact)
    narrow = model.train()(images)
    assert narrow.dtype is torch.float32
    assert torch.equal(narrow, narrow.bfloat16().float())
    assert not torch.equal(narrow, exact)
    for precision in ("fp32", "auto"):  # auto: a CPU computes in float32
        model.precision = precision
        assert torch.equal(model(images), exact)
    wide, narrowed = lab.config(), lab.config(training={"precision": "bf16"})
    assert 0 < difference(run(lab, wide), run(lab, narrowed)) < 0.1


@pytest.mark.parametrize(
    "training",
    [
        {"optimizer": OptimizerConfig(name="sgd", lr=0.1, nesterov=True)},
        {"optimizer": OptimizerConfig(name="sgd", lr=0.1, weight_decay=0.1)},
        {"optimizer": SGD, "schedule": ScheduleConfig(name="step", milestones=(1,))},
        {"optimizer": SGD, "schedule": ScheduleConfig(name="one_cycle")},
    ],
)
def test_options_of_optimizer_and_schedule_reach_the_run(lab, training):
    assert difference(run(lab, lab.config(training={"optimizer": SGD})), run(lab, lab.config(training=training))) > 1e-4


def test_an_accumulated_batch_still_ends_at_a_loss_that_is_no_number(lab):
    training = {"optimizer": OptimizerConfig(name="sgd", lr=1e38), "accumulation_steps": 2, "clip_grad_norm": 1e30}
    with pytest.raises(NonFiniteLossError):
        lab.execute(lab.config(training=training))


def test_a_training_goes_on_from_what_its_hooks_kept(lab):
    config, data, hooks = lab.config(), open_training(lab.data, lab.paths.data, CPU), Memory(stop_at=4)
    first = Training(config, data, hooks)
    assert (first.steps_done, first.epochs_done) == (0, 0)
    with pytest.raises(InterruptedTrainingError, match="after step 4, in epoch 2"):
        first.run()
    resumed = Training(config, data, Memory(hooks.state))
    assert (resumed.steps_done, resumed.epochs_done) == (4, 1)
    assert resumed.history == first.history
    for mine, theirs in zip(resumed.model.parameters(), first.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize("num_sharing", [1, 2])
def test_an_epoch_takes_its_own_seconds_divided_among_those_that_share_them(lab, monkeypatch, num_sharing):
    ticks = count()
    monkeypatch.setattr("kd.training.loop.time", SimpleNamespace(perf_counter=lambda: float(next(ticks))))
    training = Training(lab.config(), open_training(lab.data, lab.paths.data, CPU), Memory())
    assert training.num_sharing == 1
    training.num_sharing = num_sharing
    training.run()
    seconds = 4 / num_sharing  # a look before each of three batches, and one at the end
    assert [epoch.seconds for epoch in training.history.epochs] == [seconds] * 3
    assert [epoch.images_per_s for epoch in training.history.epochs] == [90 / seconds] * 3


def test_a_training_that_was_pruned_says_so_and_one_that_is_over_does_nothing(lab):
    config, data, hooks = lab.config(), open_training(lab.data, lab.paths.data, CPU), Memory(prune_after=2)
    training = Training(config, data, hooks)
    assert (training.run(), training.epochs_done) == (False, 2)
    again = Training(config, data, Memory(hooks.state, prune_after=2))
    assert (again.run(), again.steps_done) == (False, training.steps_done)  # it is not taken up again
    whole = Memory()
    assert Training(config, data, whole).run()
    over = Training(config, data, Memory(whole.state))
    assert over.run() and over.steps_done == 9
    assert over.val_logits is not None and len(over.val_logits) == len(data.val.labels_N)
