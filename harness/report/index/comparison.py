"""Sweep files side by side: every setting, and where they differ."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from harness.report.text.numbers import shortened
from harness.sweep.schema import Sweep

LABELS = ("name", "description")  # the columns' heads say them
NUM_TINTS = 4
MAX_LETTERS = 60  # of what stands for a branch
_NAMING = ("name", "method", "model", "source", "loss")  # the keys that say what an entry is
MORE = "…"  # a branch without a name, whose keys follow
_ABSENT = object()  # what a sweep without a branch has for the keys inside


class Setting(NamedTuple):
    """One key of the sweep files and its value in each.

    ``values``: as JSON, but texts as they are, and of a branch that not all have what it is in brief; None where a file
    has no such key. ``groups``: equal values have equal numbers, and the commonest value has 0; None where the branch
    that holds the key is missing, which is a difference of that branch and not of every key in it.
    """

    key: str
    values: tuple[str | None, ...]
    groups: tuple[int | None, ...]

    @property
    def differs(self) -> bool:
        """Whether not all that could have the key are equal."""
        return any(self.groups)

    @property
    def tints(self) -> tuple[int | None, ...]:
        """Which tint each value has: 0 for none. Few tints serve any number of values."""
        return tuple(1 + (group - 1) % NUM_TINTS if group else group for group in self.groups)


def compare_settings(sweeps: Sequence[Mapping[str, Any]]) -> list[Setting]:
    """Every setting of any sweep, in the order of a sweep file.

    A branch that one sweep alone has, and a list whose entries do not pair, is one setting: what stands in it has
    nothing to be compared with.

    >>> [setting.groups for setting in compare_settings([{"seeds": 3}, {"seeds": 5}, {"seeds": 5}])]
    [(1, 0, 0)]
    >>> teachers = {"teachers": [{"model": "a", "epochs": 1}, {"model": "b", "epochs": 2}]}
    >>> [(one.key, one.values) for one in compare_settings([teachers, {"teacher": {"model": "a", "epochs": 1}}])]
    [('teacher', (None, 'a')), ('teachers', ('2: a, b', None))]
    """
    order = list(Sweep.model_fields)
    keys = dict.fromkeys(key for one in sweeps for key in one if key not in LABELS)
    ordered = sorted(keys, key=lambda key: order.index(key) if key in order else len(order))
    return [setting for key in ordered for setting in _compare(key, [one.get(key) for one in sweeps])]


def _compare(path: str, values: Sequence[Any]) -> Iterator[Setting]:
    """A key and, where several sweeps have a branch there, the keys inside."""
    branches = [value for value in values if _is_branch(value)]
    if len(branches) < 2 or not _pair(branches):
        yield _setting(path, [_text(value) for value in values])
        return
    inside = [dict(_items(value)) if _is_branch(value) else None for value in values]
    keys = dict.fromkeys(key for one in inside if one is not None for key in one)
    found = {key: [_ABSENT if one is None else one.get(key) for one in inside] for key in keys}
    settings = {key: list(_compare(f"{path}.{key}", each)) for key, each in found.items()}
    if len(branches) < sum(value is not _ABSENT for value in values):
        follows = any(setting.differs for each in settings.values() for setting in each)
        said = [(_name(value) or MORE) if follows and _is_branch(value) else _text(value) for value in values]
        yield _setting(path, said)
        settings = {key: each for key, each in settings.items() if not _is_said(found[key], said)}
    for each in settings.values():
        yield from each


def _is_said(values: Sequence[Any], said: Sequence[Any]) -> bool:
    """Whether a key holds what stands for its branch already."""
    return all(value is _ABSENT or _text(value) == text for value, text in zip(values, said, strict=True))


def _is_branch(value: Any) -> bool:
    """A list of plain values is one value."""
    if isinstance(value, list):
        return any(isinstance(each, Mapping) for each in value)
    return isinstance(value, Mapping) and bool(value)


def _pair(branches: Sequence[Any]) -> bool:
    """Whether the same places of all hold what can be compared: keys do, and entries of lists as long as each other."""
    lengths = {len(one) if isinstance(one, list) else None for one in branches}
    return len(lengths) == 1


def _items(branch: Any) -> Sequence[tuple[Any, Any]]:
    return list(enumerate(branch)) if isinstance(branch, list) else list(branch.items())


def _setting(key: str, texts: Sequence[Any]) -> Setting:
    ranked = Counter(text for text in texts if text is not _ABSENT).most_common()
    ranks = {text: rank for rank, (text, _) in enumerate(ranked)}
    values = tuple(None if text is _ABSENT else text for text in texts)
    return Setting(key, values, tuple(ranks.get(text) for text in texts))


def _text(value: Any) -> Any:
    """A value as a cell shows it: None for nothing, and a branch in brief."""
    if value is _ABSENT or value is None or isinstance(value, str):
        return value
    if _is_branch(value):
        return _brief(value)
    return None if value in ([], {}) else json.dumps(value, ensure_ascii=False)


def _brief(branch: Any) -> str:
    """What a branch is: the number of its entries and their names, or its own name, or its plain values."""
    if isinstance(branch, list):
        return shortened(f"{len(branch)}: {', '.join(map(_brief_entry, branch))}", MAX_LETTERS)
    return _brief_entry(branch)


def _brief_entry(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return json.dumps(entry, ensure_ascii=False)
    known = ((key, each) for key, each in entry.items() if each is not None and not _is_branch(each))
    plain = (f"{key} {each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)}" for key, each in known)
    return shortened(_name(entry) or ", ".join(plain) or ", ".join(map(str, entry)), MAX_LETTERS)


def _name(branch: Any) -> str:
    """Of an entry the first of the keys that say what it is, of a list the number of its entries; empty of others."""
    if isinstance(branch, list):
        return str(len(branch))
    return next((branch[key] for key in _NAMING if isinstance(branch.get(key), str)), "")
