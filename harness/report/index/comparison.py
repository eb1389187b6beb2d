"""Sweep files side by side: every setting, and where they differ."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from harness.sweep.schema import Sweep

LABELS = ("name", "description")  # the columns' heads say them
NUM_TINTS = 4


class Setting(NamedTuple):
    """One key of the sweep files and its value in each.

    ``values``: as JSON, but texts as they are; None where a file has no such key. ``groups``: equal values have
    equal numbers, and the commonest value has 0.
    """

    key: str
    values: tuple[str | None, ...]
    groups: tuple[int, ...]

    @property
    def differs(self) -> bool:
        """Whether not all are equal."""
        return any(self.groups)

    @property
    def tints(self) -> tuple[int, ...]:
        """Which tint each value has: 0 for none. Few tints serve any number of values."""
        return tuple(0 if group == 0 else 1 + (group - 1) % NUM_TINTS for group in self.groups)


def compare_settings(sweeps: Sequence[Mapping[str, Any]]) -> list[Setting]:
    """Every setting of any sweep, in the order of a sweep file.

    >>> [setting.groups for setting in compare_settings([{"seeds": 3}, {"seeds": 5}, {"seeds": 5}])]
    [(1, 0, 0)]
    """
    flat = [dict(_flatten(sweep)) for sweep in sweeps]
    order = {field: number for number, field in enumerate(Sweep.model_fields)}
    keys = dict.fromkeys(key for one in flat for key in one if key not in LABELS)
    ordered = sorted(keys, key=lambda key: order.get(key.partition(".")[0], len(order)))
    return [_setting(key, tuple(one.get(key) for one in flat)) for key in ordered]


def _setting(key: str, values: tuple[str | None, ...]) -> Setting:
    ranks = {value: rank for rank, (value, _) in enumerate(Counter(values).most_common())}
    return Setting(key, values, tuple(ranks[value] for value in values))


def _flatten(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Dotted keys as ``SET`` takes them; a list of plain values is one value."""
    inner: Sequence[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        inner = list(enumerate(value))
    if not inner:
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    for key, each in inner:
        yield from _flatten(each, f"{path}.{key}" if path else str(key))
