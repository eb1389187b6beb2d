"""Divisions are exact, stratified, disjoint, and decided by labels alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kd.config import StoredData
from kd.data.division.splits import divide, take_stratified
from kd.errors import InputError

LABELS = st.lists(st.integers(0, 6), min_size=1, max_size=200).map(lambda labels: np.array(labels, np.int64))
SEED = st.integers(0, 2**32)


def stored(**changes):
    fields = {
        "source": "x",
        "digest": "x",
        "val_fraction": 0.2,
        "test_fraction": 0.25,
        "split_seed": 0,
        "max_train": None,
        "max_test": None,
    }
    return StoredData(**(fields | changes))


def balanced(per_class, num_classes=4, seed=0):
    labels = np.repeat(np.arange(num_classes), per_class)
    return np.random.Generator(np.random.Philox(key=seed)).permutation(labels)


NAMES = ["a", "b", "c", "d"]


@given(LABELS, SEED, st.data())
def test_the_taken_number_is_exact_and_each_class_within_one_of_its_share(labels, seed, data):
    num_taken = data.draw(st.integers(0, len(labels)))
    taken, left = take_stratified(labels, num_taken, seed)
    assert len(taken) == num_taken
    assert sorted([*taken, *left]) == list(range(len(labels)))
    assert list(taken) == sorted(taken)
    assert list(left) == sorted(left)
    for label in np.unique(labels):
        share = (labels == label).sum() * num_taken / len(labels)
        assert abs((labels[taken] == label).sum() - share) < 1


@given(LABELS, SEED, SEED, st.data())
def test_the_seed_decides_who_and_never_how_many(labels, seed, other, data):
    num_taken = data.draw(st.integers(0, len(labels)))
    taken, again = take_stratified(labels, num_taken, seed)[0], take_stratified(labels, num_taken, seed)[0]
    assert list(taken) == list(again)
    elsewhere = take_stratified(labels, num_taken, other)[0]
    assert sorted(labels[taken]) == sorted(labels[elsewhere])


def test_another_seed_takes_other_members():
    labels = balanced(50)
    assert set(take_stratified(labels, 40, 0)[0]) != set(take_stratified(labels, 40, 1)[0])


def test_members_are_drawn_and_not_the_first_of_each_class():
    labels = np.repeat(np.arange(4), 50)
    taken = take_stratified(labels, 40, 0)[0]
    assert list(taken) != [50 * label + k for label in range(4) for k in range(10)]


@given(
    st.integers(10, 40),
    st.integers(10, 40),
    st.floats(0.15, 0.6),
    st.floats(0.15, 0.6),
    SEED,
    st.none() | st.integers(24, 200),
    st.none() | st.integers(8, 200),
    st.booleans(),
)
def test_parts_are_disjoint_and_of_the_asked_size(
    per_class, per_test_class, val, test, seed, max_train, max_test, own_test
):
    labels = {"train": balanced(per_class)}
    if own_test:
        labels["test"] = balanced(per_test_class)
    data = stored(val_fraction=val, test_fraction=test, split_seed=seed, max_train=max_train, max_test=max_test)
    division = divide(data, NAMES, labels)
    num_train = len(labels["train"])
    num_test = len(labels["test"]) if own_test else round(num_train * test)
    pool = num_train if own_test else num_train - num_test
    pool = min(pool, max_train or pool)
    assert division.test_split == ("test" if own_test else "train")
    assert len(division.test) == min(num_test, max_test or num_test)
    assert len(division.val) == round(pool * val)
    assert len(division.train) == pool - len(division.val)
    assert not set(division.train) & set(division.val)
    if not own_test:
        assert not set(division.test) & (set(division.train) | set(division.val))
    for part in (division.train, division.val, division.test):
        assert len(set(part)) == len(part)


def test_val_and_train_do_not_depend_on_the_test_split():
    labels = {"train": balanced(50), "test": balanced(10)}
    one = divide(stored(), NAMES, labels)
    for other in (
        divide(stored(max_test=8), NAMES, labels),
        divide(stored(test_fraction=0.7), NAMES, labels),
        divide(stored(), NAMES, labels | {"test": balanced(30, seed=5)}),
    ):
        assert list(one.train) == list(other.train)
        assert list(one.val) == list(other.val)


def test_fewer_test_images_are_some_of_the_same_and_never_returned_to_training():
    labels = {"train": balanced(50)}
    whole, part = divide(stored(), NAMES, labels), divide(stored(max_test=12), NAMES, labels)
    assert set(part.test) < set(whole.test)
    assert list(part.train) == list(whole.train)
    assert list(part.val) == list(whole.val)


def test_a_val_split_of_the_source_is_used_whole_and_train_keeps_all_its_images():
    labels = {"train": balanced(10), "val": balanced(3, seed=1), "test": balanced(5)}
    division = divide(stored(), NAMES, labels)
    assert division.val_split == "val"
    assert list(division.train) == list(range(40))
    assert list(division.val) == list(range(12))
    small = divide(stored(max_train=8), NAMES, labels)
    assert len(small.train) == 8
    assert list(small.val) == list(division.val)


def test_with_val_but_no_test_the_test_images_come_from_train():
    division = divide(stored(), NAMES, {"train": balanced(20), "val": balanced(3)})
    assert division.test_split == "train"
    assert sorted([*division.train, *division.test]) == list(range(80))
    assert len(division.test) == 20


@pytest.mark.parametrize(
    ("changes", "labels", "missing"),
    [
        ({"val_fraction": 0.01}, {"train": balanced(5), "test": balanced(5)}, "in val .*raise data.val_fraction,"),
        (
            {"max_train": 8, "val_fraction": 0.2},
            {"train": balanced(5), "test": balanced(5)},
            "in val .*raise data.val_fraction or data.max_train,",
        ),
        ({"test_fraction": 0.01}, {"train": balanced(5)}, "in test .*raise data.test_fraction,"),
        (
            {"max_train": 5, "val_fraction": 0.8},
            {"train": balanced(5), "test": balanced(5)},
            "in train .*raise data.max_train,",
        ),
        ({"max_test": 2}, {"train": balanced(5), "test": balanced(5)}, "in test .*raise data.max_test,"),
        ({"val_fraction": 0.9}, {"train": balanced(2), "test": balanced(5)}, "in train .*lower data.val_fraction,"),
        (
            {},
            {"train": balanced(5), "test": balanced(5, num_classes=3)},
            r"'d' \(5 in all\) .* in test .*: data.splits: \{test: null\}",
        ),
        (
            {},
            {"train": balanced(5), "val": balanced(5, num_classes=3)},
            r"'d' \(5 in all\) .* in val .*: data.splits: \{val: null\}",
        ),
    ],
)
def test_a_part_without_some_class_is_refused_by_name(changes, labels, missing):
    with pytest.raises(InputError, match=missing):
        divide(stored(**changes), NAMES, labels)


def test_duplicates_leave_the_earlier_part():
    labels = {"train": balanced(5), "val": balanced(2), "test": balanced(3)}
    hashes = {"train": np.arange(20), "val": np.arange(100, 108), "test": np.arange(200, 212)}
    hashes["train"][[3, 4]] = hashes["test"][0], hashes["val"][7]
    hashes["val"][1] = hashes["test"][5]
    whole, without = divide(stored(), NAMES, labels), divide(stored(), NAMES, labels, hashes)
    assert set(whole.train) - set(without.train) == {3, 4}
    assert set(whole.val) - set(without.val) == {1}
    np.testing.assert_array_equal(whole.test, without.test)


def test_duplicates_of_one_split_are_told_by_part():
    hashes = {"train": np.repeat(np.arange(80), 2)}  # each image twice
    division = divide(stored(test_fraction=0.3, val_fraction=0.2), NAMES, {"train": balanced(40)}, hashes)
    parts = [set(hashes["train"][positions]) for positions in division[:3]]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert len(division.test) == 48


def test_a_class_of_duplicates_alone_is_missed_by_name():
    labels = {"train": balanced(5), "val": balanced(2), "test": balanced(3)}
    hashes = {"train": np.arange(20), "val": np.arange(100, 108), "test": np.arange(200, 212)}
    hashes["train"][labels["train"] == 2] = hashes["test"][0]
    with pytest.raises(InputError, match=r"class 'c' \(10 in all\) has no image in train"):
        divide(stored(), NAMES, labels, hashes)
