"""Which heads count as the data's: the same classes in the same order, with some freedom of spelling."""

import pytest

from kd.errors import InputError
from kd.models.class_order import check_class_order, is_unnamed

OURS = ["ant", "bee", "cat"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (OURS, OURS),
        (["Ant", "BEE", "c_a-t"], OURS),
        (["LABEL_0", "LABEL_1", "LABEL_2"], OURS),
        (["ant, emmet, pismire", "bee", "cat"], OURS),
        (["emmet, ant", "bee", "cat"], OURS),
        (["caf\u00e9", "na\u00efve"], ["cafe\u0301", "nai\u0308ve"]),  # one letter, or a letter and its accent
        (["Ａ", "猫"], ["a", "猫"]),
        (["C", "C++", "C#"], ["C", "C++", "C#"]),
        (["+", "-"], ["+", "-"]),
        (["Class-1", "St. Bernard"], ["class 1", "st bernard"]),
        (["crane, bird", "crane"], ["crane, bird", "crane"]),
    ],
)
def test_the_same_classes_in_the_same_order(theirs, ours):
    check_class_order("net", theirs, ours)


@pytest.mark.parametrize(
    ("theirs", "ours", "number"),
    [  # the last ones: signs, and marks that stand for vowels, tell words apart
        (["ant", "cat", "bee"], OURS, 1),
        (["C++", "C", "C#"], ["C", "C++", "C#"], 0),
        (["-", "+"], ["+", "-"], 0),
        (["automobile", "bee"], ["car", "bee"], 0),
        (["LABEL_0", "cat"], ["ant", "bee"], 1),
        (["", "b"], ["?", "b"], 0),
        (["missile", "projectile, missile"], ["rocket", "missile"], 0),
        (["rocket", "projectile, missile", "missile"], ["rocket", "missile", "shell"], 1),
        (["C", "D"], ["C++", "D"], 0),
        (["C#", "D"], ["C++", "D"], 0),
        (["1.5 mm", "D"], ["15 mm", "D"], 0),
        (["-1", "D"], ["1", "D"], 0),
        (["कि", "D"], ["कु", "D"], 0),
        (["👍", "D"], ["👎", "D"], 0),
    ],
)
def test_names_that_differ_or_could_be_several_are_not_taken_for_equal(theirs, ours, number):
    with pytest.raises(InputError, match=rf"^net: class {number} is '.*' in its head and '.*' in the data; "):
        check_class_order("net", theirs, ours)


@pytest.mark.parametrize("renamed", [None, {"ant, emmet": "ant"}])
def test_the_same_classes_in_another_order_are_not_said_to_be_one_another(renamed):
    with pytest.raises(InputError) as refused:
        check_class_order("net", ["Bee", "ant, emmet" if renamed else "ant", "cat"], OURS, renamed)
    assert "class 0 is 'Bee' in its head and 'ant' in the data; these are the data's classes in another order" in str(
        refused.value
    )
    assert "match_classes" not in str(refused.value)


def test_a_mapping_says_what_the_data_calls_a_class():
    check_class_order("net", ["automobile", "aeroplane"], ["car", "plane"], {"automobile": "car", "aeroplane": "plane"})
    with pytest.raises(InputError, match="class 0 is 'automobile' in its head and 'lorry'"):
        check_class_order("net", ["automobile"], ["lorry"], {"automobile": "car"})
    with pytest.raises(InputError, match="match_classes: its head has no class 'auto'"):
        check_class_order("net", ["automobile"], ["car"], {"auto": "car"})


def test_a_head_without_names():
    assert is_unnamed(["LABEL_0", "LABEL_1"])
    assert not is_unnamed(OURS)
