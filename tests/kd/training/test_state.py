"""What a checkpoint holds, from which a training goes on."""

import pytest
import torch

from kd.data.images import open_training
from kd.errors import InterruptedTrainingError
from kd.training.loop import Training
from tests.kd.run_lab import CPU, Memory


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_a_checkpoint_in_another_memory_layout_goes_on_to_the_same_bits(lab, optimizer):
    """Such as one of a program that did not know channels last; fused optimizers would go wrong without a word."""
    config = lab.config(training={"model": "mnist_cnn", "optimizer": {"name": optimizer, "lr": 1e-3}})
    data = open_training(lab.data, lab.paths.data, CPU)
    whole = Training(config, data, Memory())
    whole.run()
    hooks = Memory(stop_at=1)
    with pytest.raises(InterruptedTrainingError):
        Training(config, data, hooks).run()
    for values in hooks.state["optimizer"]["state"].values():
        values |= {name: value.contiguous() for name, value in values.items() if value is not None}
    resumed = Training(config, data, Memory(hooks.state))
    resumed.run()
    for mine, theirs in zip(resumed.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)
