"""The convolutional students have the sizes that one counts by hand."""

import pytest

from tests.kd.models.model_sizes import check_size, conv_size


@pytest.mark.parametrize(
    ("name", "shape", "num_parameters", "macs"),
    [
        (
            "cifar_light_cnn",
            (3, 32, 32),
            sum(conv_size(widths, 1)[0] for widths in [(3, 64, 64), (64, 128, 128), (128, 208)]) + 208 * 10 + 10,
            sum(conv_size(*stage)[1] for stage in [((3, 64, 64), 32), ((64, 128, 128), 16), ((128, 208), 8)]) + 2080,
        ),
        (
            "plain_conv",
            (1, 28, 28),
            conv_size((1, 32, 64, 96, 112), 1)[0] + 112 * 10 + 10,
            sum(conv_size(*stage)[1] for stage in [((1, 32), 28), ((32, 64), 14), ((64, 96), 7), ((96, 112), 3)])
            + 1120,
        ),
    ],
)
def test_sizes_counted_by_hand(name, shape, num_parameters, macs):
    check_size(name, shape, num_parameters, macs)
