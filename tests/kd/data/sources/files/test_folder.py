"""Which files of a folder are looked at: links, loops, devices, endings, and names that stand in data."""

import os

import pytest

import kd.data.sources.files.folder
from kd.data.decoding import TooLargeError
from kd.data.sources.files.folder import (
    check_links,
    divide_images,
    file_stats,
    files_under,
    hub_repository,
    inside,
    is_hidden,
    read_bounded,
    sub_folders,
)
from kd.errors import InputError
from tests.kd.data.layouts import encoded, put


@pytest.mark.parametrize("name", [".git", "._0.png", ".DS_Store", "__MACOSX", "Thumbs.db", "Desktop.ini", "@eaDir"])
def test_what_is_never_data(name, tmp_path):
    assert is_hidden(name)
    put(tmp_path / name / "0.png", b"")
    assert sub_folders(tmp_path) == files_under(tmp_path) == []


def test_links_into_one_another_end(tmp_path):
    for one, other in (("a", "b"), ("b", "a")):
        put(tmp_path / one / "0.png", b"")
        (tmp_path / one / f"to_{other}").symlink_to(tmp_path / other, target_is_directory=True)
    found = [path.relative_to(tmp_path).as_posix() for path in files_under(tmp_path)]
    assert found == ["a/0.png", "a/to_b/0.png", "b/0.png", "b/to_a/0.png"]


def test_two_links_to_one_folder_are_both_followed(tmp_path):
    put(tmp_path / "far/0.png", b"")
    for name in ("one", "two"):
        (tmp_path / "f" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "f" / name).symlink_to(tmp_path / "far", target_is_directory=True)
    assert len(files_under(tmp_path / "f")) == 2


def test_a_pipe_is_neither_an_image_nor_opened(tmp_path):
    os.mkfifo(tmp_path / "0.png")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "1.png").symlink_to("/dev/zero")
    assert divide_images(files_under(tmp_path)) == ([], {"device or pipe": 3})
    assert list(file_stats(tmp_path)) == []
    for name in ("0.png", "1.png"):
        with pytest.raises(TooLargeError):
            read_bounded(tmp_path / name)


def test_a_file_is_measured_before_it_is_read(tmp_path, monkeypatch):
    put(tmp_path / "0.png", b"x" * 11)
    monkeypatch.setattr(kd.data.sources.files.folder, "MAX_FILE_BYTES", 10)
    with pytest.raises(TooLargeError, match="more than 10 bytes"):
        read_bounded(tmp_path / "0.png")


def test_broken_links_that_are_named_as_images_are_unreadable_images(tmp_path):
    (tmp_path / "0.png").symlink_to(tmp_path / "gone.png")
    (tmp_path / "notes").symlink_to(tmp_path / "gone")
    assert divide_images(files_under(tmp_path)) == ([tmp_path / "0.png"], {"broken link": 1})


def test_a_name_without_ending_is_an_image_where_its_content_is(tmp_path):
    for name, content in {"png": encoded("a"), "text": b"read me", "empty": b"", "damaged": encoded("b")[8:]}.items():
        put(tmp_path / name, content)
    assert divide_images(files_under(tmp_path)) == ([tmp_path / "png"], {"no ending": 3})


@pytest.mark.parametrize("name", ["/etc/hostname", "../secret.png", "a/../../secret.png", "link/secret.png", "a\0b"])
def test_names_in_data_stay_inside(name, tmp_path):
    put(tmp_path / "secret.png", b"")
    (tmp_path / "f").mkdir()
    (tmp_path / "f/link").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(InputError, match="which is not in"):
        inside([tmp_path / "f"], name)


def test_names_in_data_may_lead_deeper(tmp_path):
    assert inside([tmp_path], "a/./b/../0.png") == tmp_path / "a/./b/../0.png"
    assert inside([tmp_path / "f", tmp_path], str(tmp_path / "0.png")) == tmp_path / "0.png"


@pytest.fixture
def snapshot(tmp_path):
    """A snapshot in the Hub's cache: its files are links to blobs."""
    repository = tmp_path / "hub/datasets--someone--pets"
    put(repository / "blobs/ab12", encoded("0"))
    folder = repository / "snapshots/9f"
    folder.mkdir(parents=True)
    (folder / "0.png").symlink_to("../../blobs/ab12")
    return folder


def test_a_download_is_linked_to_its_blobs(snapshot, tmp_path):
    assert hub_repository(snapshot) == hub_repository(snapshot / "data") == tmp_path / "hub/datasets--someone--pets"
    check_links([snapshot / "0.png"], snapshot)


def test_a_download_is_linked_to_nothing_else(snapshot, tmp_path):
    put(tmp_path / "secret.png", encoded("secret"))
    (snapshot / "1.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InputError, match=r"1\.png is a link out of the download .*datasets--someone--pets; remove it"):
        check_links([snapshot / "0.png", snapshot / "1.png"], snapshot)


def test_links_of_a_folder_that_a_person_laid_out_lead_anywhere(tmp_path):
    put(tmp_path / "far/0.png", b"")
    (tmp_path / "f").mkdir()
    (tmp_path / "f/0.png").symlink_to(tmp_path / "far/0.png")
    assert hub_repository(tmp_path / "f") is None
    check_links([tmp_path / "f/0.png"], tmp_path / "f")
