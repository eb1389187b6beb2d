"""A folder in the Hub's layout reads the same with datasets and, where that is not installed, with pyarrow alone."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import kd.data.sources.tables.hub
from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.data.sources.tables.parquet import _cells as cells_of
from kd.data.sources.tables.parquet import _rows_at_once as rows_at_once
from kd.errors import InputError
from tests.kd.data.layouts import parquet
from tests.kd.image_folders import GREY, decode, png, refusal

RANDOM = np.random.default_rng(2)
IMAGES = RANDOM.integers(0, 256, (12, 6, 5), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Train in two files, validation and test in one each, written by datasets."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()
    write(tmp_path / "hub", "train-00000-of-00002", IMAGES[:4])
    write(tmp_path / "hub", "train-00001-of-00002", IMAGES[4:6])
    write(tmp_path / "hub", "validation-00000-of-00001", IMAGES[6:8])
    write(tmp_path / "hub", "test-00000-of-00001", IMAGES[8:])
    return tmp_path / "hub"


def write(folder, name, images, names=("cat", "dog")):
    import datasets

    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=list(names))})
    cells = [{"bytes": png(image), "path": None} for image in images]
    table = datasets.Dataset.from_dict(
        {"image": cells, "label": [k % 2 for k in range(len(images))]}, features=features
    )
    (folder / "data").mkdir(parents=True, exist_ok=True)
    table.to_parquet(str(folder / "data" / f"{name}.parquet"))


@pytest.fixture
def without_datasets(monkeypatch):
    monkeypatch.setattr(kd.data.sources.tables.hub, "_has_datasets", lambda: False)


def test_validation_becomes_val_and_both_readings_give_one_digest(folder, tmp_path):
    with_datasets = prepare(DataConfig(source=str(folder)), tmp_path / "one")
    code = (
        "import sys\n"
        "for name in ('datasets', 'transformers', 'huggingface_hub', 'pandas', 'mlxtend'): sys.modules[name] = None\n"
        "from pathlib import Path\nfrom kd.config import DataConfig\nfrom kd.data.decoded.store import prepare\n"
        "print(prepare(DataConfig(source=sys.argv[1]), Path(sys.argv[2])).model_dump_json())"
    )
    command = [sys.executable, "-c", code, str(folder), str(tmp_path / "two")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == with_datasets.model_dump_json()
    assert {split: size.num_images for split, size in with_datasets.splits.items()} == {"train": 6, "val": 2, "test": 4}
    images = np.load(tmp_path / "two" / with_datasets.digest / "train_images.npy")
    np.testing.assert_array_equal(images[:, 0], IMAGES[:6])


def test_columns_are_asked_for_in_the_same_words(folder, tmp_path, without_datasets):
    with pytest.raises(InputError) as caught:
        prepare(DataConfig(source=str(folder), image_column="img"), tmp_path / "s")
    assert str(caught.value) == f"data.image_column: {folder} has no column 'img'; it has image, label"


def test_files_without_a_description_need_the_label_column(folder, tmp_path, without_datasets):
    from pyarrow import parquet

    for path in (folder / "data").iterdir():
        parquet.write_table(parquet.read_table(path).replace_schema_metadata(None), path)
    with pytest.raises(InputError, match=r"data\.label_column: .* name one of: label"):
        prepare(DataConfig(source=str(folder)), tmp_path / "s")
    assert prepare(DataConfig(source=str(folder), label_column="label"), tmp_path / "s").class_names == ["0", "1"]


@pytest.mark.parametrize("source", ["someone/something", "folder-of-csv"])
def test_what_needs_datasets_says_so(source, tmp_path, without_datasets, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder-of-csv").mkdir()
    with pytest.raises(InputError, match="pip install datasets"):
        prepare(DataConfig(source=source), tmp_path / "s")


def test_two_data_sets_in_one_folder(folder, tmp_path, without_datasets):
    write(folder / "other", "train", IMAGES[:2])
    with pytest.raises(InputError, match=r"several configurations: data, other/data; name one: data.config: data"):
        prepare(DataConfig(source=str(folder)), tmp_path / "s")


def test_files_that_are_no_parquet(folder, tmp_path, without_datasets):
    (folder / "data" / "train-00001-of-00002.parquet").write_bytes(b"junk" * 10)
    with pytest.raises(InputError, match=r"cannot load .*: .*; copy the files anew"):
        prepare(DataConfig(source=str(folder)), tmp_path / "s")


def test_splits_that_name_other_classes(folder, tmp_path, without_datasets):
    write(folder, "test-00000-of-00001", IMAGES[8:], names=("dog", "cat"))
    with pytest.raises(InputError, match="names other classes in test than in train"):
        prepare(DataConfig(source=str(folder)), tmp_path / "s")


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Writes parquet files as a Hub data set holds them; gives the folder."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    folder = tmp_path / "hub"

    def write(label_type=None, **splits):
        for split, (images, labels) in splits.items():
            cells = [None if image is None else {"bytes": png(image), "path": None} for image in images]
            features = {"image": datasets.Image(), "label": label_type or datasets.ClassLabel(names=["cat", "dog"])}
            table = datasets.Dataset.from_dict(
                {"image": cells, "label": list(labels)}, features=datasets.Features(features)
            )
            (folder / "data").mkdir(parents=True, exist_ok=True)
            table.to_parquet(str(folder / "data" / f"{split}-00000-of-00001.parquet"))
        return folder

    datasets.disable_progress_bars()
    return write


def test_hub_layout(hub, root):
    folder = hub(train=(GREY[:8], [0, 1] * 4), test=(GREY[8:], [1, 0] * 2))
    index, arrays = decode(folder, root)
    assert index.class_names == ["cat", "dog"]
    assert {split: size.num_images for split, size in index.splits.items()} == {"train": 8, "test": 4}
    np.testing.assert_array_equal(arrays["train_images"], GREY[:8, None])
    np.testing.assert_array_equal(arrays["test_images"], GREY[8:, None])
    assert arrays["train_labels"].tolist() == [0, 1] * 4
    assert arrays["test_labels"].tolist() == [1, 0] * 2


def test_hub_layout_changed_on_disk_is_decoded_again(hub, root):
    folder = hub(train=(GREY[:8], [0, 1] * 4))
    before, _ = decode(folder, root)
    path = folder / "data" / "train-00000-of-00001.parquet"
    stamp = path.stat().st_mtime_ns
    hub(train=(255 - GREY[:8], [0, 1] * 4))
    os.utime(path, ns=(stamp + 10**9, stamp + 10**9))
    after, arrays = decode(folder, root)
    assert after.digest != before.digest
    np.testing.assert_array_equal(arrays["train_images"], 255 - GREY[:8, None])


def test_hub_layout_label_outside_the_classes(hub, root):
    folder = hub(train=(GREY[:4], [0, 1, 0, 1]), test=(GREY[4:6], [0, -1]))
    assert "test has 1 of 2 rows without a label (-1 in 'label', first in row 1)" in refusal(folder, root)
    shutil.rmtree(folder)
    parquet(folder, label=[0, 1, 2, 1] * 4)
    said = "data.label_column: train has a label outside 0…1: 2 in 'label', row 2; mend or remove that row"
    assert refusal(folder, root) == said


def test_hub_layout_class_without_training_image(hub, root):
    folder = hub(train=(GREY[:4], [0] * 4), test=(GREY[4:8], [0, 1] * 2))
    assert "class 'dog' has no training image" in refusal(folder, root)


def test_hub_layout_integer_labels_without_names(hub, root):
    import datasets

    folder = hub(train=(GREY[:6], [0, 1, 2] * 2), label_type=datasets.Value("int64"))
    message = refusal(folder, root)
    assert "data.label_column" in message
    assert "name one of: label" in message
    assert decode(folder, root, label_column="label")[0].class_names == ["0", "1", "2"]


def test_hub_layout_labels_that_are_words(hub, root):
    import datasets

    folder = hub(train=(GREY[:2], ["cat", "dog"]), label_type=datasets.Value("string"))
    assert "name one of: label" in refusal(folder, root)
    index, arrays = decode(folder, root, label_column="label")
    assert index.class_names == ["cat", "dog"]
    assert arrays["train_labels"].tolist() == [0, 1]


def test_hub_layout_row_without_label(hub, root):
    folder = hub(train=(GREY[:3], [0, 1, None]))
    assert "train has 1 of 3 rows without a label (None in 'label', first in row 2)" in refusal(folder, root)


def test_hub_layout_row_without_image(hub, root):
    folder = hub(train=([GREY[0], None, GREY[2]], [0, 1, 0]))
    assert "1 unreadable image(s): train row 1 (empty); mend" in refusal(folder, root)


def test_hub_layout_wrong_column_lists_the_columns(hub, root):
    folder = hub(train=(GREY[:4], [0, 1, 0, 1]))
    assert refusal(folder, root, image_column="img") == (
        f"data.image_column: {folder} has no column 'img'; it has image, label"
    )


def test_hub_layout_test_images_of_another_size(hub, root):
    folder = hub(train=(GREY[:4], [0, 1, 0, 1]), test=(GREY[4:6, :, :4], [0, 1]))
    assert "test images are 4×6 but those of train 5×6; set data.image_size" in refusal(folder, root)


def test_hub_layout_without_train_split(hub, root):
    assert "has test but no train" in refusal(hub(test=(GREY[:4], [0, 1, 0, 1])), root)


def test_damage_inside_a_file_is_one_line(tmp_path, root):
    parquet(tmp_path / "hub")
    path = tmp_path / "hub/data/train-00000-of-00001.parquet"
    content = bytearray(path.read_bytes())
    content[4:2000] = b"\xff" * 1996  # the pages of the first column; head and foot are whole
    path.write_bytes(content)
    assert "cannot load" in refusal(tmp_path / "hub", root)


def test_a_head_that_means_nothing_is_passed_over(tmp_path, root):
    path = tmp_path / "hub/train.parquet"
    parquet(tmp_path / "hub", "train")
    for head in (b"[1]", b'{"info": 3}', b'{"info": {"features": {"label": 1}}}'):
        table = pq.read_table(path).replace_schema_metadata({b"huggingface": head})
        pq.write_table(table, path)
        assert decode(tmp_path / "hub", root, label_column="label")[0].class_names == ["0", "1"]


def test_hidden_tables_are_none(tmp_path, root):
    parquet(tmp_path / "hub", "train")
    (tmp_path / "hub/.cache").mkdir()
    (tmp_path / "hub/.cache/train.parquet").write_bytes(b"junk")
    assert decode(tmp_path / "hub", root)[0].splits["train"].num_images == 16


def test_a_snapshot_of_the_hubs_cache_is_read_through_its_links(tmp_path, root):
    repository = tmp_path / "datasets--someone--pets"
    parquet(repository / "blobs", "train")
    snapshot = repository / "snapshots/9f"
    snapshot.mkdir(parents=True)
    (snapshot / "train.parquet").symlink_to("../../blobs/train.parquet")
    assert decode(snapshot, root)[0].splits["train"].num_images == 16
    parquet(tmp_path / "private", "test")
    (snapshot / "test.parquet").symlink_to(tmp_path / "private/test.parquet")
    assert "test.parquet is a link out of the download" in refusal(snapshot, tmp_path / "other")


def test_a_dictionary_is_not_multiplied_by_its_rows(tmp_path, monkeypatch):
    """Some kilobytes that hold a million bytes in each of 512 rows."""
    row = {"bytes": bytes(2**20), "path": None}
    path = tmp_path / "train.parquet"
    pq.write_table(pa.table({"image": [row] * 512, "label": [0, 1] * 256}), path, compression="zstd")
    assert path.stat().st_size < 2**17
    group = pq.ParquetFile(path).metadata.row_group(0)
    monkeypatch.setattr("kd.data.sources.tables.parquet._BATCH_BYTES", 2**23)
    assert rows_at_once(group, "image") <= 8
    assert rows_at_once(group, "label") == 256
    before = pa.total_allocated_bytes()
    cells = cells_of([path], "image", "pets")
    next(cells)
    assert pa.total_allocated_bytes() - before < 2**25  # 256 rows at once were 256 MiB
    assert sum(1 for _ in cells) == 511


def test_a_head_nested_without_end_is_one_line(tmp_path, root):
    parquet(tmp_path / "hub", "train")
    path = tmp_path / "hub/train.parquet"
    pq.write_table(pq.read_table(path).replace_schema_metadata({b"huggingface": 100_000 * b"["}), path)
    assert "cannot load" in refusal(tmp_path / "hub", root)
