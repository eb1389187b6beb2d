"""Labels of any type: encoded in sorted order, or refused with the row."""

import math

import pytest

from kd.data.sources.tables.labels import check_label_type, encode_labels
from kd.errors import InputError


@pytest.mark.parametrize(
    ("values", "names", "remark"),
    [
        ([1, 0, 2], ["0", "1", "2"], None),
        ([7, 3], ["3", "7"], "numbers"),
        (["b", "a", "B"], ["B", "a", "b"], "words"),
        ([True, False], ["False", "True"], "values true and false"),
    ],
)
def test_values_become_positions_in_sorted_order(values, names, remark):
    labels = encode_labels({"train": values}, None, "kind")
    assert labels.class_names == names
    assert [names[label] for label in labels.splits["train"]] == [str(value) for value in values]
    assert labels.remarks == (() if remark is None else (f"classes are the {remark} in 'kind', sorted",))


def test_every_split_is_encoded_alike():
    labels = encode_labels({"train": ["a", "c", "b"], "test": ["c", "a"]}, None, "kind")
    assert labels.splits["test"].tolist() == [2, 0]


def test_names_keep_their_order_and_unused_ones_go():
    labels = encode_labels({"train": [3, 1], "test": [3]}, ["d", "c", "b", "a"], "kind")
    assert labels.class_names == ["c", "a"]
    assert labels.splits["train"].tolist() == [1, 0]
    assert labels.remarks == ("left out, as no image has them: d, b",)


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        ([0, None], None, "1 of 2 rows without a label (None in 'kind', first in row 1)"),
        ([0.0, math.nan], None, "1 of 2 rows without a label (nan in 'kind', first in row 1)"),
        ([0, -1], None, "1 of 2 rows without a label (-1 in 'kind', first in row 1)"),
        ([1, -1], None, "remove those rows; where -1 is a class, give the classes numbers from 0, or words"),
        ([0, "a"], None, "holds 0, and 'a' in train row 1; labels must be of one type"),
        ([0, True], None, "holds 0, and True in train row 1"),
        ([[0, 1]], None, "train row 0 holds [0, 1] in 'kind'; labels must be whole numbers"),
        ([b"x" * 99], None, "…"),
        ([0, 2], ["a", "b"], "train has a label outside 0…1: 2 in 'kind', row 1"),
        (["a"], ["a", "b"], "'kind' has class names, but holds words"),
        ([], None, "'kind' has no rows"),
    ],
)
def test_what_is_no_label_is_named_with_its_row(values, names, message):
    with pytest.raises(InputError) as caught:
        encode_labels({"train": values}, names, "kind")
    assert message in str(caught.value)


@pytest.mark.parametrize("kind", ["List", "list<element: int64>", "Sequence", "Array2D", "double", "float32", "Image"])
def test_types_that_cannot_be_labels(kind):
    with pytest.raises(InputError, match=r"data\.label_column: 'kind' of pets holds"):
        check_label_type(kind, "kind", "pets")


@pytest.mark.parametrize("kind", ["ClassLabel", "int64", "string", "large_string", "bool", "dictionary<values=string>"])
def test_types_that_can_be(kind):
    check_label_type(kind, "kind", "pets")
