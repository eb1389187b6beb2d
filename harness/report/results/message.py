"""A message that is chosen where there is no language yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """Words to be said later, in whichever language the reader chose; values may be messages themselves."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
