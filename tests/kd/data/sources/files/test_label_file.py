"""A list of corrected labels is read as a spreadsheet leaves it."""

from kd.data.sources.files.label_file import read_labels


def test_the_apostrophe_before_a_formula_is_taken_away(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("file,label\n'-1.png,'=cat\nplain's.png,'dog\n", encoding="utf-8-sig")
    assert read_labels(path) == {"-1.png": "=cat", "plain's.png": "'dog"}
