"""Values that a training cannot be made with."""

import pytest
import torch

from kd.errors import InputError
from tests.kd.trainer.toy import net, trainer


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"precision": "fp16"}, "precision must be auto, fp32, bf16, got 'fp16'"),
        ({"clip_grad_norm": 0.0}, "clip_grad_norm must be > 0, got 0.0"),
        ({"clip_grad_norm": float("nan")}, "clip_grad_norm must be > 0, got nan"),
        ({"ema_decay": 1.0}, "ema_decay must be between 0 and 1, got 1.0"),
        ({"accumulation_steps": 0}, "accumulation_steps must be at least 1, got 0"),
        ({"checkpoint_every": 0}, "checkpoint_every must be at least 1, got 0"),
        ({"checkpoint_every": 5}, "checkpoint_every needs checkpoints"),
        ({"scheduler_interval": "batch"}, "scheduler_interval must be epoch or step, got 'batch'"),
    ],
)
def test_values_out_of_range(changes, message):
    with pytest.raises(InputError, match=message):
        trainer(**changes)


def test_a_scheduler_that_needs_the_val_loss_steps_once_an_epoch():
    student = net(8)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    with pytest.raises(InputError, match="scheduler_interval must be epoch, got 'step'"):
        trainer(student=student, optimizer=optimizer, scheduler=scheduler, scheduler_interval="step")
