"""A file of weights (``.pth``, ``.pt``, ``.safetensors``) for a network by import path: a state dict, and nothing else.

Tensors alone are read, never a pickled object. What training loops put around the weights is taken off: the dictionary
of a checkpoint, and the prefixes of ``DataParallel`` and ``torch.compile``. What then does not fit is refused, all of
it in one line.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from kd.errors import InputError

_WRAPPERS = ("state_dict", "model_state_dict", "model")
_PREFIXES = ("module.", "_orig_mod.")
_NAMES_SHOWN = 3


def read_weights(path: Path) -> dict[str, Tensor]:
    """The state dict in a file, on the CPU.

    Raises:
        InputError: It cannot be read, or holds something else; the message says how to save one.
    """
    where = f"checkpoint: {path}"
    try:
        content: Any = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
    except Exception as error:  # torch and safetensors raise types of their own for what they do not read
        reason = str(error).strip().partition("\n")[0]
        if "weights_only" in str(error) or "Unsupported" in str(error):
            reason = "it holds Python objects, which are not loaded: they could run anything"
        raise InputError(
            f"{where}: {reason}; save the weights alone: torch.save(model.state_dict(), '{path.stem}.pth')"
        ) from error
    while isinstance(content, Mapping) and (inner := _unwrapped(content)) is not None:
        content = inner
    if not _is_state_dict(content):
        found = f"{', '.join(map(str, list(content)[:6]))}" if isinstance(content, Mapping) else type(content).__name__
        raise InputError(
            f"{where}: holds no state dict, but {found}; wanted are names and tensors, as they are or under "
            f"{', '.join(_WRAPPERS)}: torch.save(model.state_dict(), '{path.stem}.pth')"
        )
    return {_without_prefixes(name): tensor for name, tensor in content.items()}


def load_weights(net: nn.Module, path: Path, name: str) -> None:
    """Give a network the weights of a file, each of them.

    Args:
        net: Built already.
        path: The file.
        name: Of the model, for messages.

    Raises:
        InputError: The file does not fit the network; the message lists what is missing, too many, or of another shape.
    """
    own = net.state_dict()
    given = _without_common_prefix(read_weights(path), own)
    shapes = [
        f"{key} {_shape(given[key])} in the file, {_shape(tensor)} in the network"
        for key, tensor in own.items()
        if key in given and given[key].shape != tensor.shape
    ]
    wrong = {
        "missing": [key for key in own if key not in given],
        "unexpected": [key for key in given if key not in own],
        "of other shapes": shapes,
    }
    if any(wrong.values()):
        said = "; ".join(f"{len(keys)} {what}: {_some_of(keys)}" for what, keys in wrong.items() if keys)
        raise InputError(f"checkpoint: {path}: does not fit {name}: {said}; give the factory that it was trained with")
    net.load_state_dict(given)


def _unwrapped(content: Mapping[Any, Any]) -> Any | None:
    """What stands under a usual name of a state dict; None where the content is one, or has none."""
    if _is_state_dict(content):
        return None
    return next((content[key] for key in _WRAPPERS if isinstance(content.get(key), Mapping)), None)


def _is_state_dict(content: Any) -> bool:
    return (
        isinstance(content, Mapping)
        and bool(content)
        and all(isinstance(key, str) and isinstance(value, Tensor) for key, value in content.items())
    )


def _without_prefixes(name: str) -> str:
    while name.startswith(_PREFIXES):
        name = name.partition(".")[2]
    return name


def _without_common_prefix(given: dict[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without what stands before every name, as Lightning's attribute does, where just the network's names are left."""
    first = next(iter(given)).partition(".")[0] + "."
    stripped = {name.removeprefix(first): tensor for name, tensor in given.items() if name.startswith(first)}
    return stripped if len(stripped) == len(given) and stripped.keys() == own.keys() else given


def _shape(tensor: Tensor) -> str:
    return str(list(tensor.shape))


def _some_of(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
