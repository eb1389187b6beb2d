"""The line that says what was read."""

import pytest
from PIL import Image

from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.data.division.splits import Division
from kd.data.division.summary import describe, summarize
from kd.records import StoreIndex
from tests.kd.data.layouts import encoded, images, put, split_folders

DIVISION = Division([0] * 1200, [0], [0], "test", "val")


def index(**changes):
    return StoreIndex(source="s", digest="d", splits={}, **({"class_names": ["cat", "dog"]} | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "2 classes: cat, dog; train 1,200, val 1, test 1 images"),
        ({"class_names": list("abcdef")}, "6 classes: a, b, c, d, e, …; train"),
        ({"class_names": ["a\x1b[31m", "b\n"]}, r"2 classes: a\x1b[31m, b\n; train"),
        ({"left_out": {".txt": 1, ".heic": 1000}}, "images; left out: 1,001 files (.heic 1000, .txt 1)"),
        ({"skipped": ["a.png"]}, "images; unreadable and left out: 1 image"),
        (
            {"class_names": ["C#", "Cat", "c", "ca t"]},
            "images; 'Cat' and 'ca t' are two classes, and differ in case, spaces or",
        ),
        ({"class_names": ["caf\u00e9", "cafe\u0301"]}, "differ in case, spaces or the encoding of accents"),
        ({"left_out": {".zip": 1}}, "images; left out: 1 file (.zip 1)"),
        ({"remarks": ["test is 'Test'"]}, "images; test is 'Test'"),
    ],
)
def test_what_is_said_of_a_store(changes, said):
    assert said in describe(index(**changes), DIVISION)


@pytest.fixture
def source(tmp_path):
    """Of a class's images, one of val is in test too, and one of train in both."""
    split_folders(tmp_path / "f", "train", "val", "test")
    for place in ("val/cat/a", "test/cat/a"):
        put(tmp_path / "f" / f"{place}.png", encoded("train/cat/0.png"))
    put(tmp_path / "f/test/dog/b.png", encoded("val/dog/0.png"))
    return f"folder:{tmp_path / 'f'}"


@pytest.mark.parametrize(
    ("duplicates", "said"),
    [
        (
            "warn",
            "train 16, val 11, test 6 images; duplicates: 1 of train also in val, 1 of train also in test, 2 of val "
            "also in test (data.duplicates: drop leaves them out, allow says nothing)",
        ),
        ("drop", "train 15, val 9, test 6 images; duplicates left out: 1 of train, 2 of val"),
        ("allow", "train 16, val 11, test 6 images"),
    ],
)
def test_duplicates_are_said_left_out_or_allowed(source, tmp_path, duplicates, said):
    data = DataConfig(source=source, duplicates=duplicates)
    line = summarize(data, prepare(data, tmp_path / "stores").digest, tmp_path / "stores")
    assert line == f"2 classes: cat, dog; {said}"


@pytest.mark.parametrize("duplicates", ["warn", "drop", "allow"])
def test_equal_images_under_two_labels_are_said(tmp_path, duplicates):
    split_folders(tmp_path / "f", "train", "val", "test")
    put(tmp_path / "f" / "train" / "dog" / "a.png", encoded("train/cat/0.png"))
    put(tmp_path / "f" / "train" / "cat" / "b.png", encoded("train/cat/1.png"))  # twice, with one label
    put(tmp_path / "f" / "test" / "dog" / "a.png", encoded("test/cat/0.png"))
    data = DataConfig(source=f"folder:{tmp_path / 'f'}", duplicates=duplicates)
    line = summarize(data, prepare(data, tmp_path / "stores").digest, tmp_path / "stores")
    said = (
        "equal images under two labels: 2 of train (one as 'cat' and as 'dog'), 2 of test (one as 'cat' and as 'dog')"
    )
    assert ("under two labels" in line) == (duplicates != "allow")
    assert duplicates == "allow" or line.endswith(f"images; {said}; of each leave the one that is labelled right")


def test_light_strokes_that_vanish_on_white_are_said(tmp_path):
    split_folders(tmp_path / "f", "train", "val", "test")
    for place, stroke in {"train/cat/a": 2, "train/dog/a": 3, "train/dog/b": 4}.items():
        image = Image.new("LA", (28, 28))
        image.putpixel((stroke, 1), (255, 255))
        image.save(tmp_path / "f" / f"{place}.png")
    put(tmp_path / "f" / "train" / "dog" / "00.png", encoded("train/cat/0.png"))
    data = DataConfig(source=f"folder:{tmp_path / 'f'}")
    line = summarize(data, prepare(data, tmp_path / "s").digest, tmp_path / "s")
    assert "of train (one as 'cat' and as 'dog', all white: transparent images are laid over white);" in line


def test_dropping_where_there_are_none_says_nothing(tmp_path):
    images(tmp_path / "f", "cat", "dog")
    data = DataConfig(source=f"folder:{tmp_path / 'f'}", duplicates="drop", test_fraction=0.3, val_fraction=0.2)
    line = summarize(data, prepare(data, tmp_path / "s").digest, tmp_path / "s")
    assert "duplicates" not in line
