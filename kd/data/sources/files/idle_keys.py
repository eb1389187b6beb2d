"""Keys of the data that a kind of source has no use for."""

from typing import Literal

from kd.config import DataConfig
from kd.errors import InputError

_NAMES = {"config": "configurations", "image_column": "columns", "label_column": "columns"}


def refuse_idle_keys(data: DataConfig, what: str, *keys: Literal["config", "image_column", "label_column"]) -> None:
    """Refuse what would choose among things that there are none of.

    Args:
        data: As the sweep file has it.
        what: The source, for the message.
        keys: That do nothing for it.

    Raises:
        InputError: One of them was given.
    """
    for key in keys:
        if getattr(data, key) is not None:
            raise InputError(f"data.{key}: {what} has no {_NAMES[key]}; leave the key out")
