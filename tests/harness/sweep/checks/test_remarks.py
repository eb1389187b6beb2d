"""What is asked for and does nothing with the images that are there."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.sweep.checks.remarks import data_remarks
from harness.sweep.loading import read_sweep
from kd.data.division.splits import Division, LabelledDivision
from kd.records import SplitSize, StoreIndex
from tests.support.sweep_files import MINIMAL

WriteSweep = Callable[[str], Path]
CARVED = Division(np.arange(80), np.arange(10), np.arange(20), "train")
LABELS = {split: np.arange(110) % 2 for split in ("train", "val", "test")}
OWN = CARVED._replace(test_split="test", val_split="val")


def store(channels: int) -> StoreIndex:
    sizes = {"train": SplitSize(num_images=110, shape=(channels, 8, 9))}
    return StoreIndex(source="s", digest="d", class_names=["cat", "dog"], splits=sizes)


def lines(path: Path, overrides: str, division: Division = CARVED, channels: int = 3) -> list[str]:
    return list(data_remarks(read_sweep(path, overrides), LabelledDivision(division, store(channels), LABELS)))


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ("teacher.batch_size=81 student.batch_size=80", "teacher.batch_size: 81 is above the 80 training images"),
        ("data.max_train=91", "data.max_train: 91 leaves nothing out: there are 90."),
        ("data.max_test=2000", "data.max_test: 2,000 leaves nothing out: there are 20."),
        ("student.augment.flip=true student.augment.num_views=4", "student.augment.num_views: 4 is above the 3 epochs"),
        ("student.augment.shift=8", "student.augment.shift: 8 can move an image of 8 pixels out of sight"),
    ],
)
def test_each_is_said_in_a_line(write_sweep: WriteSweep, overrides: str, says: str) -> None:
    small = "teacher.batch_size=8 student.batch_size=8"
    (line,) = lines(write_sweep(MINIMAL), f"{small} {overrides}")
    assert line.startswith(says)


@pytest.mark.parametrize(
    "overrides",
    [
        "data.max_train=90 data.max_test=20",
        "data.max_train=91 data.duplicates=drop",
        "student.augment.flip=true student.augment.num_views=3",
        "data.val_fraction=0.2",
        "student.augment.shift=8 student.augment.shift_fill=reflect",
        "student.augment.hue=0.1",
    ],
)
def test_what_does_something_is_not_worth_a_word(write_sweep: WriteSweep, overrides: str) -> None:
    assert lines(write_sweep(MINIMAL), f"teacher.batch_size=8 student.batch_size=8 {overrides}") == []


def test_fractions_of_what_the_source_has_apart(write_sweep: WriteSweep) -> None:
    path, small = write_sweep(MINIMAL), "teacher.batch_size=8 student.batch_size=8"
    val, test = lines(path, f"{small} data.val_fraction=0.2 data.test_fraction=0.1", OWN)
    assert val.startswith("data.val_fraction: does nothing: val is a split of the source; data.splits: {val: null}")
    assert test.startswith("data.test_fraction: does nothing")
    assert lines(path, small, OWN) == []


def test_grey_images_have_no_hue(write_sweep: WriteSweep) -> None:
    given = "teacher.batch_size=8 student.batch_size=8 data.augment.hue=0.1"
    assert lines(write_sweep(MINIMAL), given, channels=1) == [
        "teacher: data.augment.hue: does nothing on images of 1 channel.",
        "student: data.augment.hue: does nothing on images of 1 channel.",
    ]
