"""What a downloaded model may not ask for: code, other files, or more memory than there is.

A model folder is somebody else's. Its configuration is data: it chooses among the architectures that ``transformers``
has, and each of its numbers is looked at before anything is made of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from kd.data.images import free_memory
from kd.errors import InputError

FROM_THERE: dict[str, Any] = {"trust_remote_code": False}
"""Of every ``from_pretrained``: never the repository's own code, and never a question that nobody sees."""

MAX_LAYERS = 10_000
MAX_CHANNELS = 64
MAX_SIDE = 4096  # pixels, as of data.image_size
_COUNTS = ("layer", "depth", "block")  # in the names of settings that say how many modules are made, one by one
_TIMM_FILES = {"checkpoint_path", "pretrained", "pretrained_cfg", "pretrained_cfg_overlay", "cache_dir"}
_NOT_FREE = {"architectures", "dtype", "id2label", "label2id", "model_type", "num_labels", "transformers_version"}


def check_config(config: Any) -> None:
    """Refuse settings that name files, or that ask for more modules than any network has.

    Args:
        config: Of transformers.

    Raises:
        InputError: Names the setting and its value.
    """
    for key, number in _numbers(config.to_dict()):
        if any(word in key for word in _COUNTS) and number > MAX_LAYERS:
            raise InputError(f"its config.json has {key} {number:,}; at most {MAX_LAYERS:,} are built")
    if getattr(config, "num_channels", 3) not in range(1, MAX_CHANNELS + 1):
        raise InputError(f"its config.json has num_channels {config.num_channels}; 1 to {MAX_CHANNELS} are taken")
    timm = getattr(config, "model_args", None)
    check_timm(str(getattr(config, "architecture", "")), timm if isinstance(timm, Mapping) else {})


def check_timm(architecture: str, arguments: Mapping[str, Any]) -> None:
    """Refuse what makes timm read other files than a network's own weights, or build more modules than any has.

    Raises:
        InputError: Names the setting.
    """
    named = sorted(_TIMM_FILES & arguments.keys())
    if named or ":" in architecture:
        asked = named[0] if named else f"architecture {architecture!r}"
        raise InputError(f"timm is asked for other files ({asked}), which are not read on a model's word")
    check_counts(arguments)


def check_counts(arguments: Mapping[str, Any]) -> None:
    """Refuse arguments that ask for more modules than any network has.

    Raises:
        InputError: Names the argument and its value.
    """
    for key, number in _numbers(arguments):
        if any(word in key for word in _COUNTS) and number > MAX_LAYERS:
            raise InputError(f"it asks for {key} {number:,}; at most {MAX_LAYERS:,} are built")


def check_settings(config: Any, arguments: Mapping[str, Any]) -> None:
    """Refuse arguments that are no settings of a model of transformers, which would take them and do nothing.

    Args:
        config: Of transformers.
        arguments: That the sweep file gives.

    Raises:
        InputError: Names them, and what there is.
    """
    own = {key for key in config.to_dict() if not key.startswith("_")} - _NOT_FREE
    odd = sorted(arguments.keys() - own)
    if odd:
        raise InputError(f"its config.json has no {', '.join(odd)} to set; it has {', '.join(sorted(own))}")


def check_memory(config: Any) -> None:
    """Refuse a network whose weights alone are more than the free memory, without making them.

    Raises:
        InputError: The message says both.
    """
    from transformers import AutoModelForImageClassification

    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        net = AutoModelForImageClassification.from_config(config, **FROM_THERE)  # type: ignore[no-untyped-call]
    num_bytes = sum(tensor.numel() * tensor.element_size() for tensor in (*net.parameters(), *net.buffers()))
    free = free_memory(torch.device("cpu"))
    if num_bytes > free:
        raise InputError(
            f"its config.json describes a network of {num_bytes / 2**30:,.0f} GiB; {free / 2**30:.1f} GiB of memory "
            "are free here"
        )


def check_input_size(size: tuple[int, int] | None) -> None:
    """Refuse an image processor that asks for images no network takes.

    Raises:
        InputError: It enlarges them beyond ``MAX_SIDE``.
    """
    if size is not None and not all(1 <= side <= MAX_SIDE for side in size):
        raise InputError(f"it wants images of {size[0]}×{size[1]}; at most {MAX_SIDE}×{MAX_SIDE} are made")


def _numbers(content: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Every number with the name it stands under; numbers of a list count together."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            yield from _numbers(value, str(name))
    elif isinstance(content, list | tuple):
        numbers = [value for value in content if isinstance(value, int | float)]
        yield key, sum(numbers)
        for value in content:
            if isinstance(value, Mapping | list | tuple):
                yield from _numbers(value, key)
    elif isinstance(content, int | float):
        yield key, content
