"""Files are whole or absent, whatever fails while they are written."""

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kd.errors import UnreadableFileError
from kd.files import (
    create_record,
    new_array,
    read_record,
    remove_strays,
    sha256_of_file,
    short_hash,
    write_array,
    write_atomically,
    write_bytes,
    write_record,
)
from kd.records import SCHEMA_VERSION, Failure

RECORD = Failure(reason="the loss is nan", kind="non-finite loss")


class PowerCutError(BaseException):
    """Not an Exception: nothing may catch it."""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def no_space(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_written_file_replaces_the_old_one(tmp_path):
    path = tmp_path / "a.json"
    write_bytes(path, b"old and longer")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == {"a.json"}


@pytest.mark.parametrize("before", [b"old", None])
def test_a_crash_between_write_and_rename_leaves_the_old_file_and_no_stray(tmp_path, monkeypatch, before):
    path = tmp_path / "a.json"
    if before is not None:
        write_bytes(path, before)
    seen = []

    def cut(self, target):
        seen.append((self.read_bytes(), target))
        raise PowerCutError

    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(PowerCutError):
        write_bytes(path, b"new")
    assert seen == [(b"new", path)]  # the new content was whole before it was to be renamed
    assert names(tmp_path) == (set() if before is None else {"a.json"})
    assert before is None or path.read_bytes() == before


def test_a_crash_in_the_middle_of_writing_leaves_the_old_file_and_no_stray(tmp_path):
    path = tmp_path / "a.npy"
    write_bytes(path, b"old")

    def half(stream):
        stream.write(b"ne")
        raise PowerCutError

    with pytest.raises(PowerCutError):
        write_atomically(path, half)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == {"a.npy"}


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_record(path, RECORD)
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space left on device"):
        write_record(path, Failure(reason="other", kind="code error"))
    assert read_record(path, Failure) == RECORD
    assert names(tmp_path) == {"a.json"}


def test_content_is_flushed_to_disk_before_the_rename(tmp_path, monkeypatch):
    path, synced = tmp_path / "a.json", []
    real = os.fsync

    def watch(descriptor):
        synced.append((os.fstat(descriptor).st_size, path.exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    write_bytes(path, b"12345")
    assert synced == [(5, False)]


def test_create_record_is_exclusive_and_whole(tmp_path):
    path = tmp_path / "0001.json"
    assert create_record(path, RECORD) is True
    assert create_record(path, Failure(reason="late", kind="code error")) is False
    assert read_record(path, Failure) == RECORD
    assert names(tmp_path) == {"0001.json"}


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_create_record_is_exclusive_where_there_are_no_links(tmp_path, monkeypatch, number):
    def refuse(*words):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "0001.json"
    assert create_record(path, RECORD) is True
    assert create_record(path, Failure(reason="late", kind="code error")) is False
    assert read_record(path, type(RECORD)) == RECORD
    assert list(tmp_path.iterdir()) == [path]


def test_create_record_knows_its_own_link_where_a_server_says_that_it_was_there(tmp_path, monkeypatch):
    """NFS asks again where an answer is lost, and is then told of the link that it made."""
    link = os.link

    def link_twice(source, target):
        link(source, target)
        link(source, target)

    monkeypatch.setattr(os, "link", link_twice)
    assert create_record(tmp_path / "0001.json", RECORD) is True


def test_create_record_on_a_full_disk_creates_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space left"):
        create_record(tmp_path / "0001.json", RECORD)
    assert names(tmp_path) == set()


def test_equal_records_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_record(tmp_path / name, Failure(reason="é", kind="code error"))
    assert sha256_of_file(tmp_path / "a") == sha256_of_file(tmp_path / "b")
    assert (tmp_path / "a").read_text(encoding="utf-8").endswith("}\n")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "JSON"),
        (b'{"reason": "the lo', "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        (b"null", "object"),
        (b"[]", "object"),
        (b'{"kind": "code error"}', "reason: Field required"),
        (b'{"reason": "x", "kind": "weather"}', "kind: "),
        (
            f'{{"schema_version": {SCHEMA_VERSION + 1}, "reason": 5}}'.encode(),
            f"schema_version: .*schema version {SCHEMA_VERSION + 1} is newer than this program reads",
        ),
    ],
)
def test_damaged_and_newer_files_are_unreadable_and_named(tmp_path, content, says):
    path = tmp_path / "failure.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=says) as caught:
        read_record(path, Failure)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.data())
def test_a_torn_record_is_unreadable(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "torn.json"
    write_record(path, RECORD)
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 3))])  # the last byte is a line end
    with pytest.raises(UnreadableFileError):
        read_record(path, Failure)


def test_a_missing_file_is_not_a_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_record(tmp_path / "none.json", Failure)


FLOAT = st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3) | FLOAT, max_size=5), st.randoms())
def test_short_hash_ignores_the_order_of_keys(content, random):
    keys = list(content)
    random.shuffle(keys)
    assert short_hash({key: content[key] for key in keys}) == short_hash(content)
    assert short_hash(content | {"another": 1}) != short_hash(content)


def test_short_hash_refuses_what_json_cannot_say():
    with pytest.raises(ValueError, match="not JSON compliant"):
        short_hash([float("nan")])


@pytest.mark.parametrize(("umask", "mode"), [(0o000, 0o644), (0o002, 0o644), (0o022, 0o644), (0o077, 0o600)])
def test_nobody_else_can_write_a_result_whatever_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_bytes(tmp_path / "a.json", b"{}")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == mode


def test_an_error_of_the_system_names_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space") as caught:
        write_bytes(tmp_path / "a.bin", b"1")
    assert caught.value.filename == str(tmp_path / "a.bin")


def test_an_array_is_written_as_numpy_writes_it(tmp_path):
    for array in (np.arange(6).reshape(2, 3), np.asfortranarray(np.ones((3, 2), np.float16)), np.zeros((0, 4))):
        write_array(tmp_path / "a.npy", array)
        np.save(tmp_path / "b.npy", array)
        assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


def test_only_strays_of_the_named_files_are_removed(tmp_path):
    for name in (".a.npy.01234567.tmp", ".b.npy.01234567.tmp", "a.npy", ".a.npy"):
        (tmp_path / name).touch()
    (tmp_path / ".a.npy.89abcdef.tmp").mkdir()
    remove_strays(tmp_path, "a.npy")
    assert names(tmp_path) == {".b.npy.01234567.tmp", "a.npy", ".a.npy"}


def test_where_no_room_can_be_reserved_an_array_is_made_nonetheless(tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(os, "posix_fallocate", refused)
    new_array(tmp_path / "a.npy", (2, 3))[:] = 7
    assert np.load(tmp_path / "a.npy").tolist() == [[7] * 3] * 2
