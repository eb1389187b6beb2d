"""A damaged array is named, and a store that holds one is made again."""

import numpy as np
import pytest

from kd.config import DataConfig
from kd.data.decoded.arrays import is_whole, load_array
from kd.data.decoded.store import prepare
from kd.data.division.splits import open_division
from kd.errors import UnreadableFileError
from tests.kd.data.layouts import split_folders

DAMAGES = {"empty": b"", "text": b"null\n", "binary": bytes(range(200)), "half": None}


def damage(path, how):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if DAMAGES[how] is None else DAMAGES[how])


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("mode", [None, "r"])
def test_a_damaged_array_is_one_line_with_its_path(tmp_path, how, mode):
    path = tmp_path / "a.npy"
    np.save(path, np.arange(100))
    assert (load_array(path, mode) == np.arange(100)).all()
    damage(path, how)
    with pytest.raises(UnreadableFileError) as caught:
        load_array(path, mode)
    assert str(caught.value) == f"{path}: is damaged: no whole array is in it"


def test_a_missing_array_is_not_a_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_array(tmp_path / "none.npy")


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize(
    "name", ["index.json", "train_images.npy", "test_labels.npy", "val_images.npy", "train_hashes.npy"]
)
def test_a_store_with_a_damaged_file_is_made_again(tmp_path, root, name, how):
    split_folders(tmp_path / "f", "train", "val", "test")
    data = DataConfig(source=f"folder:{tmp_path / 'f'}", duplicates="drop")
    index = prepare(data, root)
    folder = root / index.digest
    division = open_division(data.stored(index.digest), root).division
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    damage(folder / name, how)
    assert is_whole(folder, index) is name.endswith(("hashes.npy", ".json"))
    assert prepare(data, root) == index
    assert [*open_division(data.stored(index.digest), root).division.train] == [*division.train]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_array_of_another_size_is_not_this_store_s(tmp_path, root):
    split_folders(tmp_path / "f", "train", "val", "test")
    index = prepare(DataConfig(source=f"folder:{tmp_path / 'f'}"), root)
    folder = root / index.digest
    assert is_whole(folder, index)
    np.save(folder / "train_labels.npy", np.zeros(3, np.int64))
    assert not is_whole(folder, index)
    (folder / "train_labels.npy").unlink()
    assert not is_whole(folder, index)
