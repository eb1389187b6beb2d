"""Folders of images: what they hold, how they are divided, and what is refused."""

import os

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
    (tmp_path / "pets").mkdir()
    said = f"data.source: no folder {tmp_path}/pest (did you mean {tmp_path}/pets?)"
    assert refusal(f"folder:{tmp_path}/pest", root) == said
    assert refusal("folder:", root) == "data.source: no folder is named; give the path of one"


def test_folder_without_classes(tmp_path, root):
    assert "one sub-folder a class" in refusal(f"folder:{tmp_path}", root)


def test_empty_class(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / "class9").mkdir()
    (folder / "class9" / "notes.txt").write_text("none yet")
    message = refusal(f"folder:{folder}", root)
    said = f"data.source: class folder {folder}/class9 holds no images, only .txt 1; put some in, or take it away"
    assert message == said


def test_one_class(tmp_path, root):
    assert "has 1 class (class0); a classifier needs at least 2: give each class a sub-folder" in refusal(
        f"folder:{write_folder(tmp_path / 'f', GREY, num_classes=1)}", root
    )


def test_hidden_folders_and_other_files_are_passed_over(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / ".thumbnails").mkdir()
    (folder / "README.txt").write_text("x")
    (folder / "class0" / "README.txt").write_text("x")
    index, _ = decode(f"folder:{folder}", root)
    assert index.class_names == ["class0", "class1"]


def test_a_folder_whose_classes_are_all_hidden(tmp_path, root):
    said = refusal_of_folder(write_tree(tmp_path / "f", {f"{name}/0.png": picture() for name in (".a", ".b")}), root)
    assert "(left out since their names begin with a dot: folders .a, .b (if they are classes, rename them))" in said


def test_a_hidden_class_that_is_added_later_is_said(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    before, _ = decode_folder(folder, root)
    write_tree(folder, {".x/0.png": picture(), "class0/.0.png": picture()})
    (folder / "class0" / "._0.png").write_bytes(b"resource fork")
    index, _ = decode_folder(folder, root)
    assert (index.digest, index.left_out) == (before.digest, {"hidden": 2})
    assert index.remarks == ["left out since its name begins with a dot: folder .x (if it is a class, rename it)"]


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
        f"data.source: {folder}/test and {folder}/train must have the same class folders; only {folder}/test has c, "
        f"only {folder}/train has b; add or remove it"
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


def test_a_folder_around_the_classes_of_a_split_may_hold_one_folder_each(tmp_path, root):
    names = [f"{split}/{name}/images/0.png" for split in ("train", "val") for name in "ab"]
    index, _ = decode_folder(write_tree(tmp_path / "f", {name: picture() for name in names}), root)
    assert index.class_names == ["a", "b"]


def test_accents_written_in_two_ways_are_one_class(tmp_path, root):
    names = ["train/caf\u00e9/0.png", "train/tea/0.png", "test/cafe\u0301/0.png", "test/tea/0.png"]
    index, arrays = decode_folder(write_tree(tmp_path / "f", {name: picture() for name in names}), root)
    assert index.class_names == ["caf\u00e9", "tea"]
    assert arrays["test_labels"].tolist() == [0, 1]


@pytest.mark.parametrize("place", ["", "test/"])
def test_accents_written_in_two_ways_in_one_place_are_refused(tmp_path, root, place):
    names = [f"{place}caf\u00e9/0.png", f"{place}cafe\u0301/1.png", f"{place}tea/0.png"]
    names += ["train/caf\u00e9/0.png", "train/tea/0.png"] if place else []
    folder = write_tree(tmp_path / "f", {name: picture() for name in names})
    assert refusal_of_folder(folder, root) == (
        f"data.source: {folder / place} has 2 folders called caf\u00e9, whose accents are encoded in different ways; "
        "move their images into one"
    )


@pytest.mark.parametrize(
    ("names", "train", "test"),
    [("ho train", "train", "ho"), ("test trainval", "trainval", "test"), ("a b c", "a", "c")],
)
def test_a_layout_is_not_suggested_the_wrong_way_round(tmp_path, root, names, train, test):
    tree = {f"{name}/{label}/0.png": picture() for name in names.split() for label in "xy"}
    said = refusal_of_folder(write_tree(tmp_path / "f", tree), root)
    assert f"data.splits: {{train: {train}, test: {test}}}" in said


def test_a_folder_whose_name_is_no_text(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / os.fsdecode(b"caf\xe9")).mkdir()
    assert "is not UTF-8; rename it" in refusal_of_folder(folder, root)


def test_a_folder_has_no_configurations(tmp_path, root):
    assert "data.config" in refusal_of_folder(write_folder(tmp_path / "f", GREY), root, config="small")


def test_files_beside_the_classes_are_counted(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    write_tree(folder, {"loose.png": picture()})
    (folder / "labels.csv").write_text("0,cat")
    assert decode_folder(folder, root)[0].left_out == {".png": 1, ".csv": 1}
