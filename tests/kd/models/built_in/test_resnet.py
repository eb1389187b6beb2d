"""The residual networks have the sizes that papers give for them."""

import pytest

from tests.kd.models.model_sizes import check_size


@pytest.mark.parametrize(
    ("name", "shape", "num_parameters", "macs"),
    [
        ("cifar_resnet18", (3, 32, 32), 11_173_962, 555_422_720),
        ("small_resnet", (1, 28, 28), 1_355_290, 115_946_112),
    ],
)
def test_sizes_as_published(name, shape, num_parameters, macs):
    check_size(name, shape, num_parameters, macs)
