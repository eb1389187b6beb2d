"""The files of a source's folder: which of them are looked at, and what shows that one changed.

Links are followed: where they lead is the word of whoever laid the folder out; those of a download stay inside it
(``check_links``). Names that stand *in* data (a table's cell, a README) are another's, and stay inside the folder
(``inside``).
"""

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kd.data.decoding import Encoded, TooLargeError, image_endings, signed_formats
from kd.errors import InputError

MAX_FILE_BYTES = 2**30  # of one encoded image: more than Pillow's limit of pixels takes without any compression
# What operating systems, viewers and storage boxes leave in folders; names that begin with a dot are hidden anyway.
_CLUTTER = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "lost+found", "icon\r"}
_CLUTTER |= {"system volume information", "__pycache__"}


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is never data.

    >>> is_hidden(".ipynb_checkpoints"), is_hidden("._0.png"), is_hidden("Thumbs.db"), is_hidden("cat")
    (True, True, True, False)
    """
    return name.startswith(".") or name.lower() in _CLUTTER


def sub_folders(folder: Path) -> list[Path]:
    """The visible folders in a folder, sorted; links to folders are folders."""
    with os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries if _is_folder(entry) and not is_hidden(entry.name))


def loose_files(folder: Path) -> list[Path]:
    """The visible entries of a folder that are no folders, sorted."""
    with os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries if not _is_folder(entry) and not is_hidden(entry.name))


def files_under(folder: Path) -> list[Path]:
    """All visible entries under a folder that are no folders, sorted. A link to a folder above it is not followed."""
    return sorted(walk(folder))


def walk(folder: Path) -> Iterator[Path]:
    """The same, one by one and in any order."""
    return (path for path in _walk(folder, (folder.resolve(),)) if not is_hidden(path.name))


def hidden_images(folder: Path) -> dict[Path, list[Path]]:
    """The files that are named as images, by the entry under a folder that hides them by the dot that it begins with.

    What macOS writes beside each file (``._0.png``) is no image.
    """
    return _hidden_images_among(_walk(folder, (folder.resolve(),)))


def _hidden_images_among(entries: Iterable[Path]) -> dict[Path, list[Path]]:
    hidden = sorted(path for path in entries if path.name.startswith("."))
    found = {path: sorted(_named_as_images(path)) for path in hidden if not path.name.startswith("._")}
    return {path: images for path, images in found.items() if images}


def _named_as_images(path: Path) -> Iterator[Path]:
    """The path itself, or the files in its folders; what may not be read there holds none."""
    files = [path] if not path.is_dir() else (Path(place, name) for place, _, names in os.walk(path) for name in names)
    return (file for file in files if file.suffix.lower() in image_endings() and not file.name.startswith("._"))


def _walk(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Files, and what is hidden, of which folders are not entered.

    ``above``: the true places of ``folder`` and of the folders on the way to it.
    """
    with os.scandir(folder) as found:
        entries = list(found)
    for entry in entries:
        path = folder / entry.name
        if is_hidden(entry.name) or not _is_folder(entry):
            yield path
        elif not entry.is_symlink():
            yield from _walk(path, (*above, above[-1] / entry.name))
        else:
            target = path.resolve()
            if not any(place.is_relative_to(target) for place in above):
                yield from _walk(path, (*above, target))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a folder, or a link to one; of links that lead in a circle the system says nothing but an error."""
    try:
        return entry.is_dir()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return False
        raise


def is_regular(path: Path) -> bool:
    """Whether it is a file, or a link to one, and no device or pipe."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def divide_images(files: Iterable[Path]) -> tuple[list[Path], Counter[str]]:
    """The images among files, and how many others there are of each ending.

    A name without an ending is an image where the content is. A broken link that is named as an image counts as one,
    which cannot be read.
    """
    images, others = [], Counter[str]()
    for path in files:
        if path.is_symlink() and not path.exists():
            is_image, kind = path.suffix.lower() in image_endings(), "broken link"
        elif not is_regular(path):
            is_image, kind = False, "device or pipe"
        else:
            is_image, kind = _is_image(path), path.suffix.lower() or "no ending"
        if is_image:
            images.append(path)
        else:
            others[kind] += 1
    return images, others


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in image_endings() if path.suffix else _has_image_content(path)


def _has_image_content(path: Path) -> bool:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=signed_formats()):
            return True
    except Image.DecompressionBombError:
        return True
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return False


def encoded_file(path: Path) -> Encoded:
    """An image file, which is read when it is asked for."""
    return Encoded(os.fsencode(path).decode("utf-8", "backslashreplace"), partial(read_bounded, path))


def read_bounded(path: Path) -> bytes:
    """The bytes of a regular file.

    Raises:
        OSError: It cannot be read.
        TooLargeError: It is too large for an image, or a device or pipe, which have no end.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "a folder", str(path))
    if not stat.S_ISREG(status.st_mode):
        raise TooLargeError("a device or pipe")
    if status.st_size > MAX_FILE_BYTES:
        raise TooLargeError(f"more than {MAX_FILE_BYTES:,} bytes")
    return path.read_bytes()


def inside(homes: Sequence[Path], name: str) -> Path:
    """The path of a name that stands in data, relative to the first of the folders where it may lie.

    Raises:
        InputError: It lies in none of them. The message wants to be told where the name stands.
    """
    path = homes[0] / name
    if "\0" in name or not any(path.resolve().is_relative_to(home.resolve()) for home in homes):
        raise InputError(f"names the file {name!r}, which is not in {homes[0]}")
    return path


def hub_repository(folder: Path) -> Path | None:
    """The folder of a whole repository in a Hub's cache, of which ``folder`` is a snapshot or within one.

    Its files are links to ``blobs`` beside the snapshots. A download is somebody else's, so its links lead nowhere
    else; a folder that a person has laid out may have links to wherever that person wants.
    """
    place = folder.resolve()
    for parent in (place, *place.parents):
        if parent.name == "snapshots" and "--" in parent.parent.name:
            return parent.parent
    return None


def check_links(files: Iterable[Path], folder: Path) -> None:
    """Refuse files of a download that are links out of it.

    Raises:
        InputError: Names the first.
    """
    home = hub_repository(folder)
    if home is None:
        return
    for path in files:
        if not path.resolve().is_relative_to(home):
            raise InputError(f"data.source: {path} is a link out of the download {home}; remove it, or download anew")


def file_stats(folder: Path) -> Iterator[list[Any]]:
    """Path, size, and times of the last changes of content and of status, for each file under a folder.

    The second time is the system's own: a copy that keeps the first (``cp -p``, ``rsync -t``, ``tar``) has a new one.
    Hidden images stand at the end: they are no data, but it is said that they are left out.
    """
    entries = list(_walk(folder, (folder.resolve(),)))  # once: it is the price of every start
    visible = sorted(path for path in entries if not is_hidden(path.name))
    hidden = (path for images in _hidden_images_among(entries).values() for path in images)
    for path in (*visible, *hidden):
        if is_regular(path):
            status = path.stat()
            yield [str(path.relative_to(folder)), status.st_size, status.st_mtime_ns, status.st_ctime_ns]
