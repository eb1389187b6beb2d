"""The reference pages, written from the program: the keys of a sweep file and of a cluster profile, JSON for scripts.

    python docs/reference.py            says which pages are not as the program has it
    python docs/reference.py --write    writes them again

A page holds text by hand, and tables between markers that name what they describe.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from harness.cluster.profiles import LocalProfile, SlurmProfile
from harness.commands.read_only.as_json import PlanAccount, RunAccount, StatusAccount
from harness.sweep.schema import Sweep

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("sweep-file.md", "clusters.md", "scripting.md")
DESCRIBED: dict[str, type[BaseModel]] = {
    "sweep": Sweep,
    "local": LocalProfile,
    "slurm": SlurmProfile,
    "plan": PlanAccount,
    "status": StatusAccount,
    "why": RunAccount,
}
_MARKED = re.compile(r"(<!-- keys of (\w+): written by docs/reference\.py -->\n).*?(<!-- end -->)", re.S)
Schema = dict[str, Any]


def with_tables(page: str) -> str:
    """A page with what stands between its markers as the program has it."""
    return _MARKED.sub(lambda found: found[1] + tables(DESCRIBED[found[2]]) + found[3], page)


def tables(kind: type[BaseModel]) -> str:
    """A table of the keys of ``kind``, and one of each mapping in it, named by the places where it may stand."""
    mode = "serialization" if kind.__name__.endswith("Account") else "validation"
    schema = kind.model_json_schema(mode=mode)
    is_answer, places = mode == "serialization", _places(schema)
    parts = []
    for name, where in places.items():
        node = schema if name == "" else schema["$defs"][name]
        if name:
            title = ", ".join(f"`{place}`" for place in where)
            parts.append(f"{'####' if is_answer else '###'} {title}\n\n{_text(node)}\n\n")
        head = (
            "| field | is | |\n| --- | --- | --- |\n"
            if is_answer
            else "| key | default | is | |\n| --- | --- | --- | --- |\n"
        )
        parts.append(
            head + "".join(_row(key, each, node, schema, is_answer) for key, each in node["properties"].items()) + "\n"
        )
    return "".join(parts).rstrip("\n") + "\n"


def undescribed(kind: type[BaseModel]) -> list[str]:
    """Keys without a word on what they mean; those of the result files are described with the files."""
    schema = kind.model_json_schema()
    inner = {name: node for name, node in schema.get("$defs", {}).items() if "properties" in node}
    nodes = {kind.__name__: schema} | inner
    return [
        f"{name}.{key}"
        for name, node in nodes.items()
        for key, each in node["properties"].items()
        if not each.get("description") and name not in ("Attempt", "Code")
    ]


def _places(schema: Schema) -> dict[str, list[str]]:
    """The mappings of a schema, "" for the outermost, each with the key paths at which it may stand."""
    places: dict[str, list[str]] = {"": []}
    todo = [""]
    while todo:
        parent = todo.pop(0)
        node = schema["$defs"][parent] if parent else schema
        for key, each in node["properties"].items():
            for name, below in _mappings(each, schema):
                if name not in places:
                    todo.append(name)
                ending = f"{key}.{below}" if below else key
                paths = [f"{path}.{ending}" for path in places[parent]] if parent else [ending]
                places[name] = list(dict.fromkeys([*places.get(name, []), *paths]))
    return places


def _mappings(node: Schema, schema: Schema, below: str = "") -> Iterator[tuple[str, str]]:
    """The mappings that a value may be or hold, each with the key below which it then stands."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if "properties" in schema["$defs"][name]:
            yield name, below
    for option in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _mappings(option, schema, below)
    if isinstance(node.get("items"), dict):
        yield from _mappings(node["items"], schema, "N")
    if isinstance(node.get("additionalProperties"), dict):
        yield from _mappings(node["additionalProperties"], schema, "NAME")


def _row(key: str, node: Schema, of: Schema, schema: Schema, is_answer: bool) -> str:
    words = [f"`{key}`", _kind(node, schema), _text(node)]
    if not is_answer:
        words.insert(1, "needed" if key in of.get("required", ()) else _default(node))
    return "| " + " | ".join(word.replace("|", "\\|") for word in words) + " |\n"


def _text(node: Schema) -> str:
    """A description in Markdown, on one line."""
    return " ".join(node.get("description", "").replace("``", "`").split())


def _default(node: Schema) -> str:
    default = node.get("default")
    if isinstance(default, dict | list):
        return "" if default else f"`{json.dumps(default)}`"
    return f"`{json.dumps(default, ensure_ascii=False)}`".replace('"', "") if default != "" else ""


def _kind(node: Schema, schema: Schema) -> str:
    """What may be given, in a few words."""
    if "$ref" in node:
        target = schema["$defs"][node["$ref"].rpartition("/")[2]]
        return "mapping" if "properties" in target else _kind(target, schema)
    if options := node.get("anyOf") or node.get("oneOf"):
        return " or ".join(dict.fromkeys(_kind(option, schema) for option in options))
    if "enum" in node or "const" in node:
        return ", ".join(f"`{value}`" for value in node.get("enum", [node.get("const")]))
    kind = node.get("type")
    if "prefixItems" in node:
        return "pair"
    if kind == "array":
        items = node.get("items") or {}
        return f"list of {_kind(items, schema)}" if items else "list"
    names = {
        "integer": "whole number",
        "number": "number",
        "boolean": "`true`, `false`",
        "string": "text",
        "null": "`null`",
    }
    return names.get(str(kind), "mapping") + _limits(node)


def _limits(node: Schema) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = [
        f"{sign} {node[name]:,g}" if node[name] < 2**31 else f"{sign} 2³¹"
        for name, sign in signs.items()
        if name in node
    ]
    return f" {', '.join(limits)}" if limits else ""


def main(write: bool) -> int:
    """Compare or write the pages; the number of those that differ."""
    stale = 0
    for name in PAGES:
        path = ROOT / "docs" / name
        page = path.read_text(encoding="utf-8")
        if with_tables(page) != page:
            stale += 1
            print(path.relative_to(ROOT))  # noqa: T201
            if write:
                path.write_text(with_tables(page), encoding="utf-8")
    return stale


if __name__ == "__main__":
    differ = main("--write" in sys.argv[1:])
    sys.exit(0 if "--write" in sys.argv[1:] else differ)
