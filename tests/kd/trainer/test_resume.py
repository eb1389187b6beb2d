"""A training that was cut anywhere goes on to the same bits on a CPU."""

import random

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR, MultiStepLR, OneCycleLR, ReduceLROnPlateau, SequentialLR, StepLR
from torch.utils.data import DataLoader, Dataset

from kd import Callback, DistillationLoss, set_seed
from kd.errors import InputError, NonFiniteLossError
from kd.losses import LossSchedule
from tests.kd.trainer.toy import data, net, trainer


class Shaken(Dataset):
    """Images that every generator in use has a hand in."""

    def __init__(self):
        self.images, self.labels = data(41).tensors

    def __len__(self):
        return len(self.images)

    def __getitem__(self, number):
        noise = random.random() + np.random.rand() + torch.rand(1)  # noqa: NPY002
        return self.images[number] + 0.1 * noise, self.labels[number]


class KilledError(Exception):
    """The process ends here."""


class Killer(Callback):
    def __init__(self, step):
        self._step = step

    def on_step_end(self, trainer, losses):
        if trainer.steps_done == self._step:
            raise KilledError


def one_cycle(optimizer):
    return OneCycleLR(optimizer, 0.2, total_steps=40)


def warmed_up(optimizer):
    warmup = LambdaLR(optimizer, lambda step: (step + 1) / 4)
    return SequentialLR(optimizer, [warmup, MultiStepLR(optimizer, [2, 5])], [3])


RECIPES = {
    "momentum-step-per-epoch": {"schedule": lambda optimizer: StepLR(optimizer, 1, 0.5)},
    "averaged-clipped-in-parts": {"ema_decay": 0.9, "clip_grad_norm": 0.5, "accumulation_steps": 3},
    "one-cycle-per-step": {"schedule": one_cycle, "scheduler_interval": "step", "kind": torch.optim.AdamW},
    "warmed-up-per-step": {"schedule": warmed_up, "scheduler_interval": "step"},
    "plateau": {"schedule": lambda optimizer: ReduceLROnPlateau(optimizer, patience=0, threshold=1.0)},
    "bf16-adam": {"precision": "bf16", "kind": torch.optim.Adam},
    "generators-of-the-loader": {"generator": True},
    "warmed-up-cooled-down-loss": {
        "loss": lambda: DistillationLoss(8.0, 0.7, schedule=LossSchedule(3, 2, "cosine", 1.0)),
    },
    "learned-temperature": {"loss": lambda: DistillationLoss(15.0, 0.7, schedule=LossSchedule(0, 0, "learned"))},
}


def started(folder, recipe, seed=0, **changes):
    """As a script would that is started again: everything new, and seeded."""
    set_seed(seed)
    changes = RECIPES[recipe] | changes
    generator = torch.Generator().manual_seed(5) if changes.pop("generator", False) else None
    torch.manual_seed(1)
    student = nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 3))
    loss = changes.pop("loss", DistillationLoss)()
    optimizer = changes.pop("kind", torch.optim.SGD)([*student.parameters(), *loss.parameters()], lr=0.1)
    schedule = changes.pop("schedule", None)
    return trainer(
        teacher=net(),
        student=student,
        loss=loss,
        optimizer=optimizer,
        scheduler=schedule and schedule(optimizer),
        train_loader=DataLoader(Shaken(), 8, shuffle=True, generator=generator),  # the last batch is of one image
        test_loader=DataLoader(Shaken(), 16, generator=generator),
        checkpoints=folder,
        **changes,
    )


def outcome(training):
    return {name: value.clone() for name, value in training.model.state_dict().items()}, training.history


@pytest.fixture(params=RECIPES)
def recipe(request):
    return request.param


def script(training):
    """Two calls, with something drawn between."""
    training.train(1)
    random.random(), torch.rand(3)
    training.train(2)
    return training


