"""A division as a list of files: what it may say, and what is refused in one line."""

from pathlib import Path

import pytest

from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.data.sources import list_source
from kd.data.sources.files.split_file import Row, read_rows, write_rows
from kd.errors import InputError
from tests.kd.image_folders import picture, write_tree

ROWS = "split,file,label\ntrain,a/0.png,ant\ntrain,b/0.png,bee\nvalidation,a/1.png,ant\nTest,b/1.png,bee\n"


@pytest.fixture
def place(tmp_path):
    write_tree(tmp_path / "pets", {f"{kind}/{n}.png": picture() for kind in "ab" for n in range(3)})
    return tmp_path


def listing(place, text=ROWS, source="folder:{}/pets"):
    (place / "list.csv").write_text(text)
    return list_source(DataConfig(source=source.format(place), splits=str(place / "list.csv")))


def refusal(place, text=ROWS, **changes):
    with pytest.raises(InputError) as refused:
        listing(place, text, **changes)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_each_file_is_where_the_list_says(place):
    found = listing(place)
    assert found.class_names == ["ant", "bee"]
    assert {part: split.labels_N.tolist() for part, split in found.splits.items()} == {
        "train": [0, 1],
        "val": [0],
        "test": [1],
    }
    assert [Path(image.name).name for image in found.splits["train"].images] == ["0.png", "0.png"]
    assert found.left_out == {"not in list.csv": 2}
    assert found.remarks == ("divided as list.csv says",)


def test_hidden_images_that_are_not_listed_are_counted(place):
    write_tree(place / "pets", {".c/0.png": picture(), ".c/1.png": picture()})
    assert listing(place, f"{ROWS}train,.c/0.png,cat\n").left_out == {"not in list.csv": 2, "hidden": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "split,id,breed\ntrain,a/0.png,ant\n",
            'has no column file but split, id, breed; say which ones hold files and labels: SET="data.image_column=',
        ),
        ("", "has no column file but nothing in its first line; say"),
        ("file,label\n", "lists no file; add a line for each image"),
        ("file,label\na/0.png,ant\na/0.png,bee\n", "lists a/0.png more than once (ant, bee)"),
        (ROWS + "train,a/7,ant\n", "lists a/7, which is not in "),
        (ROWS + "train,a/0,ant\n", "lists 0.png with and without its ending"),
        ("split,file,label\nval,a/0.png,ant\n", "has no row of train"),
        (ROWS + "train,a/9.png,ant\n", "lists a/9.png, which is not in "),
        (ROWS + "test,a/0.png,ant\n", "lists a/0.png more than once (train, test)"),
        (ROWS + "fold1,a/2.png,ant\n", "line 6: split is 'fold1'; it must be train, val or test"),
        (ROWS + "train,a/2.png,\n", "line 6: label is empty"),
        (ROWS + "train,a/2.png\n", "line 6: label is empty"),
        (ROWS + "train,a,2.png,ant\n", "line 6: has more cells than the first line; put a name that has a comma into"),
        (ROWS + 'train,"a/2.png,ant\ntrain,a/3.png,ant\n', "line 6: unexpected end of data; close its double quotes"),
        (ROWS + f'train,"{"x" * 200_000}', "line 6: field larger than field limit (131072); close its double quotes"),
        (ROWS + "train,../list.csv,ant\n", "line 6: file is '../list.csv'; give its path below the folder"),
        (ROWS + "train,/etc/passwd,ant\n", "line 6: file is '/etc/passwd'; give its path below the folder"),
    ],
)
def test_what_a_list_cannot_say(place, text, message):
    assert message in refusal(place, text)


def test_a_table_of_labels_under_names_of_its_own_is_divided_as_a_folder_is(place):
    (place / "train.csv").write_text("id,breed\n" + "".join(f"a/{n},ant\nb/{n},bee\n" for n in range(3)))
    data = DataConfig(
        source=f"folder:{place}/pets", splits=f"{place}/train.csv", image_column="id", label_column="breed"
    )
    found = list_source(data)
    assert list(found.splits) == ["train"] and found.splits["train"].labels_N.tolist() == [0, 1] * 3
    assert [Path(image.name).name for image in found.splits["train"].images] == [f"{n}.png" for n in "001122"]
    assert found.left_out == {} and found.remarks == ("labelled as train.csv says",)


def test_a_name_without_ending_that_two_images_have_is_refused(place):
    write_tree(place / "pets", {"a/0.jpg": picture()})
    assert "lists a/0, which may be 0.jpg or 0.png; write its ending too" in refusal(place, "file,label\na/0,ant\n")


def test_a_folder_that_is_listed_as_an_image_is_said_to_be_one(place):
    (place / "pets" / "a" / "more.png").mkdir()
    found = listing(place, ROWS + "train,a/more.png,ant\n")
    with pytest.raises(IsADirectoryError, match="a folder"):
        found.splits["train"].images[-1].read()


def test_a_list_goes_with_a_folder_of_images(place):
    assert "give folder:PATH" in refusal(place, source="embedded:mnist5k")
    assert "no folder" in refusal(place, source="folder:{}/none")
    with pytest.raises(InputError, match=r"no file \S*none\.csv; give the path of one that is there"):
        list_source(DataConfig(source=f"folder:{place}/pets", splits=f"{place}/none.csv"))


def test_a_list_that_changes_divides_anew(place):
    (place / "list.csv").write_text(ROWS)
    data = DataConfig(source=f"folder:{place}/pets", splits=str(place / "list.csv"))
    before = prepare(data, place / "data").digest
    assert prepare(data, place / "data").digest == before
    (place / "list.csv").write_text(ROWS.replace("train,a/0.png", "train,a/2.png"))
    assert prepare(data, place / "data").digest != before


def test_what_is_written_is_read(tmp_path):
    rows = [Row("train", 'kätzchen, 1/0 "a".png', "kätzchen, 1"), Row("test", "b/0.png", "b")]
    write_rows(tmp_path / "list.csv", rows)
    assert read_rows(tmp_path / "list.csv") == rows
    (tmp_path / "excel.csv").write_text("split,file,label,note\ntrain,a\\0.png,a,x\n", encoding="utf-8-sig")
    assert read_rows(tmp_path / "excel.csv") == [Row("train", "a/0.png", "a")]


@pytest.mark.parametrize(
    "row", [Row("train", "a\\b/0.png", "b"), Row("train", "a /0.png", "a "), Row("test", " a/0.png", "a")]
)
def test_what_would_be_read_otherwise_is_not_written(tmp_path, row):
    with pytest.raises(InputError, match=r"a list of files cannot name .* rename it"):
        write_rows(tmp_path / "list.csv", [row])
    assert not (tmp_path / "list.csv").exists()
