"""Which images without labels are left beside train, val and test, and what is said of the others."""

import shutil

import numpy as np
import pytest
from PIL import Image

from kd.config import DataConfig, UnlabeledImages
from kd.data.decoded.store import prepare, prepare_unlabeled
from kd.data.division.splits import open_division
from kd.data.division.unlabeled import choose_unlabeled, explain_held_out, find_held_out
from kd.errors import InputError
from tests.kd.image_folders import write_folder

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 6, 5), dtype=np.uint8)


@pytest.fixture
def labelled(tmp_path, root):
    """30 images in two classes: 18 train, 6 val, 6 test."""
    source = f"folder:{write_folder(tmp_path / 'labelled', IMAGES[:30])}"
    data = DataConfig(source=source, val_fraction=0.25, test_fraction=0.2)
    return data.stored(prepare(data, root).digest)


@pytest.fixture
def more(tmp_path, root):
    """A source of images by their numbers, as a folder and as a store."""

    def make(numbers):
        folder = tmp_path / "more"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for number in numbers:
            Image.fromarray(IMAGES[number]).save(folder / f"{number:02d}.png")
        source = DataConfig(source=f"folder:{folder}")
        return source, UnlabeledImages(digest=prepare_unlabeled(source, root, 1).digest)

    return make


def numbers_of(data, root, part):
    """Which of IMAGES are in a part of the labelled ones."""
    division = open_division(data, root).division
    stored = np.load(root / data.digest / "train_images.npy")[getattr(division, part)]
    return [int(np.flatnonzero((image[0] == IMAGES).all((1, 2)))[0]) for image in stored]


def chosen(data, images, root):
    part = choose_unlabeled(data, images, root)
    stored = np.load(part.folder / f"{part.split}_images.npy")[part.positions]
    return part, [int(np.flatnonzero((image[0] == IMAGES).all((1, 2)))[0]) for image in stored]


def test_images_of_nobody_else_are_all_meant(labelled, more, root):
    _, images = more(range(30, 60))
    part, numbers = chosen(labelled, images, root)
    assert numbers == list(range(30, 60))
    assert (part.num_in_train, part.num_held_out) == (0, 0)
    assert list(find_held_out(labelled, images, root)) == []


def test_images_of_train_are_left_out_and_counted(labelled, more, root):
    in_train = numbers_of(labelled, root, "train")[:4]
    _, images = more([*in_train, 40, 41])
    part, numbers = chosen(labelled, images, root)
    assert numbers == [40, 41]
    assert part.num_in_train == 4


def test_images_of_val_and_test_are_refused_by_name_or_left_out(labelled, more, root):
    val, test = (numbers_of(labelled, root, part) for part in ("val", "test"))
    source, images = more([val[2], test[4], 40])
    with pytest.raises(InputError, match="2 of 3 images are in val or test"):
        choose_unlabeled(labelled, images, root)
    said = explain_held_out(labelled, images, root, source)
    for name, place in ((val[2], "val image 2"), (test[4], "test image 4")):
        assert f"{name:02d}.png ({place})" in said
    assert said.startswith("2 of these images are also in val or test: ") and said.endswith(")")
    dropping = images.model_copy(update={"drop_held_out": True})
    part, numbers = chosen(labelled, dropping, root)
    assert (numbers, part.num_held_out) == ([40], 2)


def test_of_many_three_are_named(labelled, more, root):
    source, images = more([*numbers_of(labelled, root, "test"), 40])
    said = explain_held_out(labelled, images, root, source)
    assert said.startswith("6 of these images") and said.endswith("and 3 more")
    assert said.count(".png") == 3


def test_the_folder_of_train_itself_has_nothing_left(labelled, more, root):
    _, images = more(range(30))
    with pytest.raises(InputError, match="12 of 30 images are in val or test"):
        choose_unlabeled(labelled, images, root)
    dropping = images.model_copy(update={"drop_held_out": True})
    with pytest.raises(InputError, match="none of 30 images is left: all are in train, val or test"):
        choose_unlabeled(labelled, dropping, root)


def test_the_rest_of_train_is_what_max_train_leaves_out(labelled, root):
    few = labelled.model_copy(update={"max_train": 12})
    part, numbers = chosen(few, UnlabeledImages(digest=None), root)
    parts = [set(numbers_of(few, root, name)) for name in ("train", "val", "test")]
    assert len(numbers) == 30 - 6 - 12
    assert set(numbers).isdisjoint(set.union(*parts))
    assert sorted([*numbers, *set.union(*parts)]) == list(range(30))
    assert part.split == "train"
    without = labelled.model_copy(update={"max_test": 2})  # what is set apart as test stays so
    with pytest.raises(InputError, match=r"none of 0 images is left: data\.max_train leaves no training image out"):
        choose_unlabeled(without, UnlabeledImages(digest=None), root)


def test_of_train_are_the_training_images_themselves(labelled, root):
    part, numbers = chosen(labelled, UnlabeledImages(digest=None, of_train=True), root)
    assert numbers == numbers_of(labelled, root, "train")
    assert (part.num_in_train, part.num_held_out) == (0, 0)


def test_so_many_are_drawn_at_random_and_the_same_each_time(labelled, more, root):
    _, images = more(range(30, 60))
    ten = images.model_copy(update={"max_images": 10})
    _, numbers = chosen(labelled, ten, root)
    assert len(set(numbers)) == 10
    assert numbers == sorted(numbers) == chosen(labelled, ten, root)[1]
    assert numbers != list(range(30, 40))
    other = labelled.model_copy(update={"split_seed": 1})
    assert set(numbers) != set(chosen(other, ten.model_copy(update={"drop_held_out": True}), root)[1])
