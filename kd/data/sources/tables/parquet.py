"""Local parquet files in the Hub's layout, by pyarrow alone, whether or not ``datasets`` is installed."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kd.config import DataConfig
from kd.data.listing import Listing
from kd.data.sources.files.folder import check_links, files_under, hub_repository, is_hidden, is_regular
from kd.data.sources.files.readme import DEFAULT_SPLIT, Readme, read_readme
from kd.data.sources.files.split_names import part_of, plain_part
from kd.data.sources.tables.columns import CLASS_LABEL, IMAGE, Reading, Table, list_tables
from kd.errors import InputError

_SHARD = re.compile(r"(.+)-\d{5}-of-(\d{5})")
_WORDS = re.compile(r"[-_. 0-9]+")
_MOST_ROWS, _BATCH_BYTES = 256, 2**30
Files = dict[str, list[Path]]
"""Parquet files by split."""


def list_parquet(data: DataConfig, folder: Path, reading: Reading = list_tables) -> Listing:
    """The images of parquet files.

    Args:
        data: What is looked for in them.
        folder: That holds them.
        reading: What is made of their tables.

    Raises:
        InputError: They cannot be read, are of several configurations, or hold no such columns.
    """
    readme = read_readme(folder)
    configurations = _named_in(readme, folder) or _found_in(folder)
    name = _choose(configurations, readme, data)
    features = readme.features.get(name) or (next(iter(readme.features.values())) if len(readme.features) == 1 else {})
    for paths in configurations[name].values():
        check_links(paths, folder)
    tables = {
        split: _reading(data.source, lambda paths=paths: _table(paths, features, data.source))
        for split, paths in configurations[name].items()
    }
    listing = reading(data, tables, [folder, hub_repository(folder) or folder])
    missing = (_remark_on_missing(split, paths) for split, paths in configurations[name].items())
    return listing._replace(remarks=(*listing.remarks, *filter(None, missing)))


def _remark_on_missing(split: str, paths: Iterable[Path]) -> str | None:
    """That files of a split are missing, as the names of those that are there say.

    >>> _remark_on_missing("train", [Path("train-00000-of-00003.parquet"), Path("train-00002-of-00003.parquet")])
    'of split train 2 of 3 files are there'
    """
    shards = [(path.parent, shard[1], int(shard[2])) for path in paths if (shard := _SHARD.fullmatch(path.stem))]
    whole = sum(number for _, _, number in set(shards))
    return f"of split {split} {len(shards)} of {whole} files are there" if len(shards) < whole else None


def _named_in(readme: Readme, folder: Path) -> dict[str, Files]:
    """The files that a README names, by configuration."""
    found: dict[str, Files] = {}
    for configuration in readme.configurations:
        files = {
            split: sorted({path for pattern in patterns for path in folder.glob(pattern) if _is_table(path, folder)})
            for split, patterns in configuration.patterns.items()
        }
        found[configuration.name] = {split: paths for split, paths in files.items() if paths}
    return {name: files for name, files in found.items() if files}


def _is_table(path: Path, folder: Path) -> bool:
    visible = not any(is_hidden(part) for part in path.relative_to(folder).parts)
    return visible and path.suffix == ".parquet" and is_regular(path)


def _found_in(folder: Path) -> dict[str, Files]:
    """Files by their names, or by those of their folders; each other folder is a configuration of its own."""
    found: dict[str, Files] = {}
    for path in files_under(folder):
        if _is_table(path, folder):
            split, home = _split_of(path, folder)
            found.setdefault(str(home.relative_to(folder)), {}).setdefault(split, []).append(path)
    return found


def _split_of(path: Path, folder: Path) -> tuple[str, Path]:
    """The split of a file, and the folder that its data set is in."""
    if plain_part(path.parent.name) and path.parent != folder:
        return path.parent.name, path.parent.parent
    if shard := _SHARD.fullmatch(path.stem):
        return shard[1], path.parent
    words = [word for word in _WORDS.split(path.stem) if plain_part(word)]
    return (words[0] if part_of(path.stem) else DEFAULT_SPLIT), path.parent


def _choose(configurations: dict[str, Files], readme: Readme, data: DataConfig) -> str:
    names = ", ".join(sorted(configurations))
    if data.config is not None:
        if data.config not in configurations:
            raise InputError(f"data.config: {data.source} has no configuration '{data.config}'; it has {names}")
        return data.config
    if len(configurations) == 1:
        return next(iter(configurations))
    marked = [each.name for each in readme.configurations if each.is_default or each.name == "default"]
    if len(marked) == 1 and marked[0] in configurations:
        return marked[0]
    example = min(configurations, default="NAME")
    raise InputError(
        f"data.config: {data.source} has several configurations: {names}; name one: data.config: {example}"
    )


def _reading(source: str, read: Any) -> Any:
    """What ``read`` gives; pyarrow's errors, of many kinds, as one line."""
    try:
        return read()
    except InputError:
        raise
    except (OSError, ValueError, TypeError, KeyError, NotImplementedError, RecursionError, MemoryError) as error:
        # pyarrow's errors derive from these
        reason = str(error).partition("\n")[0]
        raise InputError(f"data.source: cannot load {source}: {reason}; copy the files anew") from error


