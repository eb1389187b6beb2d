"""A mapping as a checked configuration; what is wrong with it is one line with the remedy."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from kd.config import Config
from kd.errors import InputError
from kd.remedies import did_you_mean

Loaded = TypeVar("Loaded", bound=Config)


def validate(kind: type[Loaded], content: Mapping[str, Any], origin: str, assigned: Iterable[list[str]] = ()) -> Loaded:
    """``content`` as a ``kind``.

    Args:
        kind: What it should be.
        content: Keys and values.
        origin: The file that they stand in.
        assigned: Key paths that SET gave or changed, for whose values the file is not to blame.

    Raises:
        InputError: The first thing wrong with it, in one line.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise InputError(_explain(error, kind, content, origin, list(assigned))) from error


_KINDS = {
    **dict.fromkeys(("tuple_type", "list_type"), "a list"),
    **dict.fromkeys(("model_type", "dict_type"), "a mapping"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    "string_type": "text",
}
"""What pydantic calls by Python's names, in the words of docs/sweep-file.md."""


def _explain(
    error: ValidationError, kind: type[Config], content: Mapping[str, Any], origin: str, assigned: list[list[str]]
) -> str:
    """One line: file or SET, key path, bad value, what is allowed; an unknown key gets the nearest name."""
    errors = error.errors()
    first = next((entry for entry in errors if entry["type"] == "extra_forbidden"), errors[0])
    place = _place(first["loc"], content)
    if first["type"] in ("extra_forbidden", "missing") and first["loc"][-1] not in place[-1:]:
        place.append(str(first["loc"][-1]))
    origin, path = to_blame(origin, place, assigned), ".".join(place)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    if first["type"] == "extra_forbidden":
        allowed = _allowed_keys(kind, first["loc"][:-1])
        name = str(first["loc"][-1])
        hint = did_you_mean(name, allowed) or (
            f"; {name} is a key beside {first['loc'][0]}, not of it" if name in kind.model_fields else ""
        )
        return f"{origin}: {path}: unknown key{hint}; allowed: {', '.join(allowed)}{more}"
    if first["type"] == "missing":
        return f"{origin}: {path}: missing{more}"
    wanted = _KINDS.get(first["type"])
    message = f"{wanted} is wanted" if wanted else first["msg"].removeprefix("Value error, ")
    value = first["input"]
    shown = f", got {as_written(value)}" if isinstance(value, str | int | float | type(None)) else ""
    return f"{origin}: {path}{': ' if path else ''}{message}{shown}{more}"


def as_written(value: Any) -> str:
    """A value as it stands in a sweep file.

    >>> as_written(None), as_written(True), as_written("a b"), as_written(0.5)
    ('null', 'true', "'a b'", '0.5')
    """
    return json.dumps(value) if value is None or isinstance(value, bool) else repr(value)


def _place(location: Sequence[int | str], content: Any) -> list[str]:
    """The keys of a location, without what pydantic calls the alternatives that a value may be one of.

    >>> _place(("data", "splits", "dict[str,str]", "tset", "[key]"), {"data": {"splits": {"tset": None}}})
    ['data', 'splits', 'tset']
    """
    place = []
    for part in location:
        is_key = isinstance(content, Mapping) and part in content
        if is_key or (isinstance(content, Sequence) and isinstance(part, int) and part < len(content)):
            place.append(str(part))
            content = content[part]
    return place


def to_blame(origin: str, place: list[str], assigned: Iterable[list[str]]) -> str:
    """Where a person has to look for what is wrong at ``place``: the file, SET, or both.

    >>> to_blame("x.yaml", ["seeds"], [["seeds"]]), to_blame("x.yaml", ["student"], [["student", "epochs"]])
    ('SET', 'SET with x.yaml')
    """
    keys = list(assigned)
    if any(place[: len(key)] == key for key in keys):
        return "SET"
    return f"SET with {origin}" if any(key[: len(place)] == place for key in keys) else origin


def _allowed_keys(kind: type[Config], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at ``location`` knows, read off the JSON schema."""
    schema = kind.model_json_schema()

    def resolve(node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in node:
            return resolve(schema["$defs"][node["$ref"].rpartition("/")[2]])
        options = [resolve(option) for option in (*node.get("anyOf", ()), *node.get("oneOf", ()))]
        return next((option for option in options if "properties" in option or "items" in option), node)

    node = schema
    for part in location:
        node = resolve(node)
        if isinstance(part, int):  # of a mapping that stands for a list of one, there is only the mapping
            node = node.get("items", node)
        else:  # of a mapping whose keys are names, all values are alike
            named = node.get("additionalProperties")
            node = node.get("properties", {}).get(part, named if isinstance(named, dict) else node)
    return list(resolve(node).get("properties", {}))
