"""Splits by their names, as the Hub's library has them, and by what the user says."""

import pytest

from kd.data.sources.files.split_names import _WORDS, choose_splits, part_of, plain_part, remarks_on
from kd.errors import InputError


def test_the_words_are_those_of_datasets():
    from datasets.data_files import SPLIT_KEYWORDS

    parts = {"train": "train", "validation": "val", "test": "test"}
    assert {word: parts[str(split)] for split, words in SPLIT_KEYWORDS.items() for word in words} == _WORDS


@pytest.mark.parametrize(
    ("name", "part"),
    [("TRAIN", "train"), ("train_images", "train"), ("val-2017", "val"), ("Eval", "test"), ("trained", None)],
)
def test_parts_are_told_by_whole_words(name, part):
    assert part_of(name) == part


def test_a_name_of_two_parts_is_of_none():
    assert part_of("train_and_test") is plain_part("train_and_test") is None


def test_the_plain_name_comes_first():
    choice = choose_splits(["train", "train_small", "test"], None, "D")
    assert choice.splits == {"train": "train", "test": "test"}
    assert choice.others == ["train_small"]


@pytest.mark.parametrize(
    ("asked", "splits"),
    [
        ({"val": None}, {"train": "train", "test": "test"}),
        ({"val": "test", "test": None}, {"train": "train", "val": "test"}),
        ({"train": "extra"}, {"train": "extra", "val": "validation", "test": "test"}),
        ({"train": "validation"}, {"train": "validation", "test": "test"}),
    ],
)
def test_what_is_asked_for_is_taken_and_the_rest_found(asked, splits):
    assert choose_splits(["train", "validation", "test", "extra"], asked, "D").splits == splits


@pytest.mark.parametrize(
    ("names", "asked", "message"),
    [
        (["a"], {"train": "b"}, "data.splits.train: no split 'b'; D has a"),
        (["fold1", "test"], None, "D has fold1, test but no train; say which it is: data.splits: {train: fold1}"),
        ([], None, "D has no splits but no train"),
        (["train"], {"train": None}, "but no train"),
        (["train", "dev", "val"], None, "both dev and val could be val; name one: data.splits: {val: dev}"),
    ],
)
def test_what_cannot_be_chosen_is_one_line_with_the_names(names, asked, message):
    with pytest.raises(InputError) as caught:
        choose_splits(names, asked, "D")
    assert message in str(caught.value)


def test_remarks_name_what_is_called_otherwise():
    assert remarks_on({"train": "train", "test": "Test"}) == ("test is 'Test'",)
    assert remarks_on({"train": "."}) == ()
