"""Class names that a person can tell apart."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from harness.report.results.class_names import MAX_LENGTH, told_apart
from tests.support.nasty_names import NASTY_NAMES, texts


def looks_of(names: tuple[str, ...]) -> list[str]:
    return [unicodedata.normalize("NFC", " ".join(name.split())) for name in names]


def test_no_two_nasty_names_look_the_same_and_none_is_empty_or_endless() -> None:
    names = told_apart([*NASTY_NAMES.values(), "cat", "cat ", ""])
    assert all(looks_of(names))
    assert len(set(looks_of(names))) == len(names)
    assert max(map(len, names)) <= MAX_LENGTH


def test_names_that_differ_after_the_last_letter_that_is_shown_bear_their_numbers() -> None:
    first, second = told_apart(["x" * 1000 + "a", "x" * 1000 + "b"])
    assert (first[-4:], second[-4:]) == ("x… #0"[-4:], "x… #1"[-4:])


def test_names_that_differ_in_case_stay_as_they_are() -> None:
    assert told_apart(["cat", "Cat", "CAT"]) == ("cat", "Cat", "CAT")


def test_a_number_that_makes_a_name_look_like_another_is_no_end() -> None:
    assert told_apart(["cat", "cat", "cat #0"]) == ("cat #0 #0", "cat #1", "cat #0 #2")


@given(st.lists(texts, max_size=6))
def test_every_name_is_there_in_its_place(names: list[str]) -> None:
    shown = told_apart(names)
    assert len(shown) == len(names)
    assert all(looks_of(shown))
    assert len(set(looks_of(shown))) == len(shown)
    assert all(name.strip() in one for one, name in zip(shown, names, strict=True))
