"""Embedded sets and folders: what they hold, how they are divided, and what is refused."""

import numpy as np
import pytest

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


def test_embedded_digits(store_root):
    index, arrays = decode("embedded:mnist5k", store_root)
    assert index.class_names == list("0123456789")
    assert index.splits["train"].num_images == 5000
    assert index.splits["train"].shape == (1, 28, 28)
    assert arrays["train_images"].dtype == np.uint8
    assert arrays["train_images"].shape == (5000, 1, 28, 28)
    assert arrays["train_images"].max() == 255
    assert arrays["train_labels"].dtype == np.int64
    assert np.bincount(arrays["train_labels"]).tolist() == [500] * 10
    assert index.digest == "d67362bb48a3e9f4"  # part of every run's name: it must not drift


def test_unknown_embedded_set(root):
    assert "there is embedded:mnist5k" in refusal("embedded:mnist", root)


def test_folder_of_grey_images(tmp_path, root):
    index, arrays = decode(f"folder:{write_folder(tmp_path / 'f', GREY)}", root)
    assert index.class_names == ["class0", "class1"]
    assert index.splits["train"].shape == (1, 6, 5)
    expected = np.concatenate([GREY[0::2], GREY[1::2]])[:, None]
    np.testing.assert_array_equal(arrays["train_images"], expected)
    assert arrays["train_labels"].tolist() == [0] * 6 + [1] * 6


def test_folder_of_colour_images(tmp_path, root):
    index, arrays = decode(f"folder:{write_folder(tmp_path / 'f', COLOUR)}", root)
    assert index.splits["train"].shape == (3, 6, 5)
    expected = np.concatenate([COLOUR[0::2], COLOUR[1::2]]).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(arrays["train_images"], expected)


def test_missing_folder(tmp_path, root):
    assert refusal(f"folder:{tmp_path}/none", root) == f"data.source: no folder {tmp_path}/none"


def test_missing_hub_layout_folder(tmp_path, root):
    assert refusal(tmp_path / "none", root) == f"data.source: no folder {tmp_path}/none"


def test_folder_without_classes(tmp_path, root):
    assert "one sub-folder a class" in refusal(f"folder:{tmp_path}", root)


def test_empty_class(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / "class9").mkdir()
    (folder / "class9" / "notes.txt").write_text("none yet")
    assert refusal(f"folder:{folder}", root) == f"data.source: class folder {folder}/class9 holds no images"


def test_one_class(tmp_path, root):
    assert "has 1 class; a classifier needs at least 2" in refusal(
        f"folder:{write_folder(tmp_path / 'f', GREY, num_classes=1)}", root
    )


def test_hidden_folders_and_other_files_are_passed_over(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / ".thumbnails").mkdir()
    (folder / "README.txt").write_text("x")
    (folder / "class0" / "README.txt").write_text("x")
    index, _ = decode(f"folder:{folder}", root)
    assert index.class_names == ["class0", "class1"]


def test_a_folder_that_is_no_data_set(tmp_path, root):
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "a.bin").write_bytes(b"\0")
    message = refusal(tmp_path / "junk", root)
    assert message.startswith(f"data.source: cannot load {tmp_path}/junk: ")
    assert "folder:PATH" in message


@pytest.mark.parametrize("val", ["val", "validation"])
def test_folders_named_as_splits_are_the_splits(tmp_path, root, val):
    paths = [f"{split}/{name}/0.png" for split in ("train", val, "test") for name in ("cat", "dog")]
    tree = {place: picture() for place in paths}
    index, arrays = decode_folder(write_tree(tmp_path / "f", tree), root)
    assert index.class_names == ["cat", "dog"]
    assert sorted(index.splits) == ["test", "train", "val"]
    for split, place in (("train", "train"), ("val", val), ("test", "test")):
        np.testing.assert_array_equal(arrays[f"{split}_images"][1, 0], np.asarray(tree[f"{place}/dog/0.png"]))
        assert arrays[f"{split}_labels"].tolist() == [0, 1]


def test_train_alone_may_have_its_own_folder(tmp_path, root):
    folder = write_tree(tmp_path / "f", {f"train/{name}/0.png": picture() for name in "ab"})
    assert decode_folder(folder, root)[0].class_names == ["a", "b"]


def test_a_class_may_be_called_train(tmp_path, root):
    folder = write_tree(tmp_path / "f", {f"{name}/0.png": picture() for name in ("train", "car")})
    assert decode_folder(folder, root)[0].class_names == ["car", "train"]


def test_class_folders_must_agree_across_splits(tmp_path, root):
    names = ["train/a/0.png", "train/b/0.png", "test/a/0.png", "test/c/0.png"]
    folder = write_tree(tmp_path / "f", {name: picture() for name in names})
    assert refusal_of_folder(folder, root) == (
        f"data.source: {folder}/test and {folder}/train must have the same class folders; only one of them has b, c"
    )


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["train/a/0.png", "test/a/0.png", "more/a/0.png"], "beside them more"),
        (["val/a/0.png", "test/a/0.png"], "but no train"),
        (["train/a/0.png", "val/a/0.png", "validation/a/0.png"], "both val and validation"),
        (["train/0.png", "test/0.png"], "train has no sub-folders"),
    ],
)
def test_layouts_that_could_mean_two_things_are_refused(tmp_path, root, names, reason):
    assert reason in refusal_of_folder(write_tree(tmp_path / "f", {name: picture() for name in names}), root)
