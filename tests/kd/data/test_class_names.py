"""The names of the classes: as many as the source has, each its own, and no number depends on them."""

import pytest

from kd.config import DataConfig
from kd.data.class_names import choose_names, with_class_names
from kd.data.decoded.store import prepare
from kd.data.division.splits import open_division
from kd.data.division.summary import summarize
from kd.errors import InputError
from tests.kd.data.layouts import split_folders

FOUND = ["n01", "n02", "n03"]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (("ant", "bee", "cat"), ("ant", "bee", "cat")),
        ({"n02": "bee"}, ("n01", "bee", "n03")),
        ({"n01": "n02", "n02": "n01"}, ("n02", "n01", "n03")),  # exchanged: each is still its own
        ({}, ("n01", "n02", "n03")),
    ],
)
def test_a_list_names_all_and_a_mapping_some(wanted, names):
    assert choose_names(wanted, FOUND) == names


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        (("ant", "bee"), "2 names for 3 classes: give one for each, in this order: n01, n02, n03"),
        ((), "0 names for 3 classes: give one for each, in this order: n01, n02, n03"),
        ({"N02": "bee"}, "the source has no class 'N02'; did you mean 'n02'?"),
        ({"wasp": "bee"}, "the source has no class 'wasp'; its classes are n01, n02, n03"),
        (("ant", "bee", "ant"), "2 classes would be called 'ant'; each needs a name of its own"),
        ({"n01": "n02"}, "2 classes would be called 'n02'; each needs a name of its own"),
        (("ant", " ", "cat"), "class 'n02' would have no name"),
    ],
)
def test_names_that_do_not_fit_are_one_line(wanted, line):
    with pytest.raises(InputError) as error:
        choose_names(wanted, FOUND)
    assert str(error.value) == f"data.class_names: {line}"


def test_of_many_classes_a_message_shows_ten():
    with pytest.raises(InputError, match=r"in this order: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … \(1000 in all\)$"):
        choose_names(("ant",), [str(number) for number in range(1000)])


def test_the_store_keeps_its_names_and_whoever_opens_it_gets_the_others(tmp_path, root):
    split_folders(tmp_path / "f", "train", "val", "test")
    plain = DataConfig(source=f"folder:{tmp_path / 'f'}")
    index = prepare(plain, root)
    named = with_class_names(plain.model_copy(update={"class_names": {"dog": "perro"}}), index.class_names)
    assert prepare(named, root) == index
    assert open_division(named.stored(index.digest), root).store.class_names == ["cat", "perro"]
    assert open_division(plain.stored(index.digest), root).store.class_names == ["cat", "dog"]
    assert summarize(named, index.digest, root).startswith("2 classes: cat, perro; ")
    assert with_class_names(plain, index.class_names) is plain
