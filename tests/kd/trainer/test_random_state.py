"""Every generator that a training may draw from goes on from where it stood."""

import random

import numpy as np
import torch
from torch.utils.data import DataLoader, RandomSampler

from kd import set_seed
from kd.trainer.random_state import get_random_state, set_random_state
from kd.training.checkpoint import load_checkpoint, save_checkpoint

CPU = torch.device("cpu")


def test_the_seed_is_of_every_generator():
    def drawn():
        set_seed(7)
        return random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002

    assert drawn() == drawn()
    first = drawn()
    set_seed(8)
    assert torch.rand(1).item() != first[2]


def test_all_go_on_from_a_checkpoint(tmp_path):
    generators = [torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)]
    one = DataLoader(range(8), shuffle=True, generator=generators[0])
    other = DataLoader(range(8), sampler=RandomSampler(range(8), generator=generators[1]))

    def drawn():
        orders = [[int(each) for each in loader] for loader in (one, other, DataLoader(range(8), shuffle=True))]
        return random.random(), np.random.randn(), torch.rand(1).item(), orders  # noqa: NPY002

    np.random.randn()  # noqa: NPY002 the second number of a pair is kept for the next call
    save_checkpoint(tmp_path, 0, {"random": get_random_state(CPU, one, other)})
    expected, later = drawn(), drawn()
    assert expected != later
    set_random_state(load_checkpoint(tmp_path, CPU)["random"], CPU, one, other)
    assert drawn() == expected


def test_a_generator_that_two_loaders_share_is_kept_once():
    generator = torch.Generator()
    loaders = [DataLoader(range(4), shuffle=shuffle, generator=generator) for shuffle in (True, False)]
    assert len(get_random_state(CPU, *loaders, iter([]))["loaders"]) == 1
