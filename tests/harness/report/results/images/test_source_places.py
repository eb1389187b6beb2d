"""Every image of a part is found in the source: its stored split, its row, its file."""

import json
import shutil

import numpy as np
import pytest

from harness.report.results.images.source_places import find_places
from harness.report.results.reading.reader import read_results
from kd.data.decoded.file_names import files_name


@pytest.fixture
def data(invented):
    return read_results(invented).plan.data, invented.parent / ".data"


def test_val_that_was_set_apart_from_train_lies_there(data):
    places = find_places(*data)
    assert (places.split["val"], places.split["test"]) == ("train", "test")
    stored = np.load(data[1] / "invented" / "train_labels.npy")
    for image, label in enumerate(places.labels["val"]):
        assert stored[places.position("val", image)] == label
    assert not {*places.positions["val"].tolist()} & {*places.positions["train"].tolist()}
    assert places.are_rows
    assert places.file("val", 0) is None


def test_files_are_named_where_the_store_knows_them(data):
    root = data[1]
    number = len(np.load(root / "invented" / "train_labels.npy"))
    (root / "invented" / files_name("train")).write_text(json.dumps([f"{row}.png" for row in range(number)]))
    places = find_places(*data)
    assert places.file("val", 0) == f"{places.position('val', 0)}.png"
    assert places.file("test", 0) is None
    (root / "invented" / files_name("train")).write_text(json.dumps(["one.png"]))  # of other images
    assert find_places(*data).file("val", 0) is None


def test_a_data_set_that_is_gone_has_no_places(data):
    shutil.rmtree(data[1])
    assert find_places(*data) is None
