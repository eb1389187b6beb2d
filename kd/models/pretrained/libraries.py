"""What ``timm:NAME`` and ``torchvision:NAME`` have in common: an optional package, and weights or none."""

import difflib
import importlib
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

import torch

from kd.config import Arguments
from kd.errors import InputError, one_line

PRETRAINED = "pretrained"
"""The argument that says whether a network comes with its weights, as it does where nothing is said."""


def import_library(package: str, name: str) -> ModuleType:
    """The package, once a model wants it.

    Raises:
        InputError: It is not installed, or does not load beside this torch.
    """
    try:
        return importlib.import_module(package)
    except Exception as error:  # a torchvision of another build raises what torch's registry raises
        if isinstance(error, ModuleNotFoundError) and error.name == package:
            raise InputError(f"model: {name} needs the package {package}: pip install 'kd-sweep[{package}]'") from error
        raise InputError(
            f"model: {name} needs {package}, which cannot be imported: {one_line(error)}; install the torchvision that "
            f"belongs to torch {torch.__version__}, from where that came"
        ) from error


def check_known(kind: str, name: str, known: Iterable[str]) -> None:
    """Refuse a network that the installed library does not have.

    Raises:
        InputError: Names the nearest that it has.
    """
    names = list(known)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=3)
        module = {"timm:": "timm", "torchvision:": "torchvision.models"}[kind]
        hint = f" (did you mean {', '.join(near)}?)" if near else f"; {module}.list_models() lists those that it has"
        raise InputError(f"model: {kind}{name}: the installed {kind.rstrip(':')} has no such network{hint}")


def cannot_build(name: str, error: Exception, arguments: Mapping[str, Any]) -> InputError:
    """What a library said, in one line."""
    given = f" with {', '.join(arguments)}" if arguments else ""
    hint = f"; arguments: {{{PRETRAINED}: false}} begins with random weights" if PRETRAINED not in arguments else ""
    return InputError(f"model: {name} cannot be built{given}: {one_line(error)}{hint}")


def without_weights(arguments: Mapping[str, Any]) -> Arguments:
    """Arguments for a network that is given its weights afterwards: nothing is downloaded for it."""
    return Arguments({**arguments, PRETRAINED: False})


def check_channels(name: str, network: int, images: int) -> None:
    """Refuse images of other channels than the network's; grey ones are repeated.

    Raises:
        InputError: Says both.
    """
    if images not in (1, network):
        raise InputError(
            f"model: {name} takes {network} channel(s), the images have {images}; "
            "take a model that fits, or other images"
        )
