"""Where the generators stand that a training draws from."""

import random
from typing import Any

import numpy as np
import torch

RandomState = dict[str, Any]
"""Tensors and plain values, so that a checkpoint can hold it."""


def set_seed(seed: int) -> None:
    """Seed Python's, numpy's and torch's global generators, on every device."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 code that a script calls may still draw from it
    torch.manual_seed(seed)


def get_random_state(device: torch.device, *loaders: object) -> RandomState:
    """Of Python's, numpy's and torch's global generators, of a GPU's, and of those that ``DataLoader``s were given."""
    version, numbers, gauss = random.getstate()
    name, keys, *position = np.random.get_state()  # noqa: NPY002 what augmentations of one's own still draw from
    state: RandomState = {
        "python": (version, list(numbers), gauss),
        "numpy": (name, torch.from_numpy(np.asarray(keys, np.int64)), position),
        "torch": torch.get_rng_state(),
        "loaders": [generator.get_state() for generator in _own_generators(loaders)],
    }
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def set_random_state(state: RandomState, device: torch.device, *loaders: object) -> None:
    """Go on from where ``get_random_state`` found them, with loaders like those."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    name, keys, position = state["numpy"]
    np.random.set_state((name, keys.cpu().numpy().astype(np.uint32), *position))  # noqa: NPY002
    torch.set_rng_state(state["torch"].cpu())
    for generator, own in zip(_own_generators(loaders), state["loaders"], strict=False):
        generator.set_state(own.cpu())
    if "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"].cpu(), device)


def _own_generators(loaders: tuple[object, ...]) -> list[torch.Generator]:
    """Those of the loaders and of their samplers, each once."""
    places = list(loaders)
    for loader in loaders:
        batch_sampler = getattr(loader, "batch_sampler", None)
        places += [getattr(loader, "sampler", None), batch_sampler, getattr(batch_sampler, "sampler", None)]
    found = (getattr(place, "generator", None) for place in places)
    return list({id(each): each for each in found if isinstance(each, torch.Generator)}.values())
