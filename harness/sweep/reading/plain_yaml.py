"""YAML as a person writes it; each error is one line."""

from pathlib import Path
from typing import Any

import yaml

from kd.errors import InputError
from kd.remedies import unreadable

MAX_BYTES = 4 * 2**20  # of a file that a person writes


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping, as YAML does; PyYAML lets the last one win."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """The mapping as it is written, before merges (``<<``) are carried out."""
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        first: dict[tuple[str, str], yaml.Mark] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            mark = first.setdefault((key.tag, key.value), key.start_mark)
            if mark is not key.start_mark:
                problem = f"key '{key.value}' is given twice, first in line {mark.line + 1}"
                raise yaml.composer.ComposerError(None, None, problem, key.start_mark)
        return node


def load_yaml(text: str) -> Any:
    """What a text says.

    Raises:
        yaml.YAMLError: It is no YAML, or has a key twice.
        ValueError: It looks like a date, and is none.
    """
    return yaml.load(text, _UniqueKeyLoader)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises:
        InputError: It cannot be read, is not YAML, or holds something else.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: has {path.stat().st_size:,} bytes; at most {MAX_BYTES:,} are read: shorten it")
        content = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(unreadable(path, error)) from error
    except InputError:
        raise
    except RecursionError as error:
        raise InputError(f"{path}: not YAML that can be read: it is nested too deeply; lay it out flatter") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date like 2024-13-01
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
        hint = "; indent with spaces" if "\\t" in reason else ""
        raise InputError(f"{path}{where}: not YAML: {reason}{hint}") from error
    if not isinstance(content, dict):
        found = "is empty" if content is None else "holds a list" if isinstance(content, list) else "holds one value"
        raise InputError(f"{path} {found}; lines of key: value are wanted")
    return content
