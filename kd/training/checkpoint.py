"""Checkpoints: the newest two, each with its SHA-256 in its name, read without running pickles."""

import copy
import hashlib
import io
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from kd.errors import InputError
from kd.files import remove_strays, write_bytes
from kd.training.optimization.optimizers import load_state

NUM_KEPT = 2
_NAME = re.compile(r"step-(\d{9})-([0-9a-f]{16})\.pt")


def save_checkpoint(folder: Path, step: int, state: dict[str, Any]) -> None:
    """Write ``state`` (tensors and plain values) as the checkpoint of ``step``; keep one older beside it.

    A checkpoint of a later step is dropped too: training is here because that one was damaged, and
    it would crowd out the good ones.
    """
    folder.mkdir(exist_ok=True)
    buffer = io.BytesIO()
    torch.save(_without_neighbours(state), buffer)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()[:16]
    written = folder / f"step-{step:09d}-{digest}.pt"
    remove_strays(folder, "step-*")
    write_bytes(written, content)
    there = _newest_first(folder)
    older = [path for path in there if path.name < written.name]
    kept = {written, *older[: NUM_KEPT - 1]}
    for path in set(there) - kept:
        path.unlink(missing_ok=True)


def load_checkpoint(folder: Path, device: torch.device) -> dict[str, Any] | None:
    """The newest checkpoint whose content fits its checksum, or None where there is none."""
    for path in _newest_first(folder):
        content = path.read_bytes()
        match = _NAME.fullmatch(path.name)
        if match and hashlib.sha256(content).hexdigest().startswith(match[2]):
            state: dict[str, Any] = torch.load(io.BytesIO(content), map_location=device, weights_only=True)
            return state
        warnings.warn(f"{path} is damaged and was passed over", stacklevel=2)
    return None


class Stateful(Protocol):
    """A model, an optimizer, a scheduler."""

    def state_dict(self) -> dict[str, Any]:
        """What to keep."""

    def load_state_dict(self, state: dict[str, Any], /) -> Any:
        """Go on from it."""


def load_states(parts: Mapping[str, Stateful | None], states: Mapping[str, Any], where: str) -> None:
    """Have each part go on from the state under its name; None: the training has no such part.

    Raises:
        InputError: They are of a training with other parts, in one line that begins with ``where``.
    """
    for name, part in parts.items():
        if (states.get(name) is None) != (part is None):
            held, here = ("with", "without") if part is None else ("without", "with")
            raise InputError(f"{where} is of a training {held} {name}, this is one {here}; give another folder")
        try:
            if isinstance(part, torch.optim.Optimizer):
                load_state(part, states[name])
            elif part is not None:
                part.load_state_dict(states[name])
        except (RuntimeError, ValueError, KeyError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{where} is of another {name}; give another folder: {reason}") from error


def _without_neighbours(value: Any) -> Any:
    """The same, with a copy of each tensor that lies within a larger one: torch would write all of that."""
    match value:
        case Tensor() if value.untyped_storage().nbytes() > value.nbytes:
            return value.clone()
        case dict():
            kept = copy.copy(value)  # with the versions of its modules, which a state_dict has as an attribute
            kept.update((key, _without_neighbours(each)) for key, each in value.items())
            return kept
    return value


def _newest_first(folder: Path) -> list[Path]:
    return sorted((path for path in folder.glob("step-*.pt") if _NAME.fullmatch(path.name)), reverse=True)