def _table(paths: list[Path], features: dict[str, dict[str, Any]], source: str) -> Table:
    from pyarrow import parquet

    shards = [parquet.ParquetFile(path) for path in paths]
    schema = shards[0].schema_arrow
    for path, shard in zip(paths, shards, strict=True):
        if not shard.schema_arrow.equals(schema):
            raise ValueError(f"{path.name} has other columns than {paths[0].name}")
    described = features | _described(schema.metadata)
    kinds = {field.name: _kind(field.type, described.get(field.name)) for field in schema}
    return Table(
        kinds=kinds,
        class_names={
            name: list(map(str, described[name]["names"])) for name, kind in kinds.items() if kind == CLASS_LABEL
        },
        cells=lambda column: _cells(paths, column, source),
        num_rows=sum(shard.metadata.num_rows for shard in shards),
    )


def _described(metadata: dict[bytes, bytes] | None) -> dict[str, dict[str, Any]]:
    """The columns' types as datasets keeps them beside the schema."""
    found: Any = json.loads((metadata or {}).get(b"huggingface", b"{}"))
    for key in ("info", "features"):
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return {name: kind for name, kind in (found or {}).items() if isinstance(kind, dict) and "_type" in kind}


def _kind(arrow_type: Any, described: dict[str, Any] | None) -> str:
    import pyarrow as pa

    if described is not None and described["_type"] not in ("Value", CLASS_LABEL):
        return str(described["_type"])
    if described is not None and isinstance(described.get("names"), list):
        return CLASS_LABEL
    is_image = pa.types.is_struct(arrow_type) and {field.name for field in arrow_type} == {"bytes", "path"}
    return IMAGE if is_image else str(arrow_type)


def _cells(paths: Iterable[Path], column: str, source: str) -> Iterator[Any]:
    from pyarrow import parquet

    for path in paths:
        with parquet.ParquetFile(path) as shard:
            for number in range(shard.num_row_groups):
                rows = _rows_at_once(shard.metadata.row_group(number), column)
                batches = shard.iter_batches(batch_size=rows, row_groups=[number], columns=[column])
                while (batch := _reading(source, lambda batches=batches: next(batches, None))) is not None:
                    yield from (cell.as_py() for cell in batch.column(0))


def _rows_at_once(group: Any, column: str) -> int:
    """Rows of a column to unpack together, so that they take little memory.

    Cells may be references into a dictionary: a file of some kilobytes can hold the same gigabyte in each of its rows.
    No cell is larger than the whole column unpacked.
    """
    parts = (group.column(number) for number in range(group.num_columns))
    sizes = (part.total_uncompressed_size for part in parts if part.path_in_schema.partition(".")[0] == column)
    return int(max(1, min(_MOST_ROWS, _BATCH_BYTES // max(1, *sizes))))
