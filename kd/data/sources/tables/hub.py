"""Data sets through ``datasets``: those on the Hub, and local ones of a layout that only it reads."""

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kd.config import DataConfig
from kd.data.listing import Listing
from kd.data.sources.files.folder import check_links, hub_repository
from kd.data.sources.files.readme import read_readme
from kd.data.sources.tables.columns import CLASS_LABEL, Reading, Table, list_tables
from kd.errors import InputError
from kd.remedies import nearest

_LAYOUTS = "wanted is train-*.parquet, or folder:PATH with one sub-folder of images per class"
LOCAL_COPY_HINT = "for a local copy: SET=data.source=PATH (Hub layout) or data.source=folder:PATH"


def list_hub(data: DataConfig, folder: Path | None, reading: Reading = list_tables) -> Listing:
    """A Hub id or a local ``folder``.

    Args:
        data: What is looked for in it.
        folder: The local one; None: it is on the Hub.
        reading: What is made of its tables.

    Raises:
        InputError: It cannot be reached or read, or its columns are not what was asked for.
    """
    if not _has_datasets():
        where = "is on the Hub, which needs" if folder is None else "has no image or train-*.parquet in it; others need"
        raise InputError(f"data.source: {data.source} {where}: pip install datasets; {LOCAL_COPY_HINT}")
    from datasets import config
    from huggingface_hub import constants

    unpacked = [Path(config.DOWNLOADED_DATASETS_PATH), Path(config.EXTRACTED_DATASETS_PATH)]  # of archives
    if folder is None:
        _check_hub_id(data.source)
        repository = Path(constants.HF_HUB_CACHE) / f"datasets--{data.source.replace('/', '--')}"
        return reading(data, _load(data, data.source, None), [repository, *unpacked])
    read_readme(folder)  # refuses files that it names elsewhere, which datasets would read
    repository = hub_repository(folder) or folder
    return reading(data, _load(data, str(folder), folder.resolve()), [folder, repository, *unpacked])


def _has_datasets() -> bool:
    try:
        return find_spec("datasets") is not None
    except ValueError:  # a module that was blocked on purpose
        return False


def _load(data: DataConfig, place: str, folder: Path | None) -> dict[str, Table]:
    """The splits of a Hub id, or of a local folder."""
    import datasets

    datasets.disable_progress_bars()
    try:
        builder = datasets.load_dataset_builder(place, name=data.config)
        _check_files(builder.config.data_files, data.source, folder)
        builder.download_and_prepare()
        loaded = builder.as_dataset()
    except InputError:
        raise
    except Exception as error:  # the library raises many kinds; all of them mean: no such data
        names = _configurations(place) if data.config is None else []
        if len(names) > 1:
            raise InputError(
                f"data.config: {data.source} has several configurations: {', '.join(names)}; name one: "
                f"data.config: {names[0]}"
            ) from error
        reason = str(error).partition("\n")[0]
        hint = LOCAL_COPY_HINT if folder is None else _LAYOUTS
        raise InputError(f"data.source: cannot load {data.source}: {reason}; {hint}") from error
    return {str(split): table_of(loaded[split]) for split in loaded}


def _check_files(files: Mapping[str, Sequence[Any]] | None, source: str, folder: Path | None) -> None:
    """Refuse what ``datasets`` found by a README's patterns outside the data set, before it reads it.

    Args:
        files: Paths or addresses by split.
        source: For messages.
        folder: That of a local data set, without links.

    Raises:
        InputError: Names the first such file.
    """
    for name in (str(each) for split in (files or {}).values() for each in split):
        if folder is None:
            is_own = name.startswith(f"hf://datasets/{source}@") and "::" not in name
        else:
            is_own = Path(os.path.normpath(name)).is_relative_to(folder)
        if not is_own:
            raise InputError(f"data.source: {source} names {name!r}, which is no part of it; take another copy")
        if folder is not None:
            check_links([Path(name)], folder)


def _configurations(place: str) -> list[str]:
    import datasets

    try:
        return list(datasets.get_dataset_config_names(place))
    except Exception:  # whatever is wrong was said by the first try
        return []


def table_of(table: Any) -> Table:
    """A split of ``datasets``; its images are not decoded."""
    import datasets

    for name, feature in table.features.items():
        if isinstance(feature, datasets.Image):
            table = table.cast_column(name, datasets.Image(decode=False))
    class_names = {
        name: list(feature.names)
        for name, feature in table.features.items()
        if isinstance(feature, datasets.ClassLabel) and feature.names is not None
    }
    return Table(
        kinds={name: _kind(feature, name in class_names) for name, feature in table.features.items()},
        class_names=class_names,
        cells=lambda column: iter(table[column]),
        num_rows=len(table),
    )


def _kind(feature: Any, has_names: bool) -> str:
    name = type(feature).__name__
    if name == "Value" or (name == CLASS_LABEL and not has_names):
        return str(feature.dtype)
    return name


def _check_hub_id(source: str) -> None:
    """One quick question, so that a machine without network waits seconds and not half a minute."""
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        return  # a copy in the Hub's own cache may still serve
    try:
        HfApi().dataset_info(source, timeout=10)
    except Exception as error:  # the client under it raises many kinds; all of them mean: not reached
        if (Path(constants.HF_HUB_CACHE) / f"datasets--{source.replace('/', '--')}").is_dir():
            return
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        near = nearest(Path(source))
        raise InputError(
            f"data.source: tried {source!r} as a Hub id at {constants.ENDPOINT} and in the local Hub cache: {reason}; "
            + (f"did you mean the folder {near}?" if near else LOCAL_COPY_HINT)
        ) from error
