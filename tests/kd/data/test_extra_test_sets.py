"""Another test set comes to the sweep's shape and classes, or is refused in one line."""

import numpy as np
import pytest
from PIL import Image

from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.data.extra_test_sets import prepare_extra
from kd.errors import InputError
from tests.kd.image_folders import COLOUR, GREY, picture, write_folder, write_tree

NAMES = ["class0", "class1"]


@pytest.fixture
def main(tmp_path, root):
    """The sweep's own data, grey, 6×5."""
    return prepare(DataConfig(source=f"folder:{write_folder(tmp_path / 'main', GREY)}"), root)


def extra(tree, tmp_path, root, main, names=NAMES, **asked):
    """The images and labels of a set of these files."""
    folder = write_tree(tmp_path / "set", tree)
    index = prepare_extra(
        "extra_tests.odd", DataConfig(source=f"folder:{folder}", **asked), main.class_names, main, names, root
    )
    store = root / index.digest
    return np.load(store / "test_images.npy"), np.load(store / "test_labels.npy")


def refused(*arguments, **asked):
    with pytest.raises(InputError) as caught:
        extra(*arguments, **asked)
    message = str(caught.value)
    assert "\n" not in message and "data." not in message
    assert message.startswith("extra_tests.odd")
    return message


def test_a_set_of_one_class_and_three_images_is_enough(tmp_path, root, main):
    images, labels = extra({f"class1/{n}.png": picture() for n in range(3)}, tmp_path, root, main)
    assert images.shape == (3, *main.splits["train"].shape)
    assert labels.tolist() == [1, 1, 1]


def test_size_and_colour_become_those_of_the_sweeps_own_images(tmp_path, root, main):
    wide = Image.fromarray(COLOUR[0]).resize((50, 60))
    images, _ = extra({"class0/a.png": wide, "class0/b.png": Image.fromarray(COLOUR[1])}, tmp_path, root, main)
    assert images.shape == (2, 1, 6, 5)
    grey = np.asarray(Image.fromarray(COLOUR[1]).convert("L")).astype(int)
    assert np.abs(images[1, 0].astype(int) - grey).max() <= 1


def test_grey_for_colour_is_repeated(tmp_path, root):
    main = prepare(DataConfig(source=f"folder:{write_folder(tmp_path / 'main', COLOUR)}"), root)
    images, _ = extra({"class0/a.png": Image.fromarray(GREY[0])}, tmp_path, root, main)
    np.testing.assert_array_equal(images[0], np.stack([GREY[0]] * 3))


def test_classes_are_found_by_either_name_and_by_a_given_one(tmp_path, root, main):
    _, labels = extra({"class1/a.png": picture(), "cat/b.png": picture()}, tmp_path, root, main, names=["cat", "dog"])
    assert sorted(labels.tolist()) == [0, 1]  # the folder's own name of dog
    for path in (tmp_path / "set").rglob("*.png"):
        path.unlink()
    for path in (tmp_path / "set").iterdir():
        path.rmdir()
    tree = {"katze/a.png": picture()}
    _, labels = extra(tree, tmp_path, root, main, names=["cat", "dog"], class_names={"katze": "cat"})
    assert labels.tolist() == [0]


def test_what_cannot_be_mapped_is_refused_with_the_remedy(tmp_path, root, main):
    message = refused({"clas1/a.png": picture()}, tmp_path, root, main)
    assert "its class 'clas1' is none of the sweep's (class0, class1)" in message
    assert "extra_tests.odd.class_names: {clas1: class1}" in message
    assert "has no class 'cat'; it has clas1" in refused({}, tmp_path, root, main, class_names={"cat": "class0"})
    both = {"clas1": "class1"}
    assert "'clas1' and 'class1' are the same one" in refused(
        {"class1/a.png": picture()}, tmp_path, root, main, class_names=both
    )


def test_a_folder_that_is_gone_is_named_and_a_store_that_is_there_is_found_again(tmp_path, root, main):
    tree = {"class0/a.png": picture(), "class0/b.png": picture()}
    images, _ = extra(tree, tmp_path, root, main)
    again, _ = extra({}, tmp_path, root, main)
    np.testing.assert_array_equal(images, again)
    for path in (tmp_path / "set" / "class0").iterdir():
        path.unlink()
    assert "class0 holds no images" in refused({}, tmp_path, root, main)
    (tmp_path / "set" / "class0").rmdir()
    (tmp_path / "set").rmdir()
    with pytest.raises(InputError, match=r"extra_tests\.odd: no folder"):
        prepare_extra(
            "extra_tests.odd", DataConfig(source=f"folder:{tmp_path}/set"), main.class_names, main, NAMES, root
        )


def test_a_damaged_image_is_named_or_left_out(tmp_path, root, main):
    write_tree(tmp_path / "set", {"class0/a.png": picture(), "class0/b.png": picture()})
    (tmp_path / "set/class0/b.png").write_bytes(b"broken")
    assert "1 unreadable image(s): class0/b.png (not an image); mend" in refused({}, tmp_path, root, main)
    images, _ = extra({}, tmp_path, root, main, skip_corrupt=True)
    assert len(images) == 1


def test_its_test_split_is_taken_and_another_where_it_is_named(tmp_path, root, main):
    tree = {
        f"{split}/class{kind}/{n}.png": picture() for split in ("train", "test") for kind in (0, 1) for n in range(2)
    }
    tree["train/class0/9.png"] = picture()
    assert len(extra(tree, tmp_path, root, main)[0]) == 4
    splits = {"train": "train", "val": None, "test": None}
    assert len(extra({}, tmp_path, root, main, splits=splits)[0]) == 5
