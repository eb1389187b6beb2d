"""A few of many names."""

import pytest

from harness.report.text.cards.names import MAX_LETTERS, final_key, some
from harness.report.text.language import language

EN, ZH = language("en"), language("zh")


def test_what_there_is_no_room_for_is_counted() -> None:
    assert some(["a", "b", "c"], EN) == "a, b, c"
    assert some(["a", "b", "c", "d"], EN) == "a, b, c and 1 more"
    assert some(["a", "b", "c", "d"], ZH) == "a、b、c 等，另有 1 个"
    assert some([], EN) == ""


def test_long_names_stay_apart() -> None:
    names = [f"{'x' * 100}{number}" for number in range(2)]
    first, second = some(names, EN).split(", ")
    assert first != second and len(first) == len(second) == MAX_LETTERS


@pytest.mark.parametrize(("is_final", "key"), [(True, "yes"), (False, "no")])
def test_what_is_over_is_told_from_what_may_still_come(is_final: bool, key: str) -> None:
    assert final_key(is_final) == key
