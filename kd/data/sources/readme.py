"""What a data set's README says of its files, in the form that the Hub's libraries read (its YAML head)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kd.data.sources.files import is_regular
from kd.errors import InputError

_MAX_BYTES = 4 * 2**20
_FENCE = "---"
DEFAULT_SPLIT = "train"


class Configuration(NamedTuple):
    """One of a source's configurations: patterns of files, relative to the folder, by split."""

    name: str
    is_default: bool
    patterns: dict[str, list[str]]


class Readme(NamedTuple):
    """Configurations that name files, and the columns' types, by configuration and column, as datasets writes them."""

    configurations: list[Configuration]
    features: dict[str, dict[str, dict[str, Any]]]


def read_readme(folder: Path) -> Readme:
    """The head of ``README.md``; empty where there is none.

    Raises:
        InputError: It is not YAML, or names files outside the folder.
    """
    path = folder / "README.md"
    if not is_regular(path) or path.stat().st_size > _MAX_BYTES:
        return Readme([], {})
    head = _head(path)
    configurations = [_configuration(entry, path) for entry in _mappings(head.get("configs"))]
    features = {
        str(entry.get("config_name", "default")): dict(_features(entry))
        for entry in _mappings(head.get("dataset_info"))
    }
    return Readme([each for each in configurations if each.patterns], features)


def _head(path: Path) -> dict[str, Any]:
    import yaml

    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if not lines or lines[0].strip() != _FENCE or _FENCE not in (line.strip() for line in lines[1:]):
        return {}
    end = next(number for number, line in enumerate(lines) if number and line.strip() == _FENCE)
    try:
        head = yaml.safe_load("\n".join(lines[1:end]))
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"data.source: the head of {path} is not YAML: {str(error).partition(chr(10))[0]}") from error
    return head if isinstance(head, dict) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [entry for entry in values if isinstance(entry, Mapping)]


def _configuration(entry: Mapping[str, Any], path: Path) -> Configuration:
    name, home = str(entry.get("config_name", "default")), str(entry.get("data_dir", ""))
    patterns: dict[str, list[str]] = {}
    for split, pattern in _data_files(entry.get("data_files")):
        inner = f"{home}/{pattern}" if home else pattern
        if inner.startswith(("/", "~")) or "://" in inner or ".." in Path(inner).parts:
            raise InputError(
                f"data.source: {path} names the files {inner!r}, which are outside its folder; mend data_files"
            )
        patterns.setdefault(split, []).append(inner)
    return Configuration(name, entry.get("default") is True, patterns)


def _data_files(value: Any) -> Iterator[tuple[str, str]]:
    """Split and pattern; ``data_files`` is a pattern, a list of them, or of {split, path}."""
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, str):
            yield DEFAULT_SPLIT, entry
        elif isinstance(entry, Mapping):
            paths = entry.get("path")
            for pattern in paths if isinstance(paths, list) else [paths]:
                yield str(entry.get("split", DEFAULT_SPLIT)), str(pattern)


def _features(entry: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for feature in _mappings(entry.get("features")):
        kind = feature.get("dtype")
        if kind == "image":
            yield str(feature.get("name")), {"_type": "Image"}
        elif isinstance(kind, Mapping) and isinstance(kind.get("class_label"), Mapping):
            names = kind["class_label"].get("names")
            listed = list(names.values()) if isinstance(names, Mapping) else names
            if isinstance(listed, list):
                yield str(feature.get("name")), {"_type": "ClassLabel", "names": [str(name) for name in listed]}
