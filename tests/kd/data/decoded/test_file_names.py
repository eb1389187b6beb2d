"""The store of a folder knows which file each image was."""

import numpy as np

from kd.config import DataConfig
from kd.data.decoded.file_names import files_name, read_file_names
from kd.data.decoded.store import prepare
from tests.kd.image_folders import GREY, decode_folder, write_folder


def test_each_stored_image_has_its_files_name(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / "class0/002.png").write_bytes(b"broken")
    index, arrays = decode_folder(folder, root, skip_corrupt=True)
    names = read_file_names(root / index.digest, "train")
    assert len(names) == len(arrays["train_images"]) == len(GREY) - 1
    assert "class0/002.png" not in names
    assert names == sorted(names)
    from PIL import Image

    for name, image in zip(names, arrays["train_images"], strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(folder / name)), image[0])


def test_an_older_store_is_given_them_when_it_is_decoded_again(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    index, _ = decode_folder(folder, root)
    path = root / index.digest / files_name("train")
    before = path.read_bytes()
    path.unlink()
    assert read_file_names(root / index.digest, "train") is None
    for pointer in (root / "sources").iterdir():
        pointer.unlink()
    assert prepare(DataConfig(source=f"folder:{folder}"), root).digest == index.digest
    assert path.read_bytes() == before


def test_a_damaged_list_is_no_list(tmp_path):
    for content in ("{", "[1]", "{}"):
        (tmp_path / files_name("test")).write_text(content)
        assert read_file_names(tmp_path, "test") is None
