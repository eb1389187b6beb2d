"""mixup and cutmix: a view of sample i is made of i and its partner, the same in any batch; so are its labels."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from kd.augment.mixing import mix_labels, mixing_of_view
from kd.augment.transforms import view_table
from kd.augment.views import View
from kd.config import AugmentConfig, RandAugmentConfig
from kd.data.images import Split

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


@given(st.integers(0, 10**6), st.integers(1, 50), st.sampled_from([MIXUP, CUTMIX, BOTH]))
def test_every_sample_is_a_partner_once(view, num, config):
    mixing = drawn(view, num, config)
    assert mixing.partner_N.dtype is torch.int64
    assert sorted(mixing.partner_N.tolist()) == list(range(num))
    again = drawn(view, num, config)
    assert all(torch.equal(one, other) for one, other in zip(mixing, again, strict=True))


def test_partners_and_shares_are_drawn_anew_for_each_view():
    one, other = (drawn(view, 1000, BOTH) for view in (0, 1))
    assert (one.partner_N == other.partner_N).float().mean() < 0.01
    assert (one.share_N == other.share_N).float().mean() < 0.05  # whole pixels make some areas equal
    assert not torch.equal(one.partner_N, torch.arange(1000))


@pytest.mark.parametrize("alpha", [0.2, 1.0, 8.0])
def test_shares_are_of_the_beta_distribution(alpha):
    num = 20000
    for config in (AugmentConfig(mixup=alpha), AugmentConfig(cutmix=alpha)):
        shares = drawn(0, num, config, (4096, 4096)).share_N
        variance = 1 / (4 * (2 * alpha + 1))
        if config.mixup:
            assert shares.mean() == pytest.approx(0.5, abs=4 * math.sqrt(variance / num))
            assert shares.var() == pytest.approx(variance, rel=0.05)
        else:  # boxes cut at the edge leave more
            assert shares.mean() > 0.5
        assert shares.min() >= 0
        assert shares.max() <= 1
    if alpha == 1.0:
        counts = torch.histc(drawn(0, num, AugmentConfig(mixup=1.0)).share_N, 10, 0, 1)
        assert counts.min() > 1800  # 2000 each, deviation 42


@pytest.mark.parametrize("size", [(1, 1), (3, 8), (28, 28), (224, 224)])
def test_the_box_lies_inside_and_its_area_is_what_the_partners_label_weighs(size):
    height, width = size
    mixing = drawn(1, 2000, CUTMIX, size)
    top, bottom, left, right = mixing.box_N4.unbind(1)
    assert mixing.box_N4.dtype is torch.int64
    assert (top >= 0).all() and (top <= bottom).all() and (bottom <= height).all()
    assert (left >= 0).all() and (left <= right).all() and (right <= width).all()
    area = (bottom - top) * (right - left) / (height * width)
    torch.testing.assert_close(mixing.share_N, (1 - area).float(), rtol=0, atol=1e-6)
    assert (mixing.kept_N == 0).all()


def test_boxes_that_are_not_cut_have_the_area_that_was_drawn_and_the_images_shape():
    size = 1000, 500
    mixing = drawn(1, 2000, AugmentConfig(cutmix=1.0), size)
    drawn_shares = drawn(1, 2000, AugmentConfig(mixup=1.0), size).share_N  # the same numbers
    top, bottom, left, right = mixing.box_N4.unbind(1)
    whole = (top > 0) & (bottom < 1000) & (left > 0) & (right < 500)
    assert whole.sum() > 100
    torch.testing.assert_close(mixing.share_N[whole], drawn_shares[whole], rtol=0, atol=3e-3)
    assert ((bottom - top) - 2 * (right - left))[whole].abs().max() <= 3
    centres = (left + right)[whole] / 2
    assert centres.std() > 50


def test_with_both_set_each_sample_is_mixed_by_one_of_them():
    mixing = drawn(0, 10000, BOTH)
    blended = mixing.box_N4.eq(torch.tensor([0, 32, 0, 32])).all(1) & (mixing.kept_N > 0)
    cut = mixing.kept_N == 0
    assert (blended | cut).all()
    assert cut.float().mean() == pytest.approx(0.5, abs=0.02)
    assert torch.equal(mixing.share_N[blended], mixing.kept_N[blended])


@given(st.floats(0, 1, width=32), st.integers(0, 3), st.integers(0, 3))
def test_mixed_labels_give_the_mixed_cross_entropy(share, own, partner):
    logits = torch.tensor([[0.3, -1.0, 2.0, 0.5]], dtype=torch.float64)
    weights = mix_labels(torch.tensor([own]), torch.tensor([partner]), torch.tensor([share]), 4).double()
    losses = [F.cross_entropy(logits, torch.tensor([label]), label_smoothing=0.1) for label in (own, partner)]
    expected = share * losses[0] + (1 - share) * losses[1]
    torch.testing.assert_close(F.cross_entropy(logits, weights, label_smoothing=0.1), expected, rtol=0, atol=1e-6)


def test_seeds_share_the_views():
    torch.manual_seed(0)
    one = View(1, TRAIN, ALL).images(EVERY_ROW)
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    assert torch.equal(View(1, TRAIN, ALL).images(EVERY_ROW), one)


def test_partners_boxes_and_shares_are_what_they_were():
    # Kept logits are of these. numpy promises no stream for permutation and beta: should one change, they are stale.
    mixing = drawn(3, 6, BOTH, (28, 28))
    assert mixing.partner_N.tolist() == [5, 3, 4, 0, 1, 2]
    assert mixing.box_N4[:3].tolist() == [[0, 28, 0, 28], [10, 28, 9, 28], [0, 20, 2, 23]]
    expected = [0.5971930, 442 / 784, 364 / 784, 0.9891840, 0.9132605, 0.7479047]
    torch.testing.assert_close(mixing.share_N, torch.tensor(expected), rtol=0, atol=1e-6)


def test_each_table_of_numbers_has_a_key_of_its_own():
    # Kept logits are views of these numbers, too.
    table = view_table(6, 9)
    for seed, width, first in ((0, 3, 0), (2**62, 7, 3), (2**62 + 1, 8, 10)):
        expected = np.random.Generator(np.random.Philox(key=[seed, 6])).random((9, width), dtype=np.float32)
        assert torch.equal(table[:, first : first + width], torch.from_numpy(expected))