@pytest.mark.parametrize("cut", [2, 6, 9, 12, 17])
def test_a_cut_does_not_show(tmp_path, recipe, cut):
    weights, history = outcome(script(started(tmp_path / "whole", recipe)))
    with pytest.raises(KilledError):
        script(started(tmp_path / "cut", recipe, checkpoint_every=4, callbacks=[Killer(cut)]))
    resumed = started(tmp_path / "cut", recipe, checkpoint_every=4, seed=99 if cut >= 4 else 0)
    assert 0 <= cut - resumed.steps_done <= 4
    script(resumed)
    assert resumed.history == history
    assert resumed.steps_done == 18
    for name, value in outcome(resumed)[0].items():
        assert torch.equal(value, weights[name]), name


def test_what_is_done_is_not_trained_again(tmp_path):
    first = script(started(tmp_path, "momentum-step-per-epoch"))
    again = script(started(tmp_path, "momentum-step-per-epoch", callbacks=[Killer(19)]))
    assert again.history == first.history
    assert again.epochs_done == 3
    with pytest.raises(KilledError):  # one epoch more than there were
        again.train(1)


def test_an_early_stop_is_remembered(tmp_path):
    class Stopper(Callback):
        def on_epoch_end(self, trainer, epoch):
            if len(trainer.history["val_loss"]) == 2:
                trainer.stop()

    def run():
        training = started(tmp_path, "momentum-step-per-epoch", callbacks=[Stopper()])
        training.train(9)
        return training

    assert run().epochs_done == 2
    again = run()
    assert again.epochs_done == 2
    again.train(1)
    assert again.epochs_done == 3


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    started(tmp_path, "averaged-clipped-in-parts").train(1)
    with pytest.raises(InputError, match="is of a training with ema_decay, this is one without; give another folder"):
        started(tmp_path, "bf16-adam")
    with pytest.raises(InputError, match="is of a training without scheduler, this is one with"):
        started(tmp_path, "plateau", ema_decay=0.5)
    with pytest.raises(InputError, match="is of another student; give another folder: Error") as caught:
        trainer(student=net(9), checkpoints=tmp_path)
    assert "\n" not in str(caught.value)


def test_other_data_than_the_checkpoints_is_refused(tmp_path):
    with pytest.raises(KilledError):
        started(tmp_path, "bf16-adam", checkpoint_every=5, callbacks=[Killer(5)]).train(1)
    with pytest.raises(KilledError):
        started(tmp_path, "bf16-adam", checkpoint_every=5, callbacks=[Killer(6)]).train(1)
    shorter = started(tmp_path, "bf16-adam")
    shorter._train_loader = DataLoader(Shaken(), 16)
    with pytest.raises(InputError, match="gave 3 batches, the checkpoint is 5 into an epoch: not its data"):
        shorter.train(1)


def test_a_damaged_checkpoint_is_passed_over(tmp_path):
    whole = started(tmp_path / "whole", "bf16-adam").train(2)
    started(tmp_path / "cut", "bf16-adam").train(2)
    newest = max((tmp_path / "cut").glob("*.pt"))
    newest.write_bytes(newest.read_bytes()[:-10])
    with pytest.warns(UserWarning, match="is damaged and was passed over"):
        again = started(tmp_path / "cut", "bf16-adam")
    assert again.epochs_done == 1
    assert again.train(2) == whole


def test_weights_that_are_no_numbers_are_not_kept(tmp_path):
    broken = started(tmp_path, "averaged-clipped-in-parts", checkpoint_every=1, clip_grad_norm=None)
    for group in broken.optimizer.param_groups:
        group["lr"] = 1e38
    with pytest.raises(NonFiniteLossError, match="in epoch 1"):
        broken.train(1)
    assert len(list(tmp_path.glob("*.pt"))) == 1  # of the first step, whose loss was measured before it


def test_after_an_interruption_the_next_call_trains_what_it_is_asked_for(tmp_path):
    training = started(tmp_path, "bf16-adam", callbacks=[killer := Killer(8)])
    with pytest.raises(KilledError):
        training.train(5)
    assert training.epochs_done == 1
    killer._step = None
    assert len(training.train(2)["lr"]) == 3
