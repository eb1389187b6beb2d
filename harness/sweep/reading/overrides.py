"""SET: assignments to keys of a sweep file, ``student.epochs=30 seeds=3``."""

import shlex
from typing import Any

import yaml

from harness.sweep.reading.plain_yaml import load_yaml
from kd.errors import InputError

_QUOTING = "a value with spaces or quotes stands in quotes: data.source='folder:my pets'"


def parse_overrides(text: str) -> list[tuple[list[str], Any]]:
    """Key paths and values of ``a.b=1 c=x``; values are YAML.

    >>> parse_overrides("search.num_trials=30 data.source=../mnist")
    [(['search', 'num_trials'], 30), (['data', 'source'], '../mnist')]

    Raises:
        InputError: A word without ``=`` or with an empty key, an open quote, a value that is not YAML.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InputError(f"SET: {text!r}: {str(error).lower()}; {_QUOTING}") from error
    pairs = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not all(key.split(".")):
            raise InputError(f"SET: '{word}' is not key=value, such as student.epochs=30; {_QUOTING}")
        try:
            pairs.append((key.split("."), value if _is_path(key, value) else load_yaml(value)))
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise InputError(f"SET: {key}: '{value}' is not a YAML value (quote values with spaces)") from error
    return pairs


def _is_path(key: str, value: str) -> bool:
    """Whether a value is taken letter by letter: to YAML, `` #`` would end a folder's name, and ``: `` divide it."""
    return key in ("data.source", "unlabeled", "unlabeled.source") and not value.startswith(('"', "'", "{"))


_LISTS = {"student": "students", "teacher": "teachers"}  # a sweep has one, or lists several
_ALONE = {"unlabeled": "source", "seeds": "min"}  # what a value alone is, where that is no name


def assign(content: Any, key: list[str], value: Any, whole: str) -> Any:
    """A changed copy: a YAML alias makes two keys share one mapping, of which only one is meant.

    Raises:
        InputError: The key names an entry that a list does not have, a key of one that has none, one of several where
            there is but one, or one where there are several.
    """
    first, *rest = key
    if isinstance(content, list):
        if not first.isdecimal() or int(first) >= len(content):
            raise InputError(f"SET: {whole}: '{first}' is no entry of a list of {len(content)}; they count from 0")
        place = int(first)
        entry = {"loss": content[place]} if isinstance(content[place], str) else content[place] or {}  # of methods
        if rest and not isinstance(entry, dict | list):
            raise InputError(f"SET: {whole}: entry {place} is {entry!r}, which has no keys")
        changed = assign(entry, rest, value, whole) if rest else value
        return [*content[:place], changed, *content[place + 1 :]]
    if rest:
        _check_number(content, first, rest, whole)
        inner = content.get(first)
        if not isinstance(inner, dict | list):
            inner = {} if inner is None or inner == "none" else {_ALONE.get(first, "name"): inner}
        value = assign(inner, rest, value, whole)
    return content | {first: value}


def _check_number(content: Any, first: str, rest: list[str], whole: str) -> None:
    for one, several in _LISTS.items():
        if first == several and content.get(one) and not content.get(several):
            meant = ".".join([one, *(rest[1:] if rest[0].isdecimal() else rest)])
            raise InputError(f"SET: {whole}: this sweep has one {one} and no list of them; give {meant}")
        if first == one and content.get(several) and not content.get(one):
            meant = ".".join([several, "0", *rest])
            raise InputError(f"SET: {whole}: this sweep lists {several}; give {meant} for the first of them")
