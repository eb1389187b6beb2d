"""Which file of a folder each stored image was."""

import json
from pathlib import Path


def files_name(split: str) -> str:
    """What the list of a split's files is called in a store."""
    return f"{split}_files.json"


def read_file_names(store: Path, split: str) -> list[str] | None:
    """The file of each stored image of a split, by its path below the source's folder.

    None where the source was no folder of images, or an older version decoded it.
    """
    try:
        names = json.loads((store / files_name(split)).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # it tells where an image lies, and no number depends on it
        return None
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if is_list else None
