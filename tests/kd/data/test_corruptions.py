"""Corruptions change images as they say, always in the same way, and more with each strength."""

import numpy as np
import pytest

from kd.data.corruptions import ALL, KINDS, STRENGTHS, Corruption, corrupt

RANDOM = np.random.default_rng(0)


def smooth(number, channels, side):
    """Images without hard edges."""
    rows = np.linspace(20, 235, side)
    image = (rows[:, None] + rows[None]) / 2
    return np.tile(image.astype(np.uint8), (number, channels, 1, 1)) + RANDOM.integers(0, 9, (number, channels, 1, 1))


@pytest.mark.parametrize("corruption", ALL, ids=lambda one: one.name)
@pytest.mark.parametrize("shape", [(3, 1, 28, 28), (2, 3, 8, 6), (1, 3, 64, 70)])
def test_shape_and_type_stay_and_the_input_too(corruption, shape):
    images = RANDOM.integers(0, 256, shape, np.uint8)
    before = images.copy()
    changed = corrupt(images, corruption)
    assert (changed.shape, changed.dtype) == (shape, np.uint8)
    assert not np.array_equal(changed, images)
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("corruption", ALL, ids=lambda one: one.name)
def test_an_image_is_changed_alike_however_the_set_is_divided(corruption):
    images = RANDOM.integers(0, 256, (5, 3, 12, 12), np.uint8)
    whole = corrupt(images, corruption)
    np.testing.assert_array_equal(
        whole, np.concatenate([corrupt(images[:2], corruption), corrupt(images[2:], corruption, 2)])
    )
    np.testing.assert_array_equal(whole, corrupt(images, corruption))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", [32, 96])
def test_each_strength_is_stronger(kind, side):
    images = RANDOM.integers(0, 256, (6, 3, side, side)).astype(np.uint8)
    far = [np.abs(corrupt(images, Corruption(kind, one)).astype(int) - images).mean() for one in STRENGTHS]
    assert far == sorted(far) and far[0] < far[-1]


def test_noise_has_its_spread_and_contrast_keeps_the_mean():
    flat = np.full((20, 1, 32, 32), 128, np.uint8)
    noisy = corrupt(flat, Corruption("gaussian_noise", 2)).astype(float)
    assert noisy.std() / 255 == pytest.approx(0.08, rel=0.02)
    assert len({image.tobytes() for image in noisy}) == 20  # each image its own noise
    images = smooth(2, 3, 32).astype(np.uint8)
    paler = corrupt(images, Corruption("contrast", 1)).astype(float)
    assert paler.mean() == pytest.approx(images.mean(), abs=0.5)
    assert paler.std() == pytest.approx(0.75 * images.std(), rel=0.02)


def test_blur_is_scipys():
    from scipy.ndimage import gaussian_filter

    image = RANDOM.integers(0, 256, (1, 2, 40, 30), np.uint8)[:, :1]
    ours = corrupt(image, Corruption("gaussian_blur", 3))[0, 0].astype(float)
    assert np.abs(ours - gaussian_filter(image[0, 0].astype(float), 1.0, mode="nearest", truncate=4)).max() <= 0.51


def test_no_image_is_no_image():
    assert corrupt(np.zeros((0, 1, 8, 8), np.uint8), ALL[0]).shape == (0, 1, 8, 8)
