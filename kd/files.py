"""Whole-or-nothing files: every result is written aside, flushed, and renamed into place."""

import errno
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from kd.errors import InputError, UnreadableFileError
from kd.remedies import not_there

Record = TypeVar("Record", bound=BaseModel)
_HAS_NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP)  # exFAT, and what some servers and clouds are seen as
_CANNOT_RESERVE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


def typed_path(text: str) -> Path:
    """A path as a person types it: ``~`` is their home, and ``~NAME`` of nobody is a name like others.

    >>> typed_path("~nobody-of-this-name/pets")
    PosixPath('~nobody-of-this-name/pets')
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def write_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, then rename it there.

    A reader sees the old file or the new one, never a part; a crash at any point leaves at most a
    stray ``.tmp`` file. The parent folder must exist. Nobody but the user can write the file, whatever the umask.

    Raises:
        OSError: The disk is full or the folder cannot be written; ``path`` is untouched.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with _naming(path), open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, 0o644)) as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """What the system says of a file that is written does not name it: this does."""
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, whole or not at all."""
    write_atomically(path, lambda stream: stream.write(content))


def write_array(path: Path, array: NDArray[Any]) -> None:
    """Write an npy file, whole or not at all.

    Through an object that is no file for numpy: into one it writes by itself, and of a full disk says neither that nor
    the file's name.
    """
    write_atomically(path, lambda stream: np.save(SimpleNamespace(write=stream.write), array))


def new_array(path: Path, shape: tuple[int, ...]) -> "np.memmap[Any, np.dtype[np.uint8]]":
    """An npy file of bytes to be filled as memory, for which the disk has room: without, a write would end the process.

    Raises:
        OSError: The disk is full. Not on macOS, nor on a file system that reserves nothing.
    """
    array = np.lib.format.open_memmap(path, "w+", np.uint8, shape)
    if hasattr(os, "posix_fallocate"):
        with _naming(path), path.open("r+b") as stream:
            try:
                os.posix_fallocate(stream.fileno(), 0, path.stat().st_size)
            except OSError as error:
                if error.errno not in _CANNOT_RESERVE:
                    raise
    return array


def remove_strays(folder: Path, name: str) -> None:
    """Remove what killed processes left of a file, or of all whose name fits: for whoever alone writes them."""
    for stray in folder.glob(f".{name}.*.tmp"):
        if stray.is_dir():
            shutil.rmtree(stray, ignore_errors=True)
        else:
            stray.unlink(missing_ok=True)


def write_record(path: Path, record: BaseModel) -> None:
    """Write a record as indented JSON; equal records give equal bytes."""
    write_bytes(path, (record.model_dump_json(indent=2) + "\n").encode())


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """A new folder to fill, which then takes the place of ``path``; after an error the old one stays.

    A reader sees the old content or the new, or for a moment none, never a part of it.
    """
    token = uuid.uuid4().hex[:8]
    temporary, old = (path.with_name(f".{path.name}.{token}.{end}") for end in ("tmp", "old"))
    temporary.mkdir()
    try:
        yield temporary
        if path.exists():
            path.rename(old)
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def create_record(path: Path, record: BaseModel) -> bool:
    """Write ``record`` only if ``path`` does not exist yet; says whether this call created it.

    A hard link is the one creation that is both exclusive and whole, on local disks and on NFS. On a file system that
    has none, a process that dies here may leave a part of the record.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    write_record(temporary, record)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return temporary.stat().st_nlink > 1  # it was made, and a server's word of it was lost
    except OSError as error:
        if error.errno not in _HAS_NO_LINKS:
            raise
        return _create_exclusively(path, temporary.read_bytes())
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _create_exclusively(path: Path, content: bytes) -> bool:
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        return False
    return True


def read_record(path: Path, kind: type[Record]) -> Record:
    """Read a record written by ``write_record``.

    Raises:
        FileNotFoundError: There is no such file.
        UnreadableFileError: It is damaged, or its ``schema_version`` is newer than ours.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        detail = error.errors()[0]
        where, why = ".".join(str(part) for part in detail["loc"]), detail["msg"].removeprefix("Value error, ")
        raise UnreadableFileError(path, f"{where}: {why}" if where else why) from error


def sha256_of_file(path: Path) -> str:
    """The hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def short_hash(content: Any) -> str:
    """Eight hexadecimal digits that identify JSON-able ``content``, whatever the order of its keys.

    >>> short_hash({"a": 1, "b": 2}) == short_hash({"b": 2, "a": 1})
    True
    """
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]


def size_of_weights(folder: Path) -> int:
    """Bytes of a model folder's weights."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def sha256_of_weights(place: Path) -> str:
    """The SHA-256 of weights: of a file, of a model folder's one safetensors file, or of the digests of its parts.

    Raises:
        InputError: There are none.
    """
    if place.is_file():
        return sha256_of_file(place)
    if not place.exists():
        hint = "a model folder, or a .pth or .safetensors file, is wanted"
        raise InputError(f"checkpoint: {not_there(place, 'file or folder')}; {hint}")
    digests = [sha256_of_file(path) for path in sorted(place.glob("*.safetensors")) if path.is_file()]
    if not digests:
        raise InputError(f"checkpoint: no .safetensors file in {place}; give a folder with a trained model")
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
