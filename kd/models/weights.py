"""A file of weights (``.pth``, ``.pt``, ``.safetensors``) for a network by import path: a state dict, and nothing else.

Tensors alone are read, never a pickled object. What training loops put around the weights is taken off: the dictionary
of a checkpoint, the prefixes of ``DataParallel`` and ``torch.compile``, the counter of ``AveragedModel``. What then
does not fit is refused, all of it in one line.
"""

import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from kd.errors import InputError, one_line

_WRAPPERS = ("state_dict", "model_state_dict", "model")
_PREFIXES = ("module.", "_orig_mod.")
_COUNTER = "n_averaged"  # of torch.optim.swa_utils.AveragedModel, beside the weights
_POINTER = b"version https://git-lfs"
_PICKLE = b"\x80"
_ANOTHER_COPY = "take another copy"
_NO_WEIGHTS = "is no file of weights; give one that torch.save or safetensors wrote"
_NAMES_SHOWN = 3


def read_weights(path: Path) -> dict[str, Tensor]:
    """The state dict in a file, on the CPU.

    Raises:
        InputError: It cannot be read, or holds something else; the message says how to save one.
    """
    where = f"checkpoint: {path}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's on TorchScript, which is refused below
            content: Any = (
                load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
            )
    except Exception as error:  # torch and safetensors raise types of their own for what they do not read
        raise InputError(f"{where}: {_why_unreadable(path, error)}") from error
    while isinstance(content, Mapping) and (inner := _unwrapped(content)) is not None:
        content = inner
    if not _is_state_dict(content):
        found = _some_of(list(map(str, content))) if isinstance(content, Mapping) else type(content).__name__
        raise InputError(
            f"{where}: holds no state dict, but {found or 'an empty one'}; wanted are names and tensors, as they are, "
            f"under {', '.join(_WRAPPERS)}, or as the only ones in the file: {_how_to_save(path)}"
        )
    return {_without_prefixes(name): tensor for name, tensor in content.items()}


def _why_unreadable(path: Path, error: Exception) -> str:
    """What a file is that torch and safetensors do not read, and what to do about it.

    Told by its content: torch's own words for it are those of whatever it stumbled over.
    """
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.strerror}; make it readable, or give another"
    with path.open("rb") as file:
        head = file.read(len(_POINTER))
    if not head:
        return f"is empty; {_ANOTHER_COPY}"
    if head == _POINTER:
        return "is a pointer of Git LFS, not the weights: git lfs pull fetches them"
    if path.suffix == ".safetensors":
        return f"{str(error).strip().partition(chr(10))[0]}; {_ANOTHER_COPY}"
    if head.startswith(b"PK") and (other := _other_archive(path)):
        return other
    if not head.startswith((b"PK", _PICKLE)):
        return _NO_WEIGHTS
    if "weights_only" in str(error) or "Unsupported" in str(error):
        return (
            "it holds Python objects, which are not loaded: they could run anything; save the weights alone: "
            f"{_how_to_save(path)}"
        )
    return f"is damaged ({one_line(error)}); {_ANOTHER_COPY}"


def _other_archive(path: Path) -> str | None:
    """What a zip file is that is not of torch.save, or not whole."""
    if not zipfile.is_zipfile(path):
        return f"is cut short; {_ANOTHER_COPY}"
    with zipfile.ZipFile(path) as archive:
        names = {name.rpartition("/")[2] for name in archive.namelist()}
    if "constants.pkl" in names:
        return (
            "is a TorchScript archive, which torch.jit.load reads: give as model a function of your own that returns "
            "what it loads (docs/own-teacher.md)"
        )
    return None if "data.pkl" in names else _NO_WEIGHTS


def _how_to_save(path: Path) -> str:
    return f"torch.save(model.state_dict(), '{path.stem}-weights.pth')"


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
    given = _of_the_network(read_weights(path), own)
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
    """What stands under a usual name of a state dict, or is the only one; None where the content is one or has none."""
    if _is_state_dict(content):
        return None
    usual = next((content[key] for key in _WRAPPERS if isinstance(content.get(key), Mapping)), None)
    state_dicts = [value for value in content.values() if _is_state_dict(value)]
    return state_dicts[0] if usual is None and len(state_dicts) == 1 else usual


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


def _of_the_network(given: dict[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without a prefix, as that of Lightning's attribute, under which just the network's names stand.

    Beside them may stand what is no part of the network: a loss's weights, a metric's sums. Where two prefixes fit, as
    those of a student and its teacher, none is taken.
    """
    given = {name: tensor for name, tensor in given.items() if name != _COUNTER or name in own}
    wrapped = {_without_prefixes(name): name for name in own}  # what was taken off may be a name of the network's own
    if len(wrapped) == len(own):
        given = {wrapped.get(name, name): tensor for name, tensor in given.items()}
    if own.keys() <= given.keys() or not own:
        return given
    first = next(iter(own))
    fitting = []
    for prefix in (name.removesuffix(first) for name in given if name.endswith(f".{first}")):
        under = {name.removeprefix(prefix): tensor for name, tensor in given.items() if name.startswith(prefix)}
        if under.keys() == own.keys():
            fitting.append(under)
    return fitting[0] if len(fitting) == 1 else given


def _shape(tensor: Tensor) -> str:
    return str(list(tensor.shape))


def _some_of(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
