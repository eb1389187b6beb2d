"""What a data set's README says of its files, in the form that the Hub's libraries read (its YAML head)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kd.data.sources.files.folder import is_regular
from kd.errors import InputError

MAX_BYTES = 4 * 2**20
_FENCE = "---"
_BESIDE = ".huggingface.yaml"  # what stands in it goes before the README's head
_OLD = "dataset_infos.json"  # of types and splits, which datasets still reads
_PLAIN = str | int | float | bool
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
        InputError: It is not YAML, is larger than any, or names files outside the folder.
    """
    readme, beside = folder / "README.md", folder / _BESIDE
    for path in (readme, beside, folder / _OLD):
        if is_regular(path) and path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"data.source: {path} has {path.stat().st_size:,} bytes; at most {MAX_BYTES:,} are read: shorten it, "
                "or move it away"
            )
    head, named_in = _head(readme) if is_regular(readme) else {}, readme
    if is_regular(beside):
        more = _mapping(beside.read_text(encoding="utf-8", errors="replace"), beside)
        head, named_in = head | more, beside if "configs" in more else readme
    configurations = [_configuration(entry, named_in) for entry in _mappings(head.get("configs"))]
    features = {_name(entry): dict(_features(entry)) for entry in _mappings(head.get("dataset_info"))}
    return Readme([each for each in configurations if each.patterns], features)


def _head(path: Path) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8", errors="replace").lstrip().splitlines()
    if not lines or lines[0].strip() != _FENCE or _FENCE not in (line.strip() for line in lines[1:]):
        return {}
    end = next(number for number, line in enumerate(lines) if number and line.strip() == _FENCE)
    return _mapping("\n".join(lines[1:end]), path)


def _mapping(text: str, path: Path) -> dict[str, Any]:
    import yaml

    try:
        head = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(
            f"data.source: the head of {path} is not YAML: {str(error).partition(chr(10))[0]}; mend or remove it"
        ) from error
    return head if isinstance(head, dict) else {}


def _name(entry: Mapping[str, Any]) -> str:
    """Of a configuration; what is no plain value is none, since its text may be without end (aliases in aliases)."""
    name = entry.get("config_name", "default")
    return str(name) if isinstance(name, _PLAIN) else "default"


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [entry for entry in values if isinstance(entry, Mapping)]


def _configuration(entry: Mapping[str, Any], path: Path) -> Configuration:
    home = entry.get("data_dir", "")
    home = home if isinstance(home, str) else ""
    _check_inside(home, path)
    patterns: dict[str, list[str]] = {}
    for split, pattern in _data_files(entry.get("data_files")):
        inner = f"{home}/{pattern}" if home else pattern
        _check_inside(inner, path)
        patterns.setdefault(split, []).append(inner)
    return Configuration(_name(entry), entry.get("default") is True, patterns)


def _check_inside(pattern: str, path: Path) -> None:
    # "file:/etc/*" and "simplecache::/etc/*" are addresses too
    if pattern.startswith(("/", "~")) or ":" in pattern or ".." in Path(pattern).parts:
        raise InputError(
            f"data.source: {path} names the files {pattern!r}, which are outside its folder; mend data_files"
        )


def _data_files(value: Any) -> Iterator[tuple[str, str]]:
    """Split and pattern; ``data_files`` is a pattern, a list of them, or of {split, path}."""
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, str):
            yield DEFAULT_SPLIT, entry
        elif isinstance(entry, Mapping):
            paths, split = entry.get("path"), entry.get("split", DEFAULT_SPLIT)
            for pattern in paths if isinstance(paths, list) else [paths]:
                if isinstance(pattern, str) and isinstance(split, _PLAIN):
                    yield str(split), pattern


def _features(entry: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for feature in _mappings(entry.get("features")):
        kind, name = feature.get("dtype"), feature.get("name")
        if not isinstance(name, str):
            continue
        if kind == "image":
            yield name, {"_type": "Image"}
        elif isinstance(kind, Mapping) and isinstance(kind.get("class_label"), Mapping):
            names = kind["class_label"].get("names")
            listed = list(names.values()) if isinstance(names, Mapping) else names
            if isinstance(listed, list) and all(isinstance(each, _PLAIN) for each in listed):
                yield name, {"_type": "ClassLabel", "names": [str(each) for each in listed]}
