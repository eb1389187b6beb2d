"""Equal images are found by their pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kd.data.division.duplicates import find_contradicted, find_shared, image_hashes

PARTS = st.lists(st.integers(0, 9), max_size=12)


@given(PARTS, PARTS, PARTS)
def test_counts_are_those_of_a_plain_search(train, val, test):
    parts = {"train": train, "val": val, "test": test}
    found = {(each.part, each.other): each.number for each in find_shared({k: np.array(v) for k, v in parts.items()})}
    for part, other in (("train", "val"), ("train", "test"), ("val", "test")):
        assert found.get((part, other), 0) == sum(image in parts[other] for image in parts[part])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=12))
def test_images_under_two_labels_are_those_of_a_plain_search(images):
    hashes, labels = np.array(images, np.int64).reshape(-1, 2).T
    expected = [i for i, (image, label) in enumerate(images) if any(image == a and label != b for a, b in images)]
    assert find_contradicted(hashes, labels).tolist() == expected


@pytest.fixture
def store(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (6, 3, 4, 4), dtype=np.uint8)
    images[4] = images[1]
    images[5] = images[2]
    images[5, 2, 3, 3] ^= 1
    np.save(tmp_path / "train_images.npy", images)
    return tmp_path


def test_equal_pixels_have_one_hash_and_one_bit_changes_it(store):
    hashes = image_hashes(store, "train")
    assert hashes.dtype == np.uint64
    assert hashes[4] == hashes[1]
    assert len(set(hashes.tolist())) == 5


def test_hashes_are_kept_where_that_is_allowed(store, monkeypatch):
    def refused(*_):
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr("kd.data.division.duplicates.write_array", refused)
        first = image_hashes(store, "train")
        assert not (store / "train_hashes.npy").exists()
    image_hashes(store, "train")
    (store / "train_images.npy").unlink()
    np.testing.assert_array_equal(image_hashes(store, "train"), first)
