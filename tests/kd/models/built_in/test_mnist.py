"""The networks for digits have the sizes that one counts by hand."""

import pytest
import torch

from kd.models import build_model
from tests.kd.models.model_sizes import check_size


@pytest.mark.parametrize(
    ("name", "num_parameters", "macs"),
    [
        # 1→16 and 16→32 convolutions of 3×3 on 28×28 and 14×14, then 32·7·7 → 10
        (
            "mnist_cnn",
            (16 * 9 + 16) + (32 * 16 * 9 + 32) + (1568 * 10 + 10),
            28 * 28 * 16 * 9 + 14 * 14 * 32 * 16 * 9 + 1568 * 10,
        ),
        ("mnist_mlp", (784 * 128 + 128) + (128 * 10 + 10), 784 * 128 + 128 * 10),
        # 1→32 and 32→64 convolutions of 3×3 on 28×28 and 14×14, then 64·7·7 → 128 → 10
        (
            "mnist_large_cnn",
            (32 * 9 + 32) + (64 * 32 * 9 + 64) + (3136 * 128 + 128) + (128 * 10 + 10),
            28 * 28 * 32 * 9 + 14 * 14 * 64 * 32 * 9 + 3136 * 128 + 128 * 10,
        ),
        # 1→8 and 8→16 convolutions of 3×3 that end on 14×14 and 7×7, then 16·7·7 → 10
        (
            "mnist_small_cnn",
            (8 * 9 + 8) + (16 * 8 * 9 + 16) + (784 * 10 + 10),
            14 * 14 * 8 * 9 + 7 * 7 * 16 * 8 * 9 + 784 * 10,
        ),
    ],
)
def test_sizes_counted_by_hand(name, num_parameters, macs):
    check_size(name, (1, 28, 28), num_parameters, macs)


@pytest.mark.parametrize("side", [1, 27, 29, 30, 31, 32])
def test_strides_leave_out_no_last_row(side):
    model = build_model("mnist_small_cnn", 3, (1, side, 28))
    dark_BCHW = torch.zeros(1, 1, side, 28, dtype=torch.uint8)
    lit_BCHW = dark_BCHW.clone()
    lit_BCHW[:, :, -1] = 255
    assert not torch.equal(model(dark_BCHW), model(lit_BCHW))
