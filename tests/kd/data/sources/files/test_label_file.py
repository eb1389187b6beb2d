"""A list of corrected labels is read as a spreadsheet leaves it."""

import pytest

from kd.data.sources.files.label_file import read_labels
from kd.errors import InputError


def test_a_column_that_is_missing_is_said_with_those_that_are_there(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("path,label\n1.png,cat\n")
    with pytest.raises(InputError, match=r"has no column file but path, label; a report's tables/labels\.csv has file"):
        read_labels(path)


def test_a_quote_that_is_not_closed_is_said_with_its_line(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text('file,label\n1.png,cat\n2.png,"cat\n3.png,dog\n')
    with pytest.raises(InputError, match="line 3: unexpected end of data; close its double quotes"):
        read_labels(path)


def test_the_apostrophe_before_a_formula_is_taken_away(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("file,label\n'-1.png,'=cat\nplain's.png,'dog\n", encoding="utf-8-sig")
    assert read_labels(path) == {"-1.png": "=cat", "plain's.png": "'dog"}
