"""A view is its images and labels, whatever the batches that read it."""

import numpy as np
import pytest
import torch

from kd.augment.mixing import mixing_of_view
from kd.augment.transforms import augment, view_table
from kd.augment.views import View
from kd.config import AugmentConfig, RandAugmentConfig
from kd.data.images import MappedImages, Split

CPU = torch.device("cpu")
NUM, CLASSES = 40, 5
TRAIN = Split(
    torch.from_numpy(np.random.default_rng(0).integers(0, 256, (NUM, 3, 9, 7), dtype=np.uint8)),
    torch.from_numpy(np.random.default_rng(1).integers(0, CLASSES, NUM)),
)
EVERY_ROW = torch.arange(NUM)
MIXUP, CUTMIX, BOTH = AugmentConfig(mixup=0.4), AugmentConfig(cutmix=1.0), AugmentConfig(mixup=0.8, cutmix=1.0)
ALL = AugmentConfig(shift=1, flip=True, color_jitter=0.2, rand_augment=RandAugmentConfig(), mixup=0.8, cutmix=1.0)


def drawn(view, num, config, size=(32, 32)):
    return mixing_of_view(view, num, size, config)


def slow_view(number, config):
    """All images and labels of a view, pixel by pixel: each augmented by itself, then mixed."""
    table = view_table(number, NUM)
    single = [augment(TRAIN.images_NCHW[i : i + 1], table[i : i + 1], config)[0].double() for i in range(NUM)]
    mixing = drawn(number, NUM, config, TRAIN.images_NCHW.shape[2:])
    images, labels = torch.zeros(NUM, 3, 9, 7, dtype=torch.float64), torch.zeros(NUM, CLASSES, dtype=torch.float64)
    for i in range(NUM):
        partner, (top, bottom, left, right) = int(mixing.partner_N[i]), mixing.box_N4[i].tolist()
        share = 0.0
        for y in range(9):
            for x in range(7):
                inside = top <= y < bottom and left <= x < right
                kept = float(mixing.kept_N[i]) if inside else 1.0
                images[i, :, y, x] = kept * single[i][:, y, x] + (1 - kept) * single[partner][:, y, x]
                share += kept / 63
        labels[i, TRAIN.labels_N[i]] += share
        labels[i, TRAIN.labels_N[partner]] += 1 - share
    return images, labels


@pytest.mark.parametrize("config", [MIXUP, CUTMIX, BOTH, ALL], ids=str)
def test_a_view_equals_the_slow_reference(config):
    view = View(3, TRAIN, config)
    images, labels = slow_view(3, config)
    seen = view.images(EVERY_ROW)
    assert seen.dtype is torch.uint8
    assert (seen - images).abs().max() <= 0.5 + 1e-4
    weights = view.labels(EVERY_ROW, CLASSES)
    assert weights.dtype is torch.float32
    torch.testing.assert_close(weights.double(), labels, rtol=0, atol=1e-6)
    torch.testing.assert_close(weights.sum(1), torch.ones(NUM))


@pytest.mark.parametrize("config", [MIXUP, CUTMIX, BOTH, ALL], ids=str)
@pytest.mark.parametrize("where", ["in memory", "on disk"])
def test_the_batch_decides_nothing(config, where, tmp_path):
    view = View(3, TRAIN, config)
    images, labels = view.images(EVERY_ROW), view.labels(EVERY_ROW, CLASSES)
    train = TRAIN
    if where == "on disk":
        np.save(tmp_path / "images.npy", TRAIN.images_NCHW.flip(0).numpy())
        stored = np.load(tmp_path / "images.npy", mmap_mode="r")
        train = TRAIN._replace(images_NCHW=MappedImages(stored, np.arange(NUM)[::-1].copy(), CPU))
    view = View(3, train, config)
    for rows in (*EVERY_ROW[:, None], torch.tensor([39, 0, 7, 7]), torch.randperm(NUM)):
        assert torch.equal(view.images(rows), images[rows])
        assert torch.equal(view.labels(rows, CLASSES), labels[rows])
    other = View(4, train, config)
    assert not torch.equal(other.images(EVERY_ROW), images)
    assert not torch.equal(other.labels(EVERY_ROW, CLASSES), labels)


def test_without_mixing_a_view_is_the_augmented_image_and_its_label():
    config = AugmentConfig(shift=1)
    view, rows = View(2, TRAIN, config), torch.tensor([5, 1])
    assert torch.equal(view.images(rows), augment(TRAIN.images_NCHW[rows], view_table(2, NUM)[rows], config))
    assert torch.equal(View(2, TRAIN, AugmentConfig()).images(rows), TRAIN.images_NCHW[rows])
    assert torch.equal(view.labels(rows, CLASSES), TRAIN.labels_N[rows])
