"""Images that stay on disk give what loaded ones give, to the bit."""

import logging
import os

import numpy as np
import pytest
import torch

import kd.data.images
from kd.augment.views import View
from kd.config import AugmentConfig
from kd.data.images import MappedImages, Split, free_memory, in_batches, open_test, open_training
from tests.kd.run_lab import CPU, MIXED


@pytest.fixture
def no_memory(monkeypatch):
    monkeypatch.setattr(kd.data.images, "SHARE_OF_MEMORY", 0.0)
    open_training.cache_clear()
    yield
    open_training.cache_clear()


def test_small_data_is_loaded_and_the_log_says_so(digits, store_root, caplog):
    open_training.cache_clear()
    with caplog.at_level(logging.INFO):
        data = open_training(digits, store_root, CPU)
    assert isinstance(data.train.images_NCHW, torch.Tensor)
    assert "90 images of train" in caplog.text
    assert caplog.text.rstrip().endswith("loaded")


def test_large_data_stays_on_disk_and_reads_the_same(digits, store_root, caplog, no_memory):
    with caplog.at_level(logging.INFO):
        mapped = open_training(digits, store_root, CPU)
    assert "read from disk batch by batch" in caplog.text
    mapped_test = open_test(digits, store_root, CPU)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kd.data.images, "SHARE_OF_MEMORY", 1.0)
        open_training.cache_clear()
        loaded, loaded_test = open_training(digits, store_root, CPU), open_test(digits, store_root, CPU)
    assert mapped.input_shape == loaded.input_shape == (1, 28, 28)
    for one, other in ((mapped.train, loaded.train), (mapped.val, loaded.val), (mapped_test, loaded_test)):
        assert isinstance(one.images_NCHW, MappedImages)
        assert one.images_NCHW.shape == other.images_NCHW.shape
        assert torch.equal(one.images_NCHW[:], other.images_NCHW)
        assert torch.equal(one.labels_N, other.labels_N)
        rows = torch.tensor([5, 0, 5, 7])
        assert torch.equal(one.images_NCHW[rows], other.images_NCHW[rows])
        parts = zip(in_batches(one.images_NCHW, 7), in_batches(other.images_NCHW, 7), strict=True)
        assert all(torch.equal(part, same) for part, same in parts)


def test_a_run_from_disk_writes_the_same_bytes(lab, tmp_path, no_memory):
    config = lab.distilled(augment=MIXED)
    mapped = lab.elsewhere(tmp_path / "mapped")
    mapped.execute(config)
    open_training.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kd.data.images, "SHARE_OF_MEMORY", 1.0)
        lab.execute(config)
        logits = lab.logits_config(AugmentConfig(shift=1, mixup=1.0))
        open_training.cache_clear()
        lab.execute(logits)
    open_training.cache_clear()
    mapped.execute(logits)
    for folder in ("runs", "teacher_logits"):
        one, other = (
            {
                str(path.relative_to(place.paths.sweep)): path.read_bytes()
                for path in sorted((place.paths.sweep / folder).rglob("*"))
                if path.is_file() and path.name != "history.json"
            }
            for place in (lab, mapped)
        )
        assert one == other


def test_a_copied_batch_is_not_the_stored_one(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((3, 1, 2, 2), np.uint8))
    stored = np.load(tmp_path / "x.npy", mmap_mode="r")
    images = MappedImages(stored, np.array([2, 0]), CPU)
    images[torch.tensor([0, 1])].fill_(9)
    images[:].fill_(9)
    assert stored.max() == 0
    assert len(images) == 2


@pytest.mark.parametrize("mixup", [0.0, 1.0])
def test_the_next_batch_is_read_ahead(tmp_path, monkeypatch, mixup):
    np.save(tmp_path / "x.npy", np.arange(24, dtype=np.uint8).reshape(6, 1, 2, 2))
    stored = np.load(tmp_path / "x.npy", mmap_mode="r")
    positions = np.array([5, 3, 1, 0])
    events = []

    def advise(descriptor, start, length, advice):
        assert (length, advice) == (4, os.POSIX_FADV_WILLNEED)
        events.append(("ahead", (start - stored.offset) // 4))

    monkeypatch.setattr(os, "posix_fadvise", advise)
    train = Split(MappedImages(stored, positions, CPU), torch.zeros(4, dtype=torch.int64))
    view = View(0, train, AugmentConfig(mixup=mixup))
    parts = [torch.tensor([3]), torch.tensor([1, 0]), torch.tensor([2])]
    for rows in view.read_ahead(parts):
        events.append(("at work", rows.tolist()))
        view.images(rows)
    own = [[("ahead", positions[row]) for row in rows] for rows in parts[1:]]
    if not mixup:
        assert events == [*own[0], ("at work", [3]), *own[1], ("at work", [1, 0]), ("at work", [2])]
    else:
        assert [event for event in events if event[0] == "at work"] == [("at work", rows.tolist()) for rows in parts]
        assert sum(event[0] == "ahead" for event in events) == 2 * 3
        assert events[:2] == own[0]


def test_free_memory_is_bounded_by_the_container(tmp_path, monkeypatch):
    (tmp_path / "job").mkdir()
    (tmp_path / "own").write_text("1:cpu:/x\n0::/job\n")
    monkeypatch.setattr(kd.data.images, "_OWN_CGROUP", tmp_path / "own")
    monkeypatch.setattr(kd.data.images, "_CGROUPS", tmp_path)
    (tmp_path / "job" / "memory.max").write_text("max\n")
    assert free_memory(CPU) > 2**20
    (tmp_path / "job" / "memory.max").write_text("4096\n")
    assert free_memory(CPU) == 4096


def test_free_memory_where_there_is_no_meminfo(tmp_path, monkeypatch):
    monkeypatch.setattr(kd.data.images, "_MEMINFO", tmp_path / "none")
    assert free_memory(CPU) > 2**20
