"""Splits and columns of tables, whoever reads them."""

from itertools import cycle

import pytest

from kd.config import DataConfig
from kd.data.decoding import TooLargeError
from kd.data.sources.tables.columns import Table, list_tables
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


def test_more_rows_than_are_read_are_one_line(tmp_path):
    with pytest.raises(InputError) as caught:
        listed(tmp_path, {"train": pets()}, max_rows=3)
    assert str(caught.value) == (
        "data.source: train of pets has 4 rows; more than 3 are not read: if that many are meant, raise data.max_rows"
    )


def test_a_table_with_more_rows_than_it_says_ends_nonetheless(tmp_path):
    endless = Table({"image": "Image", "label": "ClassLabel"}, {"label": ["cat", "dog"]}, lambda name: cycle([0, 1]), 4)
    assert len(listed(tmp_path, {"train": endless}, max_rows=5).splits["train"].labels_N) == 5


def test_one_label_beyond_all_others_is_a_class_like_any(tmp_path):
    found = Table({"image": "Image", "label": "int64"}, {}, lambda name: iter([0, 4_000_000_000, 0, 1]), 4)
    listing = listed(tmp_path, {"train": found}, label_column="label")
    assert listing.class_names == ["0", "1", "4000000000"]


def test_a_cell_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr("kd.data.sources.tables.columns.MAX_FILE_BYTES", 10)
    listing = listed(tmp_path, {"train": pets()})
    with pytest.raises(TooLargeError, match="more than 10 bytes"):
        next(iter(listing.splits["train"].images)).read()


def test_a_device_named_by_a_cell_is_not_read(tmp_path):
    (tmp_path / "zero").symlink_to("/dev/zero")
    listing = listed(tmp_path, {"train": table(image=[{"bytes": None, "path": "zero"}] * 2, label=[0, 1])})
    with pytest.raises(InputError, match="which is not in"):
        next(iter(listing.splits["train"].images)).read()


@pytest.mark.parametrize(
    ("kinds", "options", "message"),
    [
        (
            {"image": "Image", "more": "Image", "label": "int64", "id": "string"},
            {"image_column": "image"},
            "pets has no column of type ClassLabel; name one of: label, id",
        ),
        (
            {"label": "Image"},
            {"image_column": "image"},
            "no column of type ClassLabel; it has images alone, so take a source that has labels too",
        ),
        (
            {"image": "string", "label": "int64"},
            {},
            "data.image_column: pets has no column of type Image, nor another that can be it; it has image (string), "
            "label (int64)",
        ),
        ({"image": "binary", "label": "int64"}, {}, "pets has no column of type Image; name one of: image"),
        ({"image": "string"}, {"image_column": "image"}, "'image' of pets holds string, not images"),
        ({"id": "string", "more": "Image"}, {"image_column": "id"}, "of datasets; or name one of: image, more"),
        (
            {"score": "double", "label": "int64", "tags": "list<int64>", "id": "string"},
            {"label_column": "score"},
            "'score' of pets holds double; labels must be whole numbers, words, or true and false, one per image; or "
            "name one of: label, id",
        ),
        ({"other": "Image"}, {}, "2 columns of type Image; name one of: image, other"),
        ({}, {"label_column": "kind"}, "data.label_column: pets has no column 'kind'; it has image, label"),
        ({"label": "List"}, {"label_column": "label"}, "holds lists (List): several labels per image, or one-hot"),
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


def test_rows_without_a_label_are_refused_with_the_other_columns_that_could_be(tmp_path):
    kinds = {"label": "string", "breed": "string", "weight": "double"}
    rows = table(kinds, image=[cell("a")] * 2, label=["cat", None], breed=["x", "y"], weight=[1.0, 2.0])
    with pytest.raises(InputError, match=r"first in row 1\); remove those rows, or name another column: breed$"):
        listed(tmp_path, {"train": rows._replace(class_names={})}, label_column="label")
