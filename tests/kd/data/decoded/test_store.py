"""Whatever the images come from, the store holds the same arrays; what cannot be used is named."""

import logging
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kd.data.decoded.store
import kd.data.sources
from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.errors import InputError
from kd.files import short_hash
from kd.records import StoreIndex
from tests.kd.image_folders import (
    COLOUR,
    GREY,
    decode,
    decode_folder,
    picture,
    refusal,
    refusal_of_folder,
    write_folder,
    write_tree,
)


def test_grey_beside_colour_is_repeated_to_three_channels(tmp_path, root):
    _, arrays = decode(f"folder:{write_folder(tmp_path / 'f', [GREY[0], COLOUR[1]])}", root)
    np.testing.assert_array_equal(arrays["train_images"][0], np.stack([GREY[0]] * 3))
    np.testing.assert_array_equal(arrays["train_images"][1], COLOUR[1].transpose(2, 0, 1))


@pytest.mark.parametrize(("keep", "why"), [(0, "empty"), (10, "not an image"), (60, "cut short")])
def test_corrupt_images_are_counted_and_one_is_named(tmp_path, root, keep, why):
    folder = write_folder(tmp_path / "f", GREY)
    for name in ("class0/002.png", "class1/003.png"):
        path = folder / name
        path.write_bytes(path.read_bytes()[:keep])
    assert refusal(f"folder:{folder}", root) == (
        f"data.source: folder:{folder} has 2 unreadable image(s): class0/002.png and 1 more ({why}); "
        "mend or remove them, or set data.skip_corrupt: true"
    )


def test_a_file_that_is_not_there_is_said_to_be_that(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / "class0" / "gone.png").symlink_to(tmp_path / "elsewhere.png")
    assert "1 unreadable image(s): class0/gone.png (not there); mend" in refusal(f"folder:{folder}", root)


def test_sizes_that_differ_are_both_named(tmp_path, root):
    folder = write_folder(tmp_path / "f", [GREY[0], GREY[1], GREY[2][:, :4]])
    message = refusal(f"folder:{folder}", root)
    assert f"{folder}/class0/002.png is 4×6" in message
    assert f"{folder}/class0/000.png is 5×6" in message
    assert "set data.image_size" in message


