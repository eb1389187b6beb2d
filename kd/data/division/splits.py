"""How a store's images are divided into train, val and test. Labels and numpy alone, no torch."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kd.config import StoredData
from kd.data.class_names import choose_names
from kd.data.decoded.arrays import load_array
from kd.data.division.duplicates import image_hashes
from kd.errors import InputError
from kd.files import read_record
from kd.records import StoreIndex


class Division(NamedTuple):
    """Positions of each part: train in the stored train split, the others in ``val_split`` and ``test_split``."""

    train: NDArray[np.int64]
    val: NDArray[np.int64]
    test: NDArray[np.int64]
    test_split: str
    val_split: str = "train"


class LabelledDivision(NamedTuple):
    """A division with the store's index, which has the names that are shown, and the labels [N] of every split."""

    division: Division
    store: StoreIndex
    labels: dict[str, NDArray[np.int64]]


def open_division(data: StoredData, root: Path) -> LabelledDivision:
    """The division of a prepared store under ``root``.

    Raises:
        FileNotFoundError: The store is not there; ``kd.data.decoded.store.prepare`` makes it.
        InputError: A class would be missing from train, val or test.
    """
    folder = root / data.digest
    index = read_record(folder / "index.json", StoreIndex)
    if data.class_names is not None:
        index = index.model_copy(update={"class_names": list(choose_names(data.class_names, index.class_names))})
    labels = {split: load_array(folder / f"{split}_labels.npy") for split in index.splits}
    hashes = {split: image_hashes(folder, split) for split in index.splits} if data.drop_duplicates else None
    return LabelledDivision(divide(data, index.class_names, labels, hashes), index, labels)


def divide(
    data: StoredData,
    class_names: list[str],
    labels: dict[str, NDArray[np.int64]],
    hashes: dict[str, NDArray[np.uint64]] | None = None,
) -> Division:
    """Decide which stored image belongs to train, val and test. Reads labels alone.

    A stored val or test split is used as it is; what there is none of is carved from train.

    Args:
        data: Sizes, shares and seed.
        class_names: In label order.
        labels: Of every stored split.
        hashes: Of the images' content: what is in test is left out of train and val, what is in val out of train.

    Raises:
        InputError: A class would be missing from train, val or test.
    """
    test_split = "test" if "test" in labels else "train"
    test, pool = _set_test_apart(data, labels)
    if data.max_test is not None and data.max_test < len(test):
        test = test[take_stratified(labels[test_split][test], data.max_test, data.split_seed)[0]]
    pool = pool[_kept_of_pool(data, labels["train"][pool])[0]]
    if "val" in labels:
        division = Division(pool, np.arange(len(labels["val"])), test, test_split, "val")
    else:
        val, rest = take_stratified(labels["train"][pool], round(len(pool) * data.val_fraction), data.split_seed)
        division = Division(pool[rest], pool[val], test, test_split)
    if hashes is not None:
        division = _without_duplicates(division, hashes)
    _check_classes(data, division, class_names, labels)
    return division


def rest_of_train(data: StoredData, labels: dict[str, NDArray[np.int64]]) -> NDArray[np.int64]:
    """Positions of the stored train images that ``max_train`` leaves out, which are in no part.

    Args:
        data: As for ``divide``.
        labels: As for ``divide``.
    """
    _, pool = _set_test_apart(data, labels)
    return pool[_kept_of_pool(data, labels["train"][pool])[1]]


def _set_test_apart(
    data: StoredData, labels: dict[str, NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of test, in its split, and of all else that is stored as train."""
    if "test" in labels:
        return np.arange(len(labels["test"])), np.arange(len(labels["train"]))
    return take_stratified(labels["train"], round(len(labels["train"]) * data.test_fraction), data.split_seed)


def _kept_of_pool(data: StoredData, labels_N: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions in the pool that ``max_train`` keeps, and those of the rest."""
    if data.max_train is None or data.max_train >= len(labels_N):
        return np.arange(len(labels_N)), np.arange(0)
    return take_stratified(labels_N, data.max_train, data.split_seed)


def _without_duplicates(division: Division, hashes: dict[str, NDArray[np.uint64]]) -> Division:
    in_test = hashes[division.test_split][division.test]
    in_val = hashes[division.val_split][division.val]
    train = division.train[~np.isin(hashes["train"][division.train], np.concatenate([in_val, in_test]))]
    return division._replace(train=train, val=division.val[~np.isin(in_val, in_test)])


def _check_classes(
    data: StoredData, division: Division, class_names: list[str], labels: dict[str, NDArray[np.int64]]
) -> None:
    """Raises: InputError: A class would be missing from train, val or test."""
    for part, split in (("train", "train"), ("val", division.val_split), ("test", division.test_split)):
        counts = np.bincount(labels[split][getattr(division, part)], minlength=len(class_names))
        missing = [name for name, count in zip(class_names, counts, strict=True) if count == 0]
        if not missing:
            continue
        number = int(np.bincount(np.concatenate(list(labels.values())))[class_names.index(missing[0])])
        more = f" and {len(missing) - 1} more have" if len(missing) > 1 else " has"
        limit = "max_test" if part == "test" else "max_train"
        is_limited = getattr(data, limit) is not None and split != "val"
        if part != "train" and split == part and not is_limited:
            remedy = f"add some, or set some of train apart instead: data.splits: {{{part}: null}}"
        else:
            share = "lower data.val_fraction" if part == "train" else f"raise data.{part}_fraction"
            if is_limited:  # what val is given is a share of what the limit leaves
                share = f"{share} or data.{limit}" if part == "val" else f"raise data.{limit}"
            remedy = f"{share}, give more of them, or leave such classes out"
        raise InputError(
            f"data: class '{missing[0]}' ({number} in all){more} no image in {part} ({counts.sum()} images); {remedy}"
        )


def take_stratified(
    labels_N: NDArray[np.int64], num_taken: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Divide positions into ``num_taken`` and the rest, each class in proportion.

    Per class the share is rounded by largest remainder, so the total is exact. Both parts come back
    sorted, so neither carries the order of the draw.

    Args:
        labels_N: Classes [N].
        num_taken: Size of the first part, 0 to N.
        seed: Which members of each class; the sizes do not depend on it.

    Returns:
        Positions taken, positions left.
    """
    random = np.random.Generator(np.random.Philox(key=seed))
    classes, counts = np.unique(labels_N, return_counts=True)
    exact = counts * (num_taken / len(labels_N))
    quota = np.floor(exact).astype(np.int64)
    by_remainder = np.argsort(quota - exact, kind="stable")
    quota[by_remainder[: num_taken - quota.sum()]] += 1
    taken = [
        random.permutation(np.flatnonzero(labels_N == label))[:count]
        for label, count in zip(classes, quota, strict=True)
    ]
    chosen = np.sort(np.concatenate(taken))
    return chosen, np.setdiff1d(np.arange(len(labels_N)), chosen)
