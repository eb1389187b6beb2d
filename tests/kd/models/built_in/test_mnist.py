"""The networks for digits have the sizes that one counts by hand."""

import pytest

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
    ],
)
def test_sizes_counted_by_hand(name, num_parameters, macs):
    check_size(name, (1, 28, 28), num_parameters, macs)
