"""Sources by their names: embedded, or not there."""

import numpy as np
import pytest

from tests.kd.data.layouts import images, parquet
from tests.kd.image_folders import decode, refusal


def test_embedded_digits(store_root):
    index, arrays = decode("embedded:mnist5k", store_root)
    assert index.class_names == list("0123456789")
    assert index.splits["train"].num_images == 5000
    assert index.splits["train"].shape == (1, 28, 28)
    assert arrays["train_images"].dtype == np.uint8
    assert arrays["train_images"].shape == (5000, 1, 28, 28)
    assert arrays["train_images"].max() == 255
    assert arrays["train_labels"].dtype == np.int64
    assert np.bincount(arrays["train_labels"]).tolist() == [500] * 10
    assert index.digest == "d67362bb48a3e9f4"  # part of every run's name: it must not drift


def test_unknown_embedded_set(root):
    assert "there is embedded:mnist5k" in refusal("embedded:mnist", root)


def test_missing_hub_layout_folder(tmp_path, root):
    assert refusal(tmp_path / "none", root).startswith(f"data.source: no folder {tmp_path}/none; give ")


def test_a_folder_that_is_no_data_set(tmp_path, root):
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "a.bin").write_bytes(b"\0")
    message = refusal(tmp_path / "junk", root)
    assert message.startswith(f"data.source: cannot load {tmp_path}/junk: ")
    assert "folder:PATH" in message


def test_a_table_beside_many_images_is_no_data_set(tmp_path, root):
    images(tmp_path / "f", "cat", "dog")
    parquet(tmp_path / "f", "annotations")
    index, _ = decode(tmp_path / "f", root)
    assert index.splits["train"].num_images == 16
    assert index.left_out == {".parquet": 1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"config": "small"}, "data.config: embedded:mnist5k has no configurations; leave the key out"),
        ({"label_column": "digit"}, "data.label_column: embedded:mnist5k has no columns; leave the key out"),
        ({"splits": {"test": "test"}}, "data.splits.test: no split 'test'; embedded:mnist5k has train"),
    ],
)
def test_an_embedded_set_has_train_alone(root, options, message):
    assert refusal("embedded:mnist5k", root, **options) == message
