"""How a source is named: a Hub id, a folder in the Hub's layout, a folder of images, or a function."""

import re
from pathlib import Path

from kd.errors import InputError
from kd.files import typed_path
from kd.remedies import not_there

AS_LIST = "data.splits: LIST.csv with the columns file, label, and split where it divides them"
"""Where labels in a list of files go: many data sets come as a folder of images with such a list beside it."""
_LISTS = {".csv", ".tsv", ".txt"}
_FUNCTION = re.compile(r"(?!folder:|embedded:)[A-Za-z_]\w*(\.\w+)*:[A-Za-z_]\w*")


def is_function(source: str) -> bool:
    """Whether a source is ``package.module:function``, which is imported.

    >>> is_function("acme.data:pets"), is_function("folder:pets"), is_function("embedded:mnist5k")
    (True, False, False)
    """
    return _FUNCTION.fullmatch(source) is not None


def local_folder(source: str) -> Path | None:
    """The folder that ``folder:PATH`` or PATH names; None where it has the form of a Hub id.

    Raises:
        InputError: It is not there.
    """
    text = source.removeprefix("folder:")
    path = typed_path(text)
    if text and path.is_dir():
        return path
    if text != source or text.startswith((".", "/", "~")) or text.count("/") > 1 or path.exists():
        listed = f" of images, and list their labels: {AS_LIST}" if path.suffix in _LISTS and path.is_file() else ""
        raise InputError(f"data.source: {not_there(path if text else text)}{listed}")
    return None


def hub_id(source: str) -> str | None:
    """The Hub id that ``source`` is; None where it names a folder or an embedded data set.

    >>> hub_id("ylecun/mnist"), hub_id("folder:pets"), hub_id("/data/pets")
    ('ylecun/mnist', None, None)
    """
    is_path = source.startswith((".", "/", "~")) or source.count("/") > 1 or Path(source).is_dir()
    return None if is_path or ":" in source else source


def public_name(source: str) -> str:
    """The data set's name without where it lies on this machine.

    >>> public_name("ylecun/mnist"), public_name("folder:~/data/pets"), public_name("embedded:mnist5k")
    ('ylecun/mnist', 'pets', 'mnist5k')
    """
    return hub_id(source) or typed_path(source.partition(":")[2] or source).name