def test_a_changed_file_is_decoded_again(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    before, _ = decode(f"folder:{folder}", root)
    path = folder / "class0" / "000.png"
    stamp = path.stat().st_mtime_ns
    Image.fromarray(255 - GREY[0]).save(path)
    os.utime(path, ns=(stamp + 10**9, stamp + 10**9))
    after, arrays = decode(f"folder:{folder}", root)
    assert after.digest != before.digest
    np.testing.assert_array_equal(arrays["train_images"][0, 0], 255 - GREY[0])


def test_an_unchanged_source_is_not_decoded_again(tmp_path, root, monkeypatch):
    folder = write_folder(tmp_path / "f", GREY)
    before, _ = decode(f"folder:{folder}", root)
    monkeypatch.setattr(kd.data.decoded.store, "list_source", None)
    assert prepare(DataConfig(source=f"folder:{folder}"), root) == before


def test_a_file_replaced_by_one_of_its_size_and_time_is_decoded_again(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    path = folder / "class0" / "000.bmp"
    Image.fromarray(GREY[0]).save(path)
    before, _ = decode(f"folder:{folder}", root)
    stat = path.stat()
    Image.fromarray(255 - GREY[0]).save(path)
    os.utime(path, ns=(stat.st_mtime_ns, stat.st_mtime_ns))  # as cp -p, rsync -t and tar do
    assert path.stat().st_size == stat.st_size
    assert decode(f"folder:{folder}", root)[0].digest != before.digest


def test_images_added_behind_a_link_are_decoded(tmp_path, root):
    folder, behind = write_folder(tmp_path / "f", GREY), tmp_path / "behind"
    behind.mkdir()
    (folder / "class0" / "more").symlink_to(behind, target_is_directory=True)
    assert decode(f"folder:{folder}", root)[0].splits["train"].num_images == 12
    Image.fromarray(GREY[0]).save(behind / "new.png")
    assert decode(f"folder:{folder}", root)[0].splits["train"].num_images == 13


def test_a_store_of_an_earlier_way_of_reading_is_made_anew_and_has_its_name(tmp_path, root, monkeypatch):
    folder = write_folder(tmp_path / "f", GREY)
    monkeypatch.setattr(kd.data.sources, "READERS_VERSION", 1)
    before, _ = decode(f"folder:{folder}", root)
    monkeypatch.undo()
    assert decode(f"folder:{folder}", root)[0].digest == before.digest
    assert len(list((root / "sources").iterdir())) == 2


def test_a_store_that_may_lack_images_for_their_size_is_made_anew(tmp_path, root, monkeypatch):
    folder = write_folder(tmp_path / "f", GREY)
    for options in ({"image_size": 4, "skip_corrupt": True}, {"image_size": 4}, {"skip_corrupt": True}):
        data = DataConfig(source=f"folder:{folder}", **options)
        monkeypatch.setattr(kd.data.decoded.store, "RESIZING_VERSION", 1)
        earlier = kd.data.decoded.store.source_key(data)
        monkeypatch.undo()
        assert (kd.data.decoded.store.source_key(data) != earlier) is (len(options) == 2)


@pytest.mark.parametrize("source", ["embedded:mnist5k", "someone/something"])
def test_what_is_not_read_from_a_folder_keeps_its_key(source):
    key = short_hash([source, None, None, []])
    assert kd.data.decoded.store.source_key(DataConfig(source=source)) == key
    assert kd.data.decoded.store.source_key(DataConfig(source=source, duplicates="drop")) == key
    resized = DataConfig(source=source, image_size=4, skip_corrupt=True)  # pinned at first use, to this key
    assert kd.data.decoded.store.source_key(resized) == short_hash([source, None, None, [], (4, 4), True])
    assert kd.data.decoded.store.source_key(DataConfig(source=source, config="small")) != key
    assert kd.data.decoded.store.source_key(DataConfig(source=source, splits={"test": None})) != key


def test_a_lost_or_damaged_store_is_decoded_again(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    before, arrays = decode(f"folder:{folder}", root)
    (root / before.digest / "index.json").write_text("{")
    after, again = decode(f"folder:{folder}", root)
    assert after == before
    shutil.rmtree(root / before.digest)
    assert decode(f"folder:{folder}", root)[0] == before
    np.testing.assert_array_equal(arrays["train_images"], again["train_images"])


def test_the_same_content_in_two_places_has_one_digest(tmp_path, root):
    one, _ = decode(f"folder:{write_folder(tmp_path / 'one', GREY)}", root)
    other, _ = decode(f"folder:{write_folder(tmp_path / 'other', GREY)}", root)
    assert one.digest == other.digest
    assert sorted(path.name for path in root.iterdir()) == sorted([one.digest, "sources"])


def test_digest_depends_on_pixels_labels_and_class_names(tmp_path, root):
    def digest(name, images, rename=False):
        folder = write_folder(tmp_path / name, images)
        if rename:
            (folder / "class1").rename(folder / "other")
        return decode(f"folder:{folder}", root)[0].digest

    flipped = [GREY[1], GREY[0], *GREY[2:]]
    assert len({digest("a", GREY), digest("b", flipped), digest("c", GREY, rename=True), digest("d", GREY[:10])}) == 4


# The Hub's layout, from local files.


def test_grey_train_beside_colour_test_becomes_colour(tmp_path, root):
    tree = {"train/a/0.png": picture(), "train/b/0.png": picture()}
    tree |= {"test/a/0.png": picture(6, 5, 3), "test/b/0.png": picture(6, 5, 3)}
    _, arrays = decode_folder(write_tree(tmp_path / "f", tree), root)
    np.testing.assert_array_equal(arrays["train_images"][0], np.stack([np.asarray(tree["train/a/0.png"])] * 3))
    np.testing.assert_array_equal(arrays["test_images"][0], np.asarray(tree["test/a/0.png"]).transpose(2, 0, 1))


def test_a_size_is_part_of_what_is_remembered(tmp_path, root):
    folder = write_tree(tmp_path / "f", {f"{name}/0.png": picture(8, 8) for name in "ab"})
    digests = {
        decode_folder(folder, root, **options)[0].digest for options in ({}, {"image_size": 4}, {"image_size": [4, 4]})
    }
    assert len(digests) == 2


def damaged_folder(folder, num_damaged):
    tree = {f"{name}/{number:02d}.png": picture() for name in "ab" for number in range(10)}
    write_tree(folder, tree)
    for number in range(num_damaged):
        (folder / f"b/{number:02d}.png").write_bytes(b"not an image")
    return folder, tree


def test_unreadable_images_are_counted_by_reason_with_one_of_each(tmp_path, root, monkeypatch):
    folder, _ = damaged_folder(tmp_path / "f", 7)
    (folder / "a/03.png").write_bytes(b"")
    (folder / "a/04.png").unlink()
    (folder / "a/04.png").symlink_to(tmp_path / "elsewhere.png")
    (folder / "a/05.png").write_bytes((folder / "a/06.png").read_bytes()[:-30])
    read = Path.read_bytes

    def locked(path):
        if path.name == "07.png" and path.parent.name == "a":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    assert refusal_of_folder(folder, root).endswith(
        " has 11 unreadable image(s): a/03.png (empty), a/04.png (not there), a/05.png (cut short), a/07.png "
        "(Permission denied), b/00.png and 6 more (not an image); mend or remove them, or set data.skip_corrupt: true"
    )


def test_damaged_images_are_left_out_and_recorded_when_asked(tmp_path, root, caplog):
    folder, tree = damaged_folder(tmp_path / "f", 2)
    index, arrays = decode_folder(folder, root, skip_corrupt=True)
    assert index.skipped == ["b/00.png", "b/01.png"]
    assert StoreIndex.model_validate_json((root / index.digest / "index.json").read_text()).skipped == index.skipped
    assert arrays["train_labels"].tolist() == [0] * 10 + [1] * 8
    np.testing.assert_array_equal(arrays["train_images"][10, 0], np.asarray(tree["b/02.png"]))
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert prepare(DataConfig(source=f"folder:{folder}", skip_corrupt=True), root) == index  # from its pointer
    assert index.why_skipped == ["not an image"] * 2
    assert f"left out 2 unreadable image(s) of folder:{folder}: b/00.png and 1 more (not an image)" in caplog.text
    with pytest.raises(InputError, match=r"2 unreadable image\(s\)"):
        decode_folder(folder, root)


def test_what_was_left_out_is_no_part_of_the_digest(tmp_path, root):
    folder, _ = damaged_folder(tmp_path / "f", 2)
    with_them, _ = decode_folder(folder, root, skip_corrupt=True)
    for name in with_them.skipped:
        (folder / name).unlink()
    without, _ = decode_folder(folder, root)
    assert without.digest == with_them.digest
    assert without.skipped == []


def test_a_class_that_loses_all_its_images_is_an_error(tmp_path, root):
    assert "class 'b' has no training image" in refusal_of_folder(
        damaged_folder(tmp_path / "f", 10)[0], root, skip_corrupt=True
    )


def test_a_split_that_loses_all_its_images_is_an_error(tmp_path, root):
    folder = write_tree(
        tmp_path / "f", {f"{split}/{name}/0.png": picture() for split in ("train", "test") for name in "ab"}
    )
    for name in "ab":
        (folder / f"test/{name}/0.png").write_bytes(b"")
    assert "no image of test is readable" in refusal_of_folder(folder, root, skip_corrupt=True)
