"""Splits and columns of tables, whoever reads them."""

import pytest

from kd.config import DataConfig
from kd.data.sources.tables import Table, list_tables
from kd.errors import InputError
from tests.kd.data.layouts import cell, encoded, put


def table(kinds=None, **columns):
    kinds = {"image": "Image", "label": "ClassLabel"} | (kinds or {})
    number = len(next(iter(columns.values())))
    return Table(kinds, {"label": ["cat", "dog"]}, lambda name: iter(columns[name]), number)


def pets(number=4):
    return table(image=[cell(str(k)) for k in range(number)], label=[k % 2 for k in range(number)])


def listed(folder, tables, **options):
    return list_tables(DataConfig(source="pets", **options), tables, [folder])


def test_splits_that_are_not_taken_are_said_with_their_rows(tmp_path):
    listing = listed(tmp_path, {"train": pets(), "unsupervised": pets(6)})
    assert list(listing.splits) == ["train"]
    assert listing.remarks == ("split unsupervised of 6 rows left out",)


def test_an_image_is_read_from_bytes_or_from_a_file_inside(tmp_path):
    put(tmp_path / "in/0.png", encoded("file"))
    cells = [cell("a"), encoded("b"), {"bytes": None, "path": "in/0.png"}, {"bytes": None, "path": None}, None]
    listing = listed(tmp_path, {"train": table(image=cells, label=[0, 1, 0, 1, 0])})
    images = [image.read() for image in listing.splits["train"].images]
    assert images == [encoded("a"), encoded("b"), encoded("file"), b"", b""]
    assert [image.name for image in listing.splits["train"].images][4] == "train row 4"


def test_a_device_named_by_a_cell_is_not_read(tmp_path):
    (tmp_path / "zero").symlink_to("/dev/zero")
    listing = listed(tmp_path, {"train": table(image=[{"bytes": None, "path": "zero"}] * 2, label=[0, 1])})
    with pytest.raises(InputError, match="which is not in"):
        next(iter(listing.splits["train"].images)).read()


@pytest.mark.parametrize(
    ("kinds", "options", "message"),
    [
        ({"image": "string"}, {}, "data.image_column: pets has 0 columns of type Image; name one of: image, label"),
        ({"image": "string"}, {"image_column": "image"}, "'image' of pets holds string, not images"),
        ({"other": "Image"}, {}, "2 columns of type Image; name one of: image, other"),
        ({}, {"label_column": "kind"}, "data.label_column: pets has no column 'kind'; it has image, label"),
        ({"label": "List"}, {"label_column": "label"}, "holds lists (List): several labels an image, or one-hot"),
    ],
)
def test_columns_that_cannot_be_used_are_one_line(tmp_path, kinds, options, message):
    with pytest.raises(InputError) as caught:
        listed(tmp_path, {"train": table(kinds, image=[cell("a")] * 2, label=[0, 1])}, **options)
    assert message in str(caught.value)


def test_a_column_that_test_lacks(tmp_path):
    bare = Table({"image": "Image"}, {"label": ["cat", "dog"]}, lambda name: iter(()), 0)
    with pytest.raises(InputError, match="test of pets has no column 'label'"):
        listed(tmp_path, {"train": pets(), "test": bare})
