"""What processors ask for, read off their settings; what is not understood, refused."""

import numpy as np
import pytest
import torch
from torch import nn
from transformers import MobileViTImageProcessorPil, ViTImageProcessorPil

from kd.config import Normalization
from kd.errors import InputError
from kd.models.image_model import ImageModel
from kd.models.pretrained.processing import (
    Processing,
    check_processing,
    describe_processing,
    processing_of,
    processing_of_timm,
)

TIMM = {"input_size": [3, 20, 24], "mean": [0.1, 0.2, 0.3], "std": [0.5, 0.6, 0.7], "interpolation": "bicubic"}
SHAPE = (3, 8, 8)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"size": 224, "resample": 3}, Processing((224, 224), (0.5,), (0.5,), "bicubic")),
        (
            {"size": {"height": 20, "width": 24}, "resample": 2, "image_mean": [0.1] * 3, "image_std": [0.2] * 3},
            Processing((20, 24), (0.1,) * 3, (0.2,) * 3, "bilinear"),
        ),
        (
            {"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}, "do_center_crop": True},
            Processing((224, 224), (0.5,), (0.5,), "bilinear"),
        ),
        ({"size": {"shortest_edge": 64}, "crop_size": 48}, Processing((64, 64), (0.5,), (0.5,), "bilinear")),
        ({"size": 9, "do_resize": False}, Processing(None, (0.5,), (0.5,), "bilinear")),
        ({"size": 9, "do_normalize": False, "image_mean": [0.3]}, Processing((9, 9), (0.0,), (1.0,), "bilinear")),
        # Pixels become x / 127.5 − 1 before mean 0 and std 1, which is mean 0.5 and std 0.5 of pixels in 0…1.
        (
            {"size": 9, "rescale_factor": 1 / 127.5, "rescale_offset": True, "image_mean": [0.0], "image_std": [1.0]},
            Processing((9, 9), (0.5,), (0.5,), "bilinear"),
        ),
        ({"size": None}, Processing(None, (0.5,), (0.5,), "bilinear")),
    ],
)
def test_what_a_processor_asks_for(content, expected):
    result = processing_of(content)
    assert result[0::3] == expected[0::3]
    assert result.mean == pytest.approx(expected.mean)
    assert result.std == pytest.approx(expected.std)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"size": 9, "do_color_quantize": True}, "does what is not understood here: do_color_quantize"),
        ({"size": 9, "resample": 1}, "resizes with lanczos; known here are nearest, bilinear and bicubic"),
        ({"size": {"longest_edge": 9}}, "wants images of size {'longest_edge': 9}; known here is a size such as 224"),
    ],
)
def test_what_is_not_understood_is_refused(content, message):
    with pytest.raises(InputError) as refused:
        processing_of(content)
    assert message in str(refused.value)


def test_nothing_is_divided_by_nought_unless_the_sweep_file_says_otherwise():
    told = processing_of({"size": 9, "image_std": [0.2, 0, 0.2]})
    with pytest.raises(InputError, match=r"a std of \[0\.2, 0\.0, 0\.2\], which pixels cannot be divided by; say what"):
        told.model(nn.Identity(), 3)
    assert told.told(Normalization(mean=(0.5,), std=(0.5,)), None).model(nn.Identity(), 3).std.shape == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("change", "resize"),
    [
        ({}, (20, 24)),
        ({"crop_pct": 0.8}, (25, 30)),
        ({"input_size": [3, 20, 20], "crop_pct": 0.8}, 25),
        ({"input_size": [3, 20, 20], "crop_mode": "squash"}, (20, 20)),
    ],
)
def test_timm_says_what_is_fed_and_how_much_is_cut_off(change, resize):
    found = processing_of_timm(TIMM | change)
    size = tuple((TIMM | change)["input_size"][1:])
    assert found == Processing(size, (0.1, 0.2, 0.3), (0.5, 0.6, 0.7), "bicubic", resize=resize)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": None}, "its pretrained_cfg lacks mean"),
        ({"interpolation": "lanczos"}, "it resizes with lanczos; known here are nearest, bilinear, bicubic"),
        ({"crop_mode": "border"}, "crop_mode border; known here are center and squash"),
        ({"input_size": [3, 10**6, 10**6]}, "at most 4096×4096 are made"),
    ],
)
def test_what_timm_does_not_say_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        processing_of_timm(TIMM | change)


def small(kind, **settings):
    return kind(size={"height": 8, "width": 8}, **settings)


@pytest.mark.parametrize(
    ("model", "processor", "difference"),
    [
        ({}, small(ViTImageProcessorPil), "feeds it other pixels than are fed here: random ones are 0.4"),
        (
            {"mean": (0.0,)},
            small(MobileViTImageProcessorPil, do_center_crop=False),
            "the channels come in the opposite order",
        ),
        (
            {"mean": (0.5,), "std": (0.5,), "input_size": (6, 6)},
            small(ViTImageProcessorPil),
            "gives images of 8×8, here",
        ),
    ],
)
def test_another_preparation_than_the_processor_s_is_refused(model, processor, difference):
    with pytest.raises(InputError) as refused:
        check_processing(ImageModel(nn.Identity(), **model), processor, SHAPE)
    assert difference in str(refused.value)


def test_the_processor_s_own_preparation_is_not_refused():
    model = ImageModel(nn.Identity(), (0.5,), (0.5,), (8, 8))
    check_processing(model, small(ViTImageProcessorPil), SHAPE)


def test_flipped_channels_and_nearest_pixels():
    model = ImageModel(nn.Identity(), input_size=(8, 8), interpolation="nearest-exact", flip_channels=True)
    images = torch.randint(0, 256, (1, 3, 4, 4), dtype=torch.uint8)
    expected = images.flip(1).repeat_interleave(2, 2).repeat_interleave(2, 3).float() / 255
    np.testing.assert_allclose(model.prepare(images).numpy(), expected.numpy(), rtol=1e-6)


def test_a_preparation_in_words():
    model = ImageModel(nn.Identity(), (0.485, 0.456, 0.406), (0.5,), (224, 224), "bicubic", flip_channels=True)
    words = "224×224, bicubic, mean 0.485 0.456 0.406, std 0.5, blue, green, red"
    assert describe_processing(model, (3, 32, 32)) == words
    assert describe_processing(ImageModel(nn.Identity()), (1, 28, 28)) == "28×28, mean 0, std 1"
    for resize, said in (
        (30, "the middle 24×24 of 30"),
        (20, "20 on the shorter side, cut or edged with black to 24×24"),
    ):
        model = ImageModel(nn.Identity(), input_size=(24, 24), resize=resize)
        assert describe_processing(model, (1, 28, 28)).startswith(said)
